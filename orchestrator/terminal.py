"""What a person sees: phases as they go by, tables, and where colour may help."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.status import Status


def console() -> Console:
    """Standard output; plain when it is not a terminal."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


class PhaseLines:
    """A watcher that prints one line per finished phase and shows the running step on a terminal."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._status: Status | None = None
        self._phase = ""

    def begin(self, phase: str) -> None:
        """See `Watcher.begin`."""
        self._phase = phase
        if self._out.is_terminal:
            self._status = self._out.status(phase, spinner="dots")
            self._status.start()

    def step(self, text: str) -> None:
        """See `Watcher.step`; without a terminal each step is a line."""
        if self._status is not None:
            room = max(20, self._out.width - 14)
            self._status.update(Text(f"{self._phase:<8} {text[:room]}"))
        elif not self._out.is_terminal:
            self._out.print(Text(f"  {self._phase:<8} … {text}"))

    def end(self, phase: str, outcome: str, seconds: float) -> None:
        """See `Watcher.end`."""
        self.stop()
        self._out.print(Text.assemble("  ", (f"{phase:<8}", "bold"), f" {outcome:<52} {seconds:6.1f} s"))

    def say(self, text: str) -> None:
        """See `Watcher.say`."""
        self._out.print(Text(f"  {text}"))

    def stop(self) -> None:
        """Take the running step off the screen."""
        if self._status is not None:
            self._status.stop()
            self._status = None


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A plain table, wide cells wrapped."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        made.add_column(heading, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made
