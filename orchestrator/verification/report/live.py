"""What a verification still waits for, shown while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from orchestrator.verification.kit.check import Verdict

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.console import Console

    from orchestrator.verification.verification import VerificationStatus

_SHOWN = 4


def waiting_text(status: VerificationStatus) -> Text:
    """A line of numbers, and the lowest checks that do not hold yet with what is seen."""
    text = Text(f"{status.seconds:5.1f} s  {status.holding} of {status.checks} checks hold", "bold")
    # Those that are only held back come last: they are named when nothing else is left to wait for.
    shown = [finding for finding in status.waiting if finding.verdict is not Verdict.BLOCKED][:_SHOWN]
    shown = shown or list(status.waiting[:1])
    for finding in shown:
        seen = finding.check.title if finding.verdict is Verdict.BLOCKED else finding.observed
        text.append(f"\n         waiting for {finding.check.id}: ", "yellow").append(seen, "dim")
    more = len(status.waiting) - len(shown)
    if more > 0:
        text.append(f"\n         and {more} more", "dim")
    return text


class LiveStatus:
    """Shows the latest standing in place, and is gone at the end; where there is no terminal, nothing."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, transient=True, auto_refresh=False)
        self._enabled = console.is_terminal

    def __enter__(self) -> Self:
        if self._enabled:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._enabled:
            self._live.stop()

    def __call__(self, status: VerificationStatus) -> None:
        """Show it."""
        if self._enabled:
            self._live.update(waiting_text(status), refresh=True)
