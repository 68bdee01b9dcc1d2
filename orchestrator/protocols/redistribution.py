"""Which protocols of a VRF a PE redistributes into each other, so that sites with different ones meet.

Each gives its routes to BGP, and so to the VPN, and takes BGP's; that joins sites at different PEs, and sites
with BGP at one. For the rest of one VRF each also takes the routes of the others as zebra has them, the PE-CE
subnets included. What a PE brings into OSPF or EIGRP carries the VPN Route Tag (RFC 4577 4.2.5.2), and no PE
that hears it there exports it: so a route goes from its own protocol into others, and never back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.memory import remembered
from orchestrator.model.pece import Bgp, Eigrp, Ospf, Static

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.model.pece import PeCe

# In the order in which FRR prints `redistribute` (lib/route_types.txt).
_NAMES: Final[Mapping[type[PeCe], str]] = {Static: "static", Ospf: "ospf", Bgp: "bgp", Eigrp: "eigrp"}
_CONNECTED, _BGP = "connected", _NAMES[Bgp]


def route_tag(asn: int) -> int:
    """The VPN Route Tag of a provider (RFC 4577 4.2.5.2): 1101 and the AS number, of which 16 bits fit."""
    return 0xD0000000 | (asn & 0xFFFF)


@remembered
def into_ospf(lab: Lab, vrf: Vrf) -> tuple[str, ...]:
    """What OSPF takes in a VRF, as zebra calls it: BGP's routes, and where others speak there, all theirs."""
    further = _others(lab, vrf, Ospf)
    wanted = {_CONNECTED, _BGP, *further} if further else {_BGP}
    return tuple(name for name in (_CONNECTED, *_NAMES.values()) if name in wanted)


@remembered
def into_eigrp(lab: Lab, vrf: Vrf) -> tuple[str, ...]:
    """What EIGRP takes in a VRF beside connected networks and the VPN's routes from other PEs.

    Of BGP that is what the sites at the VRF say, and what comes from other VRFs of this PE.
    """
    beside = any(other.pe == vrf.pe and other != vrf and vrf.imports_from(other) for other in lab.vrfs)
    wanted = {*_others(lab, vrf, Eigrp), *({_BGP} if beside else ())}
    return tuple(name for name in _NAMES.values() if name in wanted)


@remembered
def eigrp_tag(lab: Lab, vrf: Vrf) -> int | None:
    """What marks routes that are none of EIGRP's, where a VPN with EIGRP has such at any of its PEs."""
    mine = [one for one in lab.vrfs if one.vpn == vrf.vpn]
    heard = (one for one in lab.vrfs if any(one == here or here.imports_from(one) for here in mine))
    mixed = any(_others(lab, one, Eigrp) for one in heard)
    return route_tag(lab.provider_of(vrf.pe).asn) if mixed else None


def _others(lab: Lab, vrf: Vrf, own: type[PeCe]) -> tuple[str, ...]:
    """What zebra calls the other protocols that the sites at a VRF speak."""
    spoken = {type(one.protocol) for _, one in lab.attachments_of(vrf.pe) if one.vrf == vrf.name}
    return tuple(name for protocol, name in _NAMES.items() if protocol in spoken - {own})
