"""What PE and CE have agreed on where they speak RIP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from orchestrator.model.pece import PeCe

if TYPE_CHECKING:
    from orchestrator.model.timer_values import Timers


@dataclass(frozen=True, slots=True)
class Rip(PeCe):
    """RIP version 2 between PE and CE (RFC 2453).

    Attributes:
        update: seconds between updates.
        timeout: seconds without one after which a route is unreachable; ends need not have the same.
        garbage: seconds for which an unreachable route is still advertised as such.
        metric: hops that the PE gives to what it brings in; a site at two PEs prefers the smaller.
    """

    name: ClassVar[str] = "rip"
    title: ClassVar[str] = "RIP"
    is_igp: ClassVar[bool] = True
    interval_keys: ClassVar[tuple[str, str] | None] = ("update", "timeout")

    update: int
    timeout: int
    garbage: int
    metric: int

    def intervals(self, usual: Timers) -> tuple[int, int]:  # noqa: ARG002 -- RIP has its own
        """Update interval and timeout."""
        return self.update, self.timeout

    def patience(self, usual: Timers) -> float:  # noqa: ARG002 -- RIP has its own
        """A route that nobody advertises is held until its timeout, a lost update repeated by the next."""
        return self.timeout + self.update
