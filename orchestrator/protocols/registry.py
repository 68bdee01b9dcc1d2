"""Which module speaks which PE-CE protocol: the one place that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.pece import Bgp, Eigrp, Ospf, Static
from orchestrator.protocols.agreement import Difference, End, Outcome, differences, link_settings
from orchestrator.protocols.bgp.pece import BgpPeCe
from orchestrator.protocols.contribution import Contribution
from orchestrator.protocols.eigrp.pece import EigrpPeCe
from orchestrator.protocols.ospf.pece import OspfPeCe
from orchestrator.protocols.static.pece import StaticPeCe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.lab import Attachment, Lab, Vrf
    from orchestrator.model.pece import PeCe
    from orchestrator.protocols.agreement import Setting
    from orchestrator.protocols.descriptor import PeCeProtocol

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


def settings(lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:
    """All that one end of an attachment is to be set to and the other end must be set to alike."""
    return (
        *speaker(attachment.protocol).settings(lab, attachment, end),
        *link_settings(attachment, end),
    )


def declared(lab: Lab, attachment: Attachment) -> tuple[Difference, ...]:
    """What the intent itself says that the two ends have otherwise: nothing, in a lab that is to work."""
    at_ce, at_pe = (settings(lab, attachment, end) for end in (End.CE, End.PE))
    return differences(at_ce, at_pe)


def outcome(lab: Lab, attachment: Attachment) -> Outcome:
    """What becomes of an attachment with the differences that the intent declares."""
    different = frozenset(one.name for one in declared(lab, attachment))
    return speaker(attachment.protocol).outcome(attachment, different) if different else Outcome.WORKS


def daemons(lab: Lab, node: str) -> tuple[str, ...]:
    """The daemons that the attachments of a PE or a CE need, besides zebra."""
    spoken = (speaker(one.protocol) for _, one in lab.attachments_of(node))
    return tuple(dict.fromkeys(daemon for one in spoken for daemon in one.daemons))
