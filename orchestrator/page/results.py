"""What scenarios and measurements came to, as a bundle keeps it: the JSON that these verbs print."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Row:
    """An event or a step.

    Attributes:
        group: the scenario, or the stage.
        what: what happened.
        holds: whether it went as it is to.
        seconds: until all was proven; None if it never was.
        lost: milliseconds of the longest gap; None where nobody sent packets.
        packets: how many were lost, in words.
        more: what was not as it is to be.
    """

    group: str
    what: str
    holds: bool
    seconds: float | None
    lost: float | None = None
    packets: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """All of them, in their order."""

    rows: tuple[Row, ...]

    @property
    def longest(self) -> float:
        """Seconds; what bars are measured by."""
        return max((one.seconds or 0.0 for one in self.rows), default=0.0) or 1.0

    @property
    def worst(self) -> float:
        """Milliseconds; the same."""
        return max((one.lost or 0.0 for one in self.rows), default=0.0) or 1.0

    @property
    def measured(self) -> bool:
        """Whether packets were counted."""
        return any(one.lost is not None for one in self.rows)


def results(text: str) -> Results:
    """Those of a bundle; none where they are none that this program has written."""
    try:
        return Results(tuple(_rows(json.loads(text or "{}"))))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError, RecursionError):
        return Results(())


def _rows(document: dict[str, object]) -> Iterator[Row]:
    match document:
        case {"scenarios": list(scenarios)}:
            for one in scenarios:
                for step in one["steps"]:
                    more = (*(f"{name}: {seen}" for name, seen in step["broken"].items()), *step["trouble"])
                    words = str(one["name"]), str(step["step"])
                    yield Row(*words, bool(step["holds"]), float(step["proven"]), more=tuple(map(str, more)))
        case {"measured": list(measured)}:
            for one in measured:
                ends = (
                    (str(one["event"]), "until_proven", "on_failure"),
                    (f"{one['event']}: repaired", "until_restored", "on_repair"),
                )
                for what, until, loss in ends:
                    seconds, cost = one[until], one[loss]
                    packets = f"{int(cost['lost'])} of {int(cost['sent'])} packets"
                    took = None if seconds is None else float(seconds)
                    yield Row(
                        str(one["stage"]), what, took is not None, took, float(cost["longest"]), packets
                    )
