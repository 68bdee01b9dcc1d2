"""The PE-CE protocols that there are: the one place that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.fragment import ConfigFragment
from orchestrator.model.family import Family
from orchestrator.model.memory import remembered
from orchestrator.model.state import HEALTHY, State
from orchestrator.protocols.bgp.protocol import BGP
from orchestrator.protocols.eigrp.protocol import EIGRP
from orchestrator.protocols.ospf.protocol import OSPF
from orchestrator.protocols.rip.protocol import RIP
from orchestrator.protocols.static.protocol import STATIC
from orchestrator.routing.effective_lab import EffectiveLab

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment, Interface, Lab, Vrf
    from orchestrator.model.pece import PeCe
    from orchestrator.protocols.descriptor import PeCeProtocol

PROTOCOLS: Final = (BGP, EIGRP, OSPF, RIP, STATIC)
BACK_TO_BACK: Final = BGP
"""What VRFs of two providers speak with each other (RFC 4364 10 a)."""
ALL_DAEMONS: Final = tuple(dict.fromkeys(daemon for one in PROTOCOLS for daemon in one.daemons))
_BY_VALUE: Final = {one.value: one for one in PROTOCOLS}


def protocol_of(attachment: Attachment) -> PeCeProtocol:
    """The protocol that an attachment speaks."""
    return protocol(attachment.protocol)


def protocol(spoken: PeCe) -> PeCeProtocol:
    """The protocol whose value this is."""
    return _BY_VALUE[type(spoken)]


@remembered
def effective_lab(lab: Lab, state: State = HEALTHY) -> EffectiveLab:
    """A lab with what has failed removed, and the routes that its tables then hold."""
    return EffectiveLab(lab, state, PROTOCOLS)


def seen_by_ipv6(lab: EffectiveLab) -> EffectiveLab | None:
    """What IPv6 sees of it, with the same failed elements removed; None for a lab without IPv6."""
    return None if lab.lab.ipv6 is None else effective_lab(lab.lab.ipv6, lab.state)


def spoken_in(lab: Lab) -> tuple[PeCeProtocol, ...]:
    """The protocols that can carry a lab's family."""
    return (
        PROTOCOLS if lab.family is Family.IPV4 else tuple(one for one in PROTOCOLS if one.intent.carries_ipv6)
    )


def on_pe(lab: Lab, vrf: Vrf) -> ConfigFragment:
    """What all PE-CE protocols need in a VRF."""
    return ConfigFragment.all_of(one.on_pe(lab, vrf) for one in PROTOCOLS)


def on_ce(lab: Lab, ce: str) -> ConfigFragment:
    """What all PE-CE protocols need on a CE."""
    outward = ConfigFragment(
        table=tuple(f"ip route {one.stands_for} {one.name}" for one in ways_out(lab, ce))
    )
    return ConfigFragment.all_of((outward, *(one.on_ce(lab, ce) for one in PROTOCOLS)))


def ways_out(lab: Lab, node: str) -> tuple[Interface, ...]:
    """The LANs of a CE that it has a static route to: its default route leads out there."""
    return tuple(one for one in lab.interfaces_of(node) if one.stands_for is not None)


def daemons(lab: Lab, node: str) -> tuple[str, ...]:
    """The daemons that the attachments of a PE or a CE need, besides zebra."""
    spoken = (protocol_of(one) for _, one in lab.attachments_of(node))
    outward = ("staticd",) if ways_out(lab, node) else ()
    return tuple(dict.fromkeys((*(daemon for one in spoken for daemon in one.daemons), *outward)))


def speaker_configuration(lab: Lab, node: str) -> str:
    """What the EIGRP speaker of a node follows, or another program of this project; empty where none runs.

    Raises:
        KeyError: the lab has no such node.
    """
    return "".join(one.speaker(lab, node) for one in PROTOCOLS)
