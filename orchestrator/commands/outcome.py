"""How a command ends: exit codes, and complaints of one line."""

from __future__ import annotations

import sys
from contextlib import suppress
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ExitCode(IntEnum):
    """What scripts may rely on."""

    PROVEN = 0  # all proven, or no difference
    UNPROVEN = 1  # some check did not pass or could not look, or there is a difference
    USAGE = 2  # wrong usage or a wrong lab file
    MACHINE = 3  # this machine cannot run the data plane
    NODE = 4  # a node could not be reached or refused its configuration
    INTERRUPTED = 130


EXEC_FAILED = 255  # as ssh does: the command of `exec` could not be run


class UsageError(Exception):
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
