"""How a connection's end shows.

An SSH library is not loaded for it: who only talks to the keeper, or judges what was seen, needs none, and
it takes a third of a second.
"""

from __future__ import annotations

import sys


def gone() -> tuple[type[Exception], ...]:
    """What is raised when a connection has ended: by a socket, or by one layer or another of paramiko."""
    paramiko = sys.modules.get("paramiko")
    ended = (OSError, EOFError)
    return ended if paramiko is None else (paramiko.SSHException, *ended)
