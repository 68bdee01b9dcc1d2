"""What is foreseen to go wrong: one line for people, an exit code for scripts."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What scripts may rely on."""

    PROVEN = 0  # all proven, or no difference
    UNPROVEN = 1  # some check did not pass or could not look, or there is a difference
    USAGE = 2  # wrong usage or a wrong lab file
    MACHINE = 3  # this machine cannot run the data plane
    NODE = 4  # a node could not be reached or refused its configuration
    INTERRUPTED = 130


class L3vpnError(Exception):
    """Something foreseen went wrong. `str()` says what: one line, or one for each mistake in a lab's files.

    Attributes:
        exit_code: what a command ends with that it stops.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE


class UsageError(L3vpnError):
    """What is asked for makes no sense."""
