"""How a command ends: exit codes, and complaints of one line."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from orchestrator.errors import ExitCode, L3vpnError, UsageError
from orchestrator.printable import printable

if TYPE_CHECKING:
    from pathlib import Path

EXEC_FAILED: Final = 255  # as ssh does: the command of `exec` could not be run

_NO_THREAD: Final = "can't start new thread"
"""What Python says of it, in a `RuntimeError`: `ulimit -u` is too low."""


def exit_code(error: Exception) -> ExitCode | None:
    """What a command ends with that an error stops; None where the error was not foreseen."""
    if isinstance(error, L3vpnError):
        return error.exit_code
    # A full disk, a file that may not be written, a limit of the shell: nothing that we could fix.
    foreseen = isinstance(error, (OSError, MemoryError)) or str(error) == _NO_THREAD
    return ExitCode.MACHINE if foreseen else None


def error_text(error: Exception) -> str:
    """The error in one line, or in one for each mistake in a lab's files."""
    if isinstance(error, MemoryError):
        return "this machine has no memory left for it"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename is not None else ""
        return f"{place}{error.strerror or error}"
    return str(error)


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
    """One line on standard error; where that is gone, nothing is printed.

    Args:
        text: the line.
        prefix: whether the program's name comes first. What begins with `file:line:`, as compilers do and
            editors read, has none.
    """
    text = printable(text)
    with suppress(OSError):
        sys.stdout.flush()
    with suppress(OSError):
        print(f"l3vpn: {text}" if prefix else text, file=sys.stderr)
