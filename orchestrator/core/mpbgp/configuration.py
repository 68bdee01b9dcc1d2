"""What MP-BGP configures on a PE or RR: VPN sessions between loopbacks (RFC 4364 4.3, RFC 4659)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.mpbgp.transit import own_as_allowed
from orchestrator.model.family import Family
from orchestrator.model.timer_values import STANDARD
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Lab, Provider
    from orchestrator.model.timer_values import Timers


def timer_lines(address: IpAddress, timers: Timers) -> tuple[str, ...]:
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
    lines = tuple(family)
    carried = [Family.IPV4, *((Family.IPV6,) if lab.ipv6 and carries_family(lab.ipv6, provider) else ())]
    families = (
        line
        for one in (carried if peers else ())
        for line in (" !", f" address-family {one} vpn", *lines, " exit-address-family")
    )
    return ConfigFragment(bgp=(" no bgp default ipv4-unicast", *sessions, *families))


def carries_family(lab: Lab, provider: Provider) -> bool:
    """Whether customers of a provider have the lab's family, so that its VPN sessions carry it."""
    return any(vrf.pe in provider.nodes for vrf in lab.vrfs)
