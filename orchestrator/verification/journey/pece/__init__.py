"""What each PE-CE protocol has to show of a route on a link between CE and PE, or between two CEs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from orchestrator.model.pece import Bgp, Eigrp, Ospf
from orchestrator.protocols.bgp.trace import BgpTelling
from orchestrator.protocols.eigrp.trace import EigrpTelling
from orchestrator.protocols.ospf.trace import OspfTelling
from orchestrator.verification.journey.legs import spoken
from orchestrator.verification.journey.silent import Silence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.lab import Lab
    from orchestrator.model.pece import PeCe
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.sight import Sight
    from orchestrator.verification.journey.stage import Claim
    from orchestrator.verification.kit.facts import Query


class Telling(Protocol):
    """One protocol on one leg, from its teller to its hearer."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:
        """What its claims read."""

    def originates(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """That the teller, a CE, has the route of its own and announces it."""

    def tells(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """That the route gets from one to the other, up to what the protocol itself keeps of it."""


_SILENCE: Final = Silence()
# A protocol that is not here has its routes shown in RIB and FIB, and nothing of its own.
_TELLINGS: Final[Mapping[type[PeCe], Telling]] = {
    Bgp: BgpTelling(),
    Eigrp: EigrpTelling(),
    Ospf: OspfTelling(),
}


def telling(lab: Lab, leg: Leg) -> Telling:
    """The module of the protocol that is spoken on a leg."""
    return _TELLINGS.get(type(spoken(lab, leg)), _SILENCE)
