"""What option C configures: labelled unicast on iBGP sessions and between ASBRs, VPNv4 past them.

Labelled routes lead to second loopbacks (`model/labelled_unicast` says why these): each node originates its
own, with implicit null, and names its first as the next hop, to which LDP's label leads. An ASBR gives what
it passes on, either way, a label of its own, which its kernel swaps; for a PE behind a core it swaps it for
LDP's, but only with `mpls fec nexthop-resolution` (FRR 10; else zebra takes a labelled route for an LSP where
its next hop is on a link). VPNv4 sessions run between the second loopbacks, so these are the next hops of VPN
routes. Between providers they pass several hops, and a reflector leaves the next hop as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.mpbgp.asbr import agreed_routes
from orchestrator.core.mpbgp.neighbor import LABELLED, VPNV4, Neighbor
from orchestrator.core.mpbgp.timers import timer_lines
from orchestrator.model.interconnect import labelled_across
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.labelled_unicast import (
    labelled_ends,
    labelled_peers,
    option_c_of,
    other_provider,
    vpnv4_partners,
)
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab, Provider

_POLICY: Final = "across"
_IN, _OUT = "across-in", "across-out"

NEXTHOP_RESOLUTION: Final = "mpls fec nexthop-resolution"


def global_lines(lab: Lab, node: str) -> tuple[str, ...]:
    """Lines outside any block: what an ASBR's zebra needs, before the first labelled route arrives."""
    return (NEXTHOP_RESOLUTION,) if labelled_across(lab, node) else ()


def instance_lines(lab: Lab, node: str) -> tuple[str, ...]:
    """Lines of an ASBR's `router bgp`, before its neighbors.

    For a labelled route from another AS bgpd looks for the policy of the unicast family (`bgp_update` of FRR
    10.3), which the session does not carry. The prefix list of its own family holds all the same.
    """
    return (" no bgp ebgp-requires-policy",) if labelled_across(lab, node) else ()


def originated(lab: Lab, node: str) -> tuple[str, ...]:
    """Lines of the IPv4 unicast family, which labelled unicast shares its table with: the second loopback."""
    return tuple(
        f"  network {one.address.network}" for one in lab.interfaces_of(node, InterfaceKind.VPN_LOOPBACK)
    )


def neighbors(lab: Lab, node: str) -> Iterator[Neighbor]:
    """Neighbors with labelled unicast, and VPNv4 speakers of the other provider."""
    yield from _inside(lab, node)
    yield from _asbrs(lab, node)
    yield from _partners(lab, node)


def _inside(lab: Lab, node: str) -> Iterator[Neighbor]:
    provider, own = lab.provider_of(node), lab.loopback(node)
    for peer in labelled_peers(lab, node):
        address = lab.loopback(peer.name)
        reflects = lab.node(node).role is Role.RR and peer.role is Role.PE
        yield Neighbor(
            address,
            (
                f" neighbor {address} remote-as {provider.asn}",
                f" neighbor {address} update-source {own}",
                *timer_lines(address, provider.timers),
            ),
            {
                LABELLED: (
                    f"  neighbor {address} activate",
                    *((f"  neighbor {address} route-reflector-client",) if reflects else ()),
                    *((f"  neighbor {address} next-hop-self",) if labelled_across(lab, node) else ()),
                )
            },
        )


def _asbrs(lab: Lab, node: str) -> Iterator[Neighbor]:
    for one in labelled_across(lab, node):
        far = one.seen_from(node)[1]
        address = far.address.ip
        yield Neighbor(
            address,
            (
                f" neighbor {address} remote-as {lab.provider_of(far.node).asn}",
                *timer_lines(address, lab.provider_of(node).timers),
            ),
            {
                LABELLED: (
                    f"  neighbor {address} activate",
                    f"  neighbor {address} prefix-list {_IN} in",
                    f"  neighbor {address} prefix-list {_OUT} out",
                )
            },
        )


def _partners(lab: Lab, node: str) -> Iterator[Neighbor]:
    own = lab.vpn_address(node)
    for partner in vpnv4_partners(lab, node):
        address = lab.vpn_address(partner)
        yield Neighbor(
            address,
            (
                f" neighbor {address} remote-as {lab.provider_of(partner).asn}",
                f" neighbor {address} ebgp-multihop",
                f" neighbor {address} update-source {own}",
                *timer_lines(address, lab.provider_of(node).timers),
            ),
            {
                VPNV4: (
                    f"  neighbor {address} activate",
                    f"  neighbor {address} route-map {_POLICY} in",
                    f"  neighbor {address} route-map {_POLICY} out",
                    f"  neighbor {address} attribute-unchanged next-hop",
                )
            },
        )


def blocks(lab: Lab, node: str) -> Iterator[tuple[str, ...]]:
    """Policies: PEs' and reflectors' second loopbacks cross at an ASBR, agreed VPNs' routes past it."""
    provider = lab.provider_of(node)
    link, other = option_c_of(lab, provider), other_provider(lab, provider)
    if link is None or other is None:
        return
    if labelled_across(lab, node):
        yield from _loopbacks(lab, _IN, other)
        yield from _loopbacks(lab, _OUT, provider)
    if vpnv4_partners(lab, node):
        yield from agreed_routes(lab, link, _POLICY)


def _loopbacks(lab: Lab, name: str, provider: Provider) -> Iterator[tuple[str, ...]]:
    for number, end in enumerate(labelled_ends(lab, provider), 1):
        yield (f"ip prefix-list {name} seq {5 * number} permit {lab.vpn_address(end)}/32",)
