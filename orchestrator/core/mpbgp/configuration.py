"""What MP-BGP configures on a PE or RR: VPNv4 sessions between loopbacks (RFC 4364 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.mpbgp import asbr
from orchestrator.core.mpbgp.timers import timer_lines
from orchestrator.core.mpbgp.transit import own_as_allowed
from orchestrator.model.interconnect import label_switched
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


def configuration(lab: Lab, node: str) -> ConfigFragment:
    """Lines of the global `router bgp`: its VPNv4 peers, those that an RR reflects to, other providers'."""
    provider, own = lab.provider_of(node), lab.router_id(node)
    peers = sorted((lab.loopback(peer.name), peer) for peer in lab.vpnv4_peers(node))
    reflects = lab.node(node).role is Role.RR
    allowed = own_as_allowed(lab, provider)
    crossing = label_switched(lab, node)
    inside = (
        (
            address,
            (
                f" neighbor {address} remote-as {provider.asn}",
                f" neighbor {address} update-source {own}",
                *timer_lines(address, provider.timers),
            ),
            (
                f"  neighbor {address} activate",
                *((f"  neighbor {address} next-hop-self",) if crossing else ()),
                *((f"  neighbor {address} allowas-in {allowed}",) if allowed else ()),
                *(
                    (f"  neighbor {address} route-reflector-client",)
                    if reflects and peer.role is Role.PE
                    else ()
                ),
            ),
        )
        for address, peer in peers
    )
    every = sorted((*inside, *asbr.neighbors(lab, node)))
    sessions = (line for _, lines, _ in every for line in lines)
    family = (line for *_, lines in every for line in lines)
    vpnv4 = (" !", " address-family ipv4 vpn", *family, " exit-address-family") if every else ()
    return ConfigFragment(
        interfaces=asbr.ports(lab, node),
        bgp=(" no bgp default ipv4-unicast", *sessions, *vpnv4),
        blocks=tuple(asbr.blocks(lab, node)),
    )
