"""What PE and CE have agreed on where they speak OSPF."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from orchestrator.core.igp.ospf.lines import NAME, NetworkType
from orchestrator.model.pece import PeCe

if TYPE_CHECKING:
    from orchestrator.core.igp.ospf.lines import Authentication
    from orchestrator.model.lab import Backdoor
    from orchestrator.model.timer_values import Timers


class AreaType(StrEnum):
    """Which routes from elsewhere an OSPF area has."""

    NORMAL = "normal"
    NSSA = "nssa"  # what PEs bring in, as type 7 (RFC 3101)
    STUB = "stub"  # a default route in place of all external ones (RFC 2328 3.6)
    TOTALLY_STUBBY = "totally-stubby"  # and in place of those of other areas

    @property
    def is_stub(self) -> bool:
        """Whether a default route stands for what is external."""
        return self in (AreaType.STUB, AreaType.TOTALLY_STUBBY)

    @property
    def shown(self) -> str:
        """As ospfd shows it, and as hellos have it (RFC 2328 10.5, E bit; RFC 3101 2.4, N bit)."""
        return {AreaType.NORMAL: "", AreaType.NSSA: "NSSA"}.get(self, "Stub")


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
        area_type: of the area.
        default_originate: the PE brings a default route into the VRF's OSPF, whatever the VRF has.
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
    area_type: AreaType = AreaType.NORMAL
    default_originate: bool = False

    @property
    def summary(self) -> str:
        """With the area, and what is special of it."""
        kind = "" if self.area_type is AreaType.NORMAL else f" {self.area_type}"
        return f"{self.title} area {self.area}{kind}"

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
