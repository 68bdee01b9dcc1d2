"""One module for each verb of the command line, named like it.

Each has `Options`, what its command line said, and `run`, which calls `lifecycle`, prints and returns the
exit code. It is imported when the verb runs: nornir, netmiko and pydantic cost a third of a second.
"""

from __future__ import annotations

import os
import sys
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from orchestrator import interrupts
from orchestrator.commands.exit_codes import EXEC_FAILED, complain, exit_code, must_be_writable, told
from orchestrator.errors import ExitCode
from orchestrator.model.mistakes import LabFileError
from orchestrator.settings import Settings

if TYPE_CHECKING:
    import argparse

    from _typeshed import DataclassInstance


OptionsT = TypeVar("OptionsT", bound="DataclassInstance")


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
    try:
        module = verb(given.verb)
        if getattr(given, "junit", None):
            must_be_writable(Path(given.junit))
        with interrupts.raised():
            code = module.run(options(module.Options, given), Settings.here())
            sys.stdout.flush()
    except KeyboardInterrupt:
        complain("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.INTERRUPTED
    except Exception as error:
        failed = exit_code(error)
        if failed is None:
            raise
        complain(told(error), prefix=not isinstance(error, LabFileError))
        return EXEC_FAILED if given.verb == "exec" else failed
    return code


def options(kind: type[OptionsT], given: argparse.Namespace) -> OptionsT:
    """What a command line said, as the verb's own value."""
    return kind(**{one.name: getattr(given, one.name) for one in fields(kind)})
