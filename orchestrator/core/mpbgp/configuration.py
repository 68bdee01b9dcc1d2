"""What MP-BGP configures on a PE or RR: VPN sessions between loopbacks (RFC 4364 4.3, RFC 4659)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.mpbgp import asbr, labelled
from orchestrator.core.mpbgp.neighbor import FAMILIES, Neighbor
from orchestrator.core.mpbgp.timers import timer_lines
from orchestrator.core.mpbgp.transit import own_as_allowed
from orchestrator.model.interconnect import vpnv4_across
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab, Provider
    from orchestrator.model.topology import Node


def configuration(lab: Lab, node: str) -> ConfigFragment:
    """Lines of the global `router bgp`: its VPN peers, those that an RR reflects to, other providers'."""
    every = sorted(
        (*_inside(lab, node), *asbr.neighbors(lab, node), *labelled.neighbors(lab, node)),
        key=lambda one: one.address,
    )
    families = {"ipv4 unicast": labelled.originated(lab, node)} | {
        family: tuple(line for one in every for line in one.families.get(family, ())) for family in FAMILIES
    }
    return ConfigFragment(
        table=labelled.global_lines(lab, node),
        interfaces=asbr.ports(lab, node),
        bgp=(
            *labelled.instance_lines(lab, node),
            " no bgp default ipv4-unicast",
            *(line for one in every for line in one.session),
            *(
                line
                for family, lines in families.items()
                if lines
                for line in (" !", f" address-family {family}", *lines, " exit-address-family")
            ),
        ),
        blocks=(*asbr.blocks(lab, node), *labelled.blocks(lab, node)),
    )


def _inside(lab: Lab, node: str) -> Iterator[Neighbor]:
    """The VPN sessions within a provider, in the families that its customers have."""
    provider, own = lab.provider_of(node), lab.vpn_address(node)
    seen = [lab]
    if lab.ipv6 is not None and carries_family(lab.ipv6, provider):
        seen.append(lab.ipv6)
    for peer in lab.vpnv4_peers(node):
        address = lab.vpn_address(peer.name)
        yield Neighbor(
            address,
            (
                f" neighbor {address} remote-as {provider.asn}",
                f" neighbor {address} update-source {own}",
                *timer_lines(address, provider.timers),
            ),
            {f"{one.family} vpn": tuple(_activated(one, node, peer)) for one in seen},
        )


def _activated(lab: Lab, node: str, peer: Node) -> Iterator[str]:
    """A neighbor in the VPN family that a lab is seen by."""
    address = lab.vpn_address(peer.name)
    yield f"  neighbor {address} activate"
    if vpnv4_across(lab, node):
        yield f"  neighbor {address} next-hop-self"
    if allowed := own_as_allowed(lab, lab.provider_of(node)):
        yield f"  neighbor {address} allowas-in {allowed}"
    if lab.node(node).role is Role.RR and peer.role is Role.PE:
        yield f"  neighbor {address} route-reflector-client"


def carries_family(lab: Lab, provider: Provider) -> bool:
    """Whether customers of a provider have the lab's family, so that its VPN sessions carry it."""
    return any(vrf.pe in provider.nodes for vrf in lab.vrfs)
