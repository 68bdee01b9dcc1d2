"""How a command ends: exit codes, and complaints of one line."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from orchestrator.errors import L3vpnError

if TYPE_CHECKING:
    from pathlib import Path


EXEC_FAILED = 255  # as ssh does: the command of `exec` could not be run


class UsageError(L3vpnError):
    """The command line asks for something that makes no sense."""


def must_be_writable(file: Path) -> None:
    """Refuse a file that could not be written when all is done; nothing is written yet.

    Raises:
        UsageError: it could not; why.
    """
    there = file.exists()
    if there and not file.is_file() and not file.is_dir():
        return  # a pipe or a terminal: opening it may wait for somebody
    try:
        file.open("ab").close()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    if not there:
        file.unlink()


def complain(text: str, *, prefix: bool = True) -> None:
    """One line on standard error; where that is gone, nobody is told.

    Args:
        text: the line.
        prefix: whether the program's name comes first. What begins with `file:line:`, as compilers do and
            editors read, has none.
    """
    with suppress(OSError):
        sys.stdout.flush()
    with suppress(OSError):
        print(f"l3vpn: {text}" if prefix else text, file=sys.stderr)
