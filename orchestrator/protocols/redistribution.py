"""Which protocols of a VRF a PE redistributes into each other, so that sites with different ones meet.

Each gives its routes to BGP, and so to the VPN, and takes BGP's; that joins sites at different PEs, and sites
with BGP at one. For the rest of one VRF each also takes the routes of the others as zebra has them, the PE-CE
subnets included. What a PE brings into an IGP carries the VPN Route Tag (RFC 4577 4.2.5.2), and no PE that
receives it there exports it: so a route goes from its own protocol into others, and never back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.memory import remembered
from orchestrator.routing.routes import BGP

if TYPE_CHECKING:
    from collections.abc import Collection

    from orchestrator.model.lab import Lab, Vrf

CONNECTED: Final = "connected"
# In the order in which FRR prints `redistribute` (lib/route_types.txt).
_PRINTED: Final = ("connected", "static", "rip", "ospf", "isis", "bgp", "eigrp")


def vpn_route_tag(asn: int) -> int:
    """The VPN Route Tag of a provider (RFC 4577 4.2.5.2): 1101 and the AS number, of which 16 bits fit."""
    return 0xD0000000 | (asn & 0xFFFF)


def others(lab: Lab, vrf: Vrf, own: str) -> frozenset[str]:
    """What zebra calls the other protocols that the sites at a VRF speak."""
    spoken = {one.protocol.name for _, one in lab.attachments_of(vrf.pe) if one.vrf == vrf.name}
    return frozenset(spoken - {own})


@remembered
def into_igp(lab: Lab, vrf: Vrf, own: str) -> tuple[str, ...]:
    """What an IGP takes in a VRF: BGP's routes, and where other protocols speak there, all theirs."""
    further = others(lab, vrf, own)
    return as_printed({CONNECTED, BGP, *further} if further else {BGP})


def as_printed(names: Collection[str]) -> tuple[str, ...]:
    """Protocols in the order in which FRR prints their `redistribute` lines."""
    return tuple(name for name in _PRINTED if name in names)
