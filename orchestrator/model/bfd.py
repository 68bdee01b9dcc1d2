"""BFD (RFC 5880): how fast neighbours notice that the way between them is gone, as a file says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BeforeValidator

from orchestrator.model.edge import Edge, shown, whole, wrong


@dataclass(frozen=True, slots=True)
class Bfd:
    """Asynchronous mode, the same from both ends; FRR's own defaults.

    Attributes:
        interval: milliseconds between two control packets.
        multiplier: how many in a row may be missing before the session is down.
    """

    interval: int = 300
    multiplier: int = 3

    @property
    def detection(self) -> int:
        """Milliseconds without a packet after which the far end is taken for dead."""
        return self.interval * self.multiplier


DEFAULT_BFD: Final = Bfd()


class BfdIntent(Edge):
    """Intervals other than the usual ones."""

    interval: Annotated[int, whole("interval in milliseconds", 50, 60000)] = DEFAULT_BFD.interval
    multiplier: Annotated[int, whole("integer multiplier", 2, 255)] = DEFAULT_BFD.multiplier


@dataclass(frozen=True, slots=True)
class BfdWish:
    """BFD, or none on purpose; where a file says nothing there is no wish at all."""

    bfd: Bfd | None


def _read(value: object) -> object:
    match value:
        case BfdWish():
            return value
        case True:
            return BfdWish(DEFAULT_BFD)
        case False:
            return BfdWish(None)
        case dict():
            wanted = BfdIntent.model_validate(value)
            return BfdWish(Bfd(wanted.interval, wanted.multiplier))
    raise wrong(f"{shown(value)} is not how BFD runs", "write true, false or {interval: 300, multiplier: 3}")


BfdChoice = Annotated[BfdWish | None, BeforeValidator(_read)]
"""`true`, `false`, or a mapping of intervals."""
