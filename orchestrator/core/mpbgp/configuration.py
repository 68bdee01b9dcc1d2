"""What MP-BGP configures on a PE or RR: VPNv4 sessions between loopbacks (RFC 4364 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.mpbgp.transit import own_as_allowed
from orchestrator.model.lab import STANDARD
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Lab, Timers


def timer_lines(address: IPv4Address, timers: Timers) -> tuple[str, ...]:
    """Timers of a BGP neighbor, as far as they are not FRR's defaults."""
    lines = []
    if (timers.bgp_keepalive, timers.bgp_hold) != (STANDARD.bgp_keepalive, STANDARD.bgp_hold):
        lines.append(f" neighbor {address} timers {timers.bgp_keepalive} {timers.bgp_hold}")
    if timers.bgp_connect != STANDARD.bgp_connect:
        lines.append(f" neighbor {address} timers connect {timers.bgp_connect}")
    return tuple(lines)


def configuration(lab: Lab, node: str) -> ConfigFragment:
    """Lines of the global `router bgp`: its VPNv4 peers, and those that an RR reflects to."""
    provider, own = lab.provider_of(node), lab.router_id(node)
    peers = sorted((lab.loopback(peer.name), peer) for peer in lab.vpnv4_peers(node))
    reflects = lab.node(node).role is Role.RR
    allowed = own_as_allowed(lab, provider)
    sessions = (
        line
        for address, _ in peers
        for line in (
            f" neighbor {address} remote-as {provider.asn}",
            f" neighbor {address} update-source {own}",
            *timer_lines(address, provider.timers),
        )
    )
    family = (
        line
        for address, peer in peers
        for line in (
            f"  neighbor {address} activate",
            *((f"  neighbor {address} allowas-in {allowed}",) if allowed else ()),
            *((f"  neighbor {address} route-reflector-client",) if reflects and peer.role is Role.PE else ()),
        )
    )
    vpnv4 = (" !", " address-family ipv4 vpn", *family, " exit-address-family") if peers else ()
    return ConfigFragment(bgp=(" no bgp default ipv4-unicast", *sessions, *vpnv4))
