"""Why a node's session cannot go on, each in one line. The fleet turns them into `Unreachable`.

::

    SessionError
    ├── CannotConnect    no connection, the key refused, or the wrong host key
    ├── SessionLost      the connection, or the program in it, is gone
    └── NoAnswer         it is there and silent for too long
"""

from __future__ import annotations

from typing import Final

import paramiko

from orchestrator.errors import ExitCode, L3vpnError

GONE: Final = (paramiko.SSHException, OSError, EOFError)
"""What paramiko raises when a connection has ended, from one layer or another of it."""


class SessionError(L3vpnError):
    """A node's session cannot go on."""

    exit_code = ExitCode.NODE


class CannotConnect(SessionError):  # noqa: N818 -- says what happened
    """No SSH connection to the node."""


class SessionLost(SessionError):  # noqa: N818 -- says what happened
    """The connection, or the program in it, is gone, and what was asked has not been answered."""


class NoAnswer(SessionError):  # noqa: N818 -- says what happened
    """The program is there and silent for too long."""
