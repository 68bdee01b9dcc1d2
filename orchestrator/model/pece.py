"""What a customer site and its PE have agreed to speak; each protocol's own value is in its folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from orchestrator.model.bfd import Bfd
    from orchestrator.model.lab import Backdoor
    from orchestrator.model.timer_values import Timers


@dataclass(frozen=True, slots=True)
class PeCe:
    """One end of a PE-CE link, in terms that all protocols have.

    Attributes:
        name: as `vpn.yml` and zebra call the protocol.
        title: as people write it.
        is_igp: neighbours find each other on interfaces, and the PE redistributes between it and BGP.
        marks_sites: every site has a site of origin, with or without a backdoor.
        interval_keys: in `vpn.yml`, the interval of hellos or keepalives and the one after which a silent
            neighbour is given up; None for a protocol without neighbours.
        hellos_in_hold: so many intervals of the first must fit into the second.
        intervals_must_agree: ends with other intervals do not become neighbours.
        bfd: detects at both ends that the other is gone; None where the protocol's own timers alone do.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    is_igp: ClassVar[bool] = False
    marks_sites: ClassVar[bool] = False
    interval_keys: ClassVar[tuple[str, str] | None] = None
    hellos_in_hold: ClassVar[int] = 2
    intervals_must_agree: ClassVar[bool] = False

    bfd: Bfd | None = field(default=None, kw_only=True)

    def intervals(self, usual: Timers) -> tuple[int, int]:  # noqa: ARG002 -- of protocols with neighbours
        """The two intervals in seconds, where the provider's timers are `usual`."""
        return 0, 0

    def patience(self, usual: Timers) -> float:
        """Seconds for which a neighbour may look the same while the protocol still converges."""
        return self.intervals(usual)[1]

    @property
    def summary(self) -> str:
        """The protocol in a few words, as on a drawing: "BGP AS 65101". Never a secret."""
        return self.title

    @property
    def weight(self) -> str:
        """What the PE-CE link costs, as on a drawing: "cost 10"; "" where links have no cost."""
        return ""

    def weight_of(self, backdoor: Backdoor) -> str:  # noqa: ARG002 -- of protocols whose links have a cost
        """What a backdoor link costs between two CEs that speak this."""
        return ""

    @property
    def is_transit(self) -> bool:
        """Whether the site carries other sites' traffic."""
        return False

    @property
    def own_as_dropped(self) -> int | None:
        """The AS number with which paths are dropped as loops at the site; None where none are."""
        return None
