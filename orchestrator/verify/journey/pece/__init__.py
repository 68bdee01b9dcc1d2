"""What each PE-CE protocol has to show of a route on a link between CE and PE, or between two CEs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from orchestrator.model.pece import Bgp, Eigrp, Ospf
from orchestrator.verify.journey.legs import spoken
from orchestrator.verify.journey.pece.bgp import BgpTelling
from orchestrator.verify.journey.pece.eigrp import EigrpTelling
from orchestrator.verify.journey.pece.ospf import OspfTelling
from orchestrator.verify.journey.pece.silent import Silence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.lab import Lab
    from orchestrator.model.pece import PeCe
    from orchestrator.verify.facts import Query
    from orchestrator.verify.journey.legs import Leg
    from orchestrator.verify.journey.sight import Sight
    from orchestrator.verify.journey.stage import Claim


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
