"""One module for each verb of the command line, named like it.

Each has `Options`, what its command line said, and `run`, which calls `lifecycle`, prints and returns the
exit code. It is imported when the verb runs: nornir, netmiko and pydantic cost a third of a second.
"""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar, cast

from orchestrator import interrupts
from orchestrator.commands.exit_codes import EXEC_FAILED, complain, error_text, exit_code, must_be_writable
from orchestrator.errors import ExitCode, UsageError
from orchestrator.model.mistakes import LabFileError
from orchestrator.settings import Settings

if TYPE_CHECKING:
    import argparse

    from _typeshed import DataclassInstance


OptionsT = TypeVar("OptionsT", bound="DataclassInstance")


_GARBAGE: Final = (50_000, 20, 100)
"""Objects made between two searches for cycles (`gc.set_threshold`). Facts have none: with Python's own 700,
looking for them is 40 % of what a table of 20,000 routes costs."""


class Verb(Protocol):
    """A module of this package."""

    Options: type[DataclassInstance]
    """A frozen dataclass with a field for each option."""

    def run(self, options: object, settings: Settings) -> int:
        """Do it; the exit code."""


def verb(name: str) -> Verb:
    """The module of a verb."""
    return cast("Verb", import_module(f"orchestrator.commands.{name}"))


def run(given: argparse.Namespace) -> int:
    """Run a parsed command line; every foreseen error is one line on standard error and an exit code."""
    gc.set_threshold(*_GARBAGE)
    try:
        # What is asked of a bundle is asked anywhere: the modules of running labs are not even imported.
        module = verb(f"offline.{given.verb}" if getattr(given, "source", None) else given.verb)
        for name in ("junit", "markdown", "ctrf", "html"):
            if file := getattr(given, name, None):
                must_be_writable(Path(file))
        _look_at_bundle(given)
        with interrupts.raised():
            code = module.run(options(module.Options, given), Settings.here())
            sys.stdout.flush()
    except KeyboardInterrupt:
        complain("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nobody is left to read.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.INTERRUPTED
    except Exception as error:
        failed = exit_code(error)
        if failed is None:
            raise
        complain(error_text(error), prefix=not isinstance(error, LabFileError))
        return EXEC_FAILED if given.verb == "exec" else failed
    return code


def _look_at_bundle(given: argparse.Namespace) -> None:
    """Refuse a bundle that could not be written, and a key that could not sign, when all is done.

    Raises:
        UsageError: it could not.
    """
    if file := getattr(given, "bundle", None):
        from orchestrator.evidence.file import look_at_target  # noqa: PLC0415 -- only who keeps one needs it

        look_at_target(Path(file))
    if getattr(given, "pcap", False) and not given.bundle:
        raise UsageError("--pcap goes into the file that --bundle names")
    if getattr(given, "sign", None):
        from orchestrator.evidence.sign import read_key  # noqa: PLC0415 -- only who signs needs it

        if not given.bundle:
            raise UsageError("--sign is of the file that --bundle names")
        read_key(Path(given.sign))


def options(kind: type[OptionsT], given: argparse.Namespace) -> OptionsT:
    """What a command line said, as the verb's own value."""
    return kind(**{one.name: getattr(given, one.name) for one in fields(kind)})
