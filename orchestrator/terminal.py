"""What a person sees: phases as they go by, tables, and where colour may help."""

from __future__ import annotations

import errno
import shlex
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from rich.console import Console
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from orchestrator.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import ConsoleOptions, RenderableType
    from rich.status import Status

    from orchestrator.verification.verification import VerificationStatus


def program() -> str:
    """How this program was called, for a command that is to be typed next."""
    return shlex.quote(sys.argv[0]) if "/" in sys.argv[0] else "l3vpn"


def console(*, stderr: bool = False) -> Console:
    """Standard output (or error); plain when it is not a terminal."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PLAIN_WIDTH
    return _Console(highlight=False, file=cast("TextIO", _Reader(stream)), width=width)


class _Reader:
    """Who reads a stream: that he has gone is raised once, in what is at work, and not in its clean-up."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._gone = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> None:
        with self._once():
            self._stream.write(text)

    def flush(self) -> None:
        with self._once():
            self._stream.flush()

    @contextmanager
    def _once(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # The thread that turns a spinner has no caller to raise to.
            if self._gone or threading.current_thread() is not threading.main_thread():
                return
            self._gone = True
            if error.errno == errno.EIO:  # the terminal was closed
                raise BrokenPipeError from None
            raise


class _Console(Console):
    """One that says when nobody reads what is printed: rich would end the program with exit code 1.

    And that prints of what nodes and files say nothing that a terminal would obey.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """See `rich.console.Console.render`."""
        for one in super().render(renderable, options):
            yield one if one.control else Segment(printable(one.text), one.style)

    def on_broken_pipe(self) -> None:
        """Say so to whoever prints."""
        self.quiet = True
        raise BrokenPipeError


_PLAIN_WIDTH = 130
_QUIET_SECONDS = 5.0


class PhaseLines:
    """A watcher that prints one line per finished phase and shows the running step on a terminal."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._status: Status | None = None
        self._phase = ""
        self._shown_at = time.monotonic()

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

    def node_step(self, node: str, what: str) -> None:
        """The step of one node among several; shown on a terminal only, where it passes by."""
        if self._status is not None:
            self.step(f"{node}: {what}")

    def verification_status(self, so_far: VerificationStatus) -> None:
        """How far a proof has come; without a terminal a line every few seconds."""
        now = time.monotonic()
        if self._status is not None or now - self._shown_at > _QUIET_SECONDS:
            self._shown_at = now
            first = f"; waiting for {so_far.waiting[0].check.id}" if so_far.waiting else ""
            self.step(f"{so_far.holding} of {so_far.checks} checks hold{first}")

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


def diff_text(unified: str) -> Text:
    """A unified difference, removals red and additions green."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    text = Text()
    for line in unified.splitlines():
        text.append(line + "\n", styles.get(line[:1], ""))
    text.rstrip()
    return text
