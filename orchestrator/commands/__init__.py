"""What each verb of the command line does: it calls `lifecycle`, prints, and says the exit code.

What a verb needs is imported when it runs: nornir, netmiko and pydantic cost a third of a second.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator import interrupts
from orchestrator.commands.outcome import EXEC_FAILED, complain, must_be_writable
from orchestrator.errors import ExitCode, L3vpnError
from orchestrator.model.mistakes import LabFileError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_MODULES = {
    "up": "lab",
    "down": "lab",
    "push": "configuration",
    "diff": "configuration",
    "render": "configuration",
    "verify": "proof",
    "fail": "failing",
    "restore": "failing",
    "scenario": "scenario",
    "measure": "measure",
    "trace": "tracing",
    "capture": "capture",
    "doctor": "looking",
    "status": "looking",
    "list": "looking",
    "exec": "login",
    "show": "showing",
    "shell": "login",
    "inventory": "connecting",
    "proxy": "connecting",
}

_NO_THREAD: Final = "can't start new thread"
"""What Python says of it, in a `RuntimeError`: `ulimit -u` is too low."""


def run(given: argparse.Namespace) -> int:
    """Run a parsed command line; every foreseen error is one line on standard error and an exit code."""
    try:
        module = import_module(f"orchestrator.commands.{_MODULES[given.verb]}")
        verb: Callable[[argparse.Namespace], int] = getattr(module, f"run_{given.verb}")
        if getattr(given, "junit", None):
            must_be_writable(Path(given.junit))
        with interrupts.raised():
            code = verb(given)
            sys.stdout.flush()
    except KeyboardInterrupt:
        complain("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.INTERRUPTED
    except Exception as error:
        failed = _code(error)
        if failed is None:
            raise
        complain(_told(error), prefix=not isinstance(error, LabFileError))
        return EXEC_FAILED if given.verb == "exec" else failed
    return code


def _told(error: Exception) -> str:
    """The error in one line, or in one for each mistake in a lab's files."""
    if isinstance(error, MemoryError):
        return "this machine has no memory left for it"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename is not None else ""
        return f"{place}{error.strerror or error}"
    return str(error)


def _code(error: Exception) -> ExitCode | None:
    if isinstance(error, L3vpnError):
        return error.exit_code
    # A full disk, a file that may not be written, a limit of the shell: nothing that we could mend.
    foreseen = isinstance(error, (OSError, MemoryError)) or str(error) == _NO_THREAD
    return ExitCode.MACHINE if foreseen else None
