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
from orchestrator.commands.outcome import EXEC_FAILED, ExitCode, UsageError, complain, must_be_writable
from orchestrator.hosts.base import HostError
from orchestrator.lifecycle.folders import NoSuchLab
from orchestrator.lifecycle.store import Busy
from orchestrator.model.mistakes import LabFileError
from orchestrator.runtimes.base import DeployFailed, NameTaken, NotOurs

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
    if isinstance(error, OSError) and not isinstance(error, HostError):
        place = f"{error.filename}: " if error.filename is not None else ""
        return f"{place}{error.strerror or error}"
    return str(error)


def _code(error: Exception) -> ExitCode | None:
    if isinstance(error, MemoryError):
        return ExitCode.MACHINE  # there may be none for what is imported below
    from orchestrator.faults.doing import NotDone  # noqa: PLC0415 -- brings paramiko
    from orchestrator.faults.naming import NoSuchTarget  # noqa: PLC0415 -- brings the model
    from orchestrator.lifecycle.failing import FailedAlready  # noqa: PLC0415 -- brings nornir
    from orchestrator.lifecycle.machine import UnknownChoice  # noqa: PLC0415 -- brings paramiko
    from orchestrator.lifecycle.measuring import NotMeasured  # noqa: PLC0415 -- the same
    from orchestrator.lifecycle.running import NotUp  # noqa: PLC0415 -- brings nornir
    from orchestrator.lifecycle.scenario import NotFit  # noqa: PLC0415 -- the same
    from orchestrator.routing.propagation import UnsettledError  # noqa: PLC0415 -- brings the model
    from orchestrator.verify.flow import NoFlow  # noqa: PLC0415 -- brings nornir

    usage = (LabFileError, NoSuchLab, NameTaken, NotOurs, Busy, UnknownChoice, NotUp, UsageError)
    if isinstance(error, (*usage, NoSuchTarget, FailedAlready, UnsettledError)):
        return ExitCode.USAGE
    if isinstance(error, NotFit | NotMeasured | NoFlow):
        return ExitCode.UNPROVEN
    if isinstance(error, (HostError, OSError)) or str(error) == _NO_THREAD:
        # A full disk, a file that may not be written, a limit of the shell: nothing that we could mend.
        return ExitCode.MACHINE
    if isinstance(error, (DeployFailed, NotDone)):
        return ExitCode.NODE
    return None
