"""BFD (RFC 5880): how fast neighbours notice that the way between them is gone, as a file says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BeforeValidator

from orchestrator.model.schema import StrictModel, reject, shown, whole


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


class BfdIntent(StrictModel):
    """Intervals other than the usual ones."""

    interval: Annotated[int, whole("interval in milliseconds", 50, 60000)] = DEFAULT_BFD.interval
    multiplier: Annotated[int, whole("integer multiplier", 2, 255)] = DEFAULT_BFD.multiplier


@dataclass(frozen=True, slots=True)
class BfdSetting:
    """BFD, or none on purpose; where a file says nothing there is no setting at all."""

    bfd: Bfd | None


def _read(value: object) -> object:
    match value:
        case BfdSetting():
            return value
        case True:
            return BfdSetting(DEFAULT_BFD)
        case False:
            return BfdSetting(None)
        case dict():
            wanted = BfdIntent.model_validate(value)
            return BfdSetting(Bfd(wanted.interval, wanted.multiplier))
    raise reject(f"{shown(value)} is not how BFD runs", "write true, false or {interval: 300, multiplier: 3}")


BfdChoice = Annotated[BfdSetting | None, BeforeValidator(_read, json_schema_input_type=bool | BfdIntent)]
"""`true`, `false`, or a mapping of intervals."""
