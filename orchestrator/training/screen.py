"""What `learn watch` shows: the brief, what is lost, what changed, the points. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.training.impact import Customers

KEYS: Final = "h hint  s shell  a answer  r reset  n next  q quit"
_WIDEST: Final = 80
_MOST_LOST: Final = 5
_LEAST_LOG: Final = 3
_KEPT: Final = 100
WELL: Final = {
    "predict": "All is well: a has the questions, n lets it happen once they are answered.",
    "design": "Nothing is lost: n has the network tried, and says what is not met.",
    "change": "Nothing is lost: n says how far it is, and who was gone for how long.",
}
"""What is said while nothing is lost, by the kind of exercise."""
_HEALED: Final = "Nothing is lost any more: n says what this was about, and what is next."
_STYLES: Final = {"healed": "green", "broken": "bold red"}


@dataclass(frozen=True, slots=True)
class Watched:
    """How an exercise stands, as far as it was seen.

    Attributes:
        lost: what customers lose, by the ids of checks; None before the first look.
        log: what changed, the oldest first: when, "healed" or "broken", what.
        at: when it was looked at last: a busy lab answers late.
        trouble: why the lab cannot be looked at; "" if it can.
        well: what is said while nothing is lost.
    """

    lost: frozenset[str] | None = None
    log: tuple[tuple[str, str, str], ...] = field(default=())
    at: str = ""
    trouble: str = ""
    well: str = _HEALED

    def after(self, customers: Customers, lost: frozenset[str], at: str) -> Watched:
        """Once it has been looked at again."""
        before = lost if self.lost is None else self.lost
        new = [
            *((at, "broken", line) for line in customers.described(lost - before)),
            *((at, "healed", line) for line in customers.restored(before - lost)),
        ]
        return replace(self, lost=lost, log=(*self.log, *new)[-_KEPT:], at=at, trouble="")

    def unseen(self, why: str) -> Watched:
        """It could not be looked at."""
        return replace(self, trouble=why)


def screen(  # noqa: PLR0913, PLR0917 -- what is shown, and how much room there is
    heading: str, brief: str, watched: Watched, customers: Customers, points: str, width: int, height: int
) -> Text:
    """All of it, not wider nor higher than the terminal; the brief is cut off last."""
    foot = [Text(points, "bold"), Text(KEYS, "dim")]
    head = [Text(heading, "bold"), *_wrapped(brief, min(width, _WIDEST))]
    state = list(_state(watched, customers))
    log = [
        Text.assemble((f"  {at} ", "dim"), (f"{kind:<7}", _STYLES[kind]), line)
        for at, kind, line in reversed(watched.log)
    ] or [Text("  nothing yet", "dim")]
    room = height - len(foot) - len(state) - 1 - _LEAST_LOG
    if len(head) > room:  # what parts paragraphs is the first to go
        head = [one for one in head if one.plain]
    lines = [*head[: max(2, room)], *state, Text("what changed", "bold"), *log]
    shown = [*lines[: height - len(foot)], *foot]
    for one in shown:
        one.truncate(width, overflow="ellipsis")
    return Text("\n").join(shown)


def _state(watched: Watched, customers: Customers) -> Iterator[Text]:
    if watched.trouble:
        yield Text(f"cannot be looked at: {' '.join(watched.trouble.split())}", "magenta")
        return
    if watched.lost is None:
        yield Text("looking for the first time", "bold")
        return
    if not watched.lost:
        yield Text(watched.well, "bold green")
        return
    lines = customers.described(watched.lost)
    yield Text(f"lost, seen at {watched.at}", "bold")
    yield from (Text(f"  {line}", "red") for line in lines[:_MOST_LOST])
    if len(lines) > _MOST_LOST:
        yield Text(f"  and {len(lines) - _MOST_LOST} more")


def _wrapped(text: str, width: int) -> Iterator[Text]:
    for block in text.split("\n\n"):
        line = ""
        for word in block.split():
            if line and len(line) + 1 + len(word) > width:
                yield Text(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        yield Text(line)
        yield Text()
