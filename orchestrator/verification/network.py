"""The running network as the proof sees it: something that answers commands and runs programs.

`orchestrator.fleet.fleet.Fleet` is one; tests bring their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.verification.kit.answers import Transcript, Unreachable
    from orchestrator.verification.kit.facts import CouldNotLook
    from orchestrator.verification.kit.probes import Flight, Probe


class RunningProgram(Protocol):
    """A program on a node that is talked to line by line; it ends when its input does."""

    def write_line(self, line: str) -> None:
        """Send a line; raises `ProgramEnded`."""

    def read_line(self, within: float) -> str:
        """The next line; raises `TimeoutError` after so many seconds without one, or `ProgramEnded`."""

    def close(self) -> None:
        """End its input and let go of it."""


class Network(Protocol):
    """The nodes of a running lab, asked side by side."""

    def collect(
        self, wanted: Mapping[str, Sequence[str]]
    ) -> Mapping[tuple[str, str], Transcript | Unreachable]:
        """What each node answered to each of its commands."""

    def open_programs(self, commands: Mapping[str, str]) -> Mapping[str, RunningProgram | Unreachable]:
        """Start a program on each node named."""

    def at_work(self) -> bool:
        """Whether the nodes' machine is busy, so that what has not come by now may still; takes a second."""


class Carrier(Protocol):
    """What probes are sent by: programs on the CEs of a running lab, or the record of an earlier run."""

    def fly(self, probes: Iterable[Probe], listeners: Iterable[str]) -> Mapping[Probe, Flight | CouldNotLook]:
        """What became of each probe; `listeners` are CEs that listen though they send nothing."""

    def close(self) -> None:
        """No more probes are sent."""
