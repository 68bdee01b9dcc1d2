"""The phases of a long command, each with the time it took."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.verification.verification import VerificationStatus

Step: TypeAlias = Callable[[str], None]
"""Receives one line that says what is being done or waited for right now."""


class Watcher(Protocol):
    """Shows a person what a long command is doing."""

    def begin(self, phase: str) -> None:
        """A phase begins."""

    def step(self, text: str) -> None:
        """What the phase does or waits for right now."""

    def node_step(self, node: str, what: str) -> None:
        """What one node among several is doing; from any thread."""

    def verification_status(self, status: VerificationStatus) -> None:
        """How far a proof has come."""

    def end(self, phase: str, outcome: str, seconds: float) -> None:
        """A phase has ended well; `outcome` says in a few words what came of it."""

    def say(self, text: str) -> None:
        """A line that must stay: something was installed, repaired or left behind."""


class Lines:
    """A watcher that hands each thing worth a line to whoever wants lines."""

    def __init__(self, line: Callable[[str], None]) -> None:
        self._line = line

    def begin(self, phase: str) -> None:
        """See `Watcher.begin`."""

    def step(self, text: str) -> None:
        """See `Watcher.step`."""
        self._line(text)

    def node_step(self, node: str, what: str) -> None:
        """See `Watcher.node_step`: too many, and from other threads."""

    def verification_status(self, status: VerificationStatus) -> None:
        """See `Watcher.verification_status`."""
        self._line(f"{status.holding} of {status.checks} checks hold")

    def end(self, phase: str, outcome: str, seconds: float) -> None:
        """See `Watcher.end`."""
        self._line(f"{phase}: {outcome}, {seconds:.1f} s")

    def say(self, text: str) -> None:
        """See `Watcher.say`."""
        self._line(text)


@dataclass(slots=True)
class PhaseSummary:
    """What came of a phase, in a few words; set while it runs."""

    text: str = ""


class Phases:
    """Runs phases one after the other and keeps their times, in seconds."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.seconds: dict[str, float] = {}
        self._begun = time.monotonic()

    @property
    def total(self) -> float:
        """Seconds since the first phase could begin."""
        return time.monotonic() - self._begun

    @contextmanager
    def phase(self, name: str) -> Iterator[PhaseSummary]:
        """Time one phase; a phase that raises has no outcome."""
        self.watcher.begin(name)
        begun = time.monotonic()
        outcome = PhaseSummary()
        yield outcome
        self.seconds[name] = time.monotonic() - begun
        self.watcher.end(name, outcome.text, self.seconds[name])
