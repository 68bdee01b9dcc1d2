"""What MP-BGP configures on a PE or RR: VPN sessions between loopbacks (RFC 4364 4.3, RFC 4659)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.mpbgp import asbr
from orchestrator.core.mpbgp.timers import timer_lines
from orchestrator.core.mpbgp.transit import own_as_allowed
from orchestrator.model.family import Family
from orchestrator.model.interconnect import label_switched
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Lab, Provider
    from orchestrator.model.topology import Node


def configuration(lab: Lab, node: str) -> ConfigFragment:
    """Lines of the global `router bgp`: its VPN peers, those that an RR reflects to, other providers'."""
    provider, own = lab.provider_of(node), lab.router_id(node)
    peers = sorted((lab.loopback(peer.name), peer) for peer in lab.vpnv4_peers(node))
    inside = (
        (
            address,
            (
                f" neighbor {address} remote-as {provider.asn}",
                f" neighbor {address} update-source {own}",
                *timer_lines(address, provider.timers),
            ),
            tuple(_activated(lab, node, (address, peer))),
        )
        for address, peer in peers
    )
    every = sorted((*inside, *asbr.neighbors(lab, node)))
    sessions = (line for _, lines, _ in every for line in lines)
    families = {Family.IPV4: [line for *_, lines in every for line in lines]}
    if lab.ipv6 is not None and carries_family(lab.ipv6, provider):
        families[Family.IPV6] = [line for peer in peers for line in _activated(lab.ipv6, node, peer)]
    vpn = (
        line
        for family, lines in families.items()
        if lines
        for line in (" !", f" address-family {family} vpn", *lines, " exit-address-family")
    )
    return ConfigFragment(
        interfaces=asbr.ports(lab, node),
        bgp=(" no bgp default ipv4-unicast", *sessions, *vpn),
        blocks=tuple(asbr.blocks(lab, node)),
    )


def _activated(lab: Lab, node: str, peer: tuple[IPv4Address, Node]) -> Iterator[str]:
    """A neighbor in the VPN family that a lab is seen by."""
    address, other = peer
    yield f"  neighbor {address} activate"
    if label_switched(lab, node):
        yield f"  neighbor {address} next-hop-self"
    if allowed := own_as_allowed(lab, lab.provider_of(node)):
        yield f"  neighbor {address} allowas-in {allowed}"
    if lab.node(node).role is Role.RR and other.role is Role.PE:
        yield f"  neighbor {address} route-reflector-client"


def carries_family(lab: Lab, provider: Provider) -> bool:
    """Whether customers of a provider have the lab's family, so that its VPN sessions carry it."""
    return any(vrf.pe in provider.nodes for vrf in lab.vrfs)
