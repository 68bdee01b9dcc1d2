"""Which module speaks which PE-CE protocol: the one place that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.pece import Bgp, Eigrp, Ospf, Static
from orchestrator.pece.bgp import BgpPeCe
from orchestrator.pece.contribution import Contribution
from orchestrator.pece.eigrp import EigrpPeCe
from orchestrator.pece.ospf import OspfPeCe
from orchestrator.pece.static import StaticPeCe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.model.pece import PeCe
    from orchestrator.pece.protocol import PeCeProtocol

_PROTOCOLS: Final[Mapping[type[PeCe], PeCeProtocol]] = {
    Bgp: BgpPeCe(),
    Eigrp: EigrpPeCe(),
    Ospf: OspfPeCe(),
    Static: StaticPeCe(),
}
PROTOCOLS: Final = tuple(_PROTOCOLS.values())
ALL_DAEMONS: Final = tuple(dict.fromkeys(daemon for one in PROTOCOLS for daemon in one.daemons))


def speaker(protocol: PeCe) -> PeCeProtocol:
    """The module of the protocol that an attachment speaks."""
    return _PROTOCOLS[type(protocol)]


def on_pe(lab: Lab, vrf: Vrf) -> Contribution:
    """What all PE-CE protocols need in a VRF."""
    return Contribution.all_of(one.on_pe(lab, vrf) for one in PROTOCOLS)


def on_ce(lab: Lab, ce: str) -> Contribution:
    """What all PE-CE protocols need on a CE."""
    return Contribution.all_of(one.on_ce(lab, ce) for one in PROTOCOLS)


def daemons(lab: Lab, node: str) -> tuple[str, ...]:
    """The daemons that the attachments of a PE or a CE need, besides zebra."""
    spoken = (speaker(one.protocol) for _, one in lab.attachments_of(node))
    return tuple(dict.fromkeys(daemon for one in spoken for daemon in one.daemons))
