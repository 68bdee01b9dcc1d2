"""Why a node's session cannot go on, each in one line. The fleet turns them into `Unreachable`.

No SSH library is loaded here: what is judged offline needs these, too.

::

    SessionError
    ├── CannotConnect    no connection, the key refused, or the wrong host key
    ├── SessionLost      the connection, or the program in it, is gone
    └── NoAnswer         it is there and silent for too long
"""

from __future__ import annotations

from orchestrator.errors import ExitCode, L3vpnError


class SessionError(L3vpnError):
    """A node's session cannot go on."""

    exit_code = ExitCode.NODE


class CannotConnect(SessionError):  # noqa: N818 -- says what happened
    """No SSH connection to the node."""


class SessionLost(SessionError):  # noqa: N818 -- says what happened
    """The connection, or the program in it, is gone, and what was asked has not been answered."""


class NoAnswer(SessionError):  # noqa: N818 -- says what happened
    """The program is there and silent for too long."""


class ProgramEnded(L3vpnError):  # noqa: N818 -- says what happened
    """The program has ended, or its connection has; the text has its last complaint and exit status."""

    exit_code = ExitCode.NODE
