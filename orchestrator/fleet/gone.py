"""How a connection's end shows; apart from `errors`, so that what is judged offline loads no SSH library."""

from __future__ import annotations

from typing import Final

import paramiko

GONE: Final = (paramiko.SSHException, OSError, EOFError)
"""What paramiko raises when a connection has ended, from one layer or another of it."""
