"""What PE and CE have agreed on where they speak OSPF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from orchestrator.core.igp.ospf.lines import NAME, NetworkType
from orchestrator.model.pece import PeCe

if TYPE_CHECKING:
    from orchestrator.core.igp.ospf.lines import Authentication
    from orchestrator.model.lab import Backdoor
    from orchestrator.model.timer_values import Timers


@dataclass(frozen=True, slots=True)
class Ospf(PeCe):
    """OSPF between PE and CE (RFC 4577).

    Attributes:
        area: the area of the PE-CE link and of the site's prefixes.
        cost: of the PE-CE link, from both ends.
        hello: seconds between hellos; None for the provider's.
        dead: seconds without one after which a neighbour is gone; None for the provider's.
        network: how OSPF takes the link.
        authentication: None for none.
    """

    name: ClassVar[str] = NAME
    title: ClassVar[str] = "OSPF"
    is_igp: ClassVar[bool] = True
    interval_keys: ClassVar[tuple[str, str] | None] = ("hello", "dead")
    intervals_must_agree: ClassVar[bool] = True

    area: int
    cost: int
    hello: int | None = None
    dead: int | None = None
    network: NetworkType = NetworkType.POINT_TO_POINT
    authentication: Authentication | None = None

    @property
    def summary(self) -> str:
        """With the area."""
        return f"{self.title} area {self.area}"

    @property
    def weight(self) -> str:
        """The cost, from both ends."""
        return f"cost {self.cost}"

    def weight_of(self, backdoor: Backdoor) -> str:
        """OSPF's cost, too."""
        return f"cost {backdoor.cost}"

    def intervals(self, usual: Timers) -> tuple[int, int]:
        """Hello and dead interval, where the provider's timers are `usual`.

        Where only the hello interval is given the dead interval is four of it, as in FRR.
        """
        if self.hello is None:
            return usual.ospf_hello, self.dead or usual.ospf_dead
        return self.hello, self.dead or 4 * self.hello

    def patience(self, usual: Timers) -> float:
        """A lost update is sent again after the retransmit interval."""
        return self.intervals(usual)[1] + usual.ospf_retransmit
