"""What an ASBR configures to exchange VPNv4 routes with another provider's (RFC 4364 10 b).

It keeps routes of VPNs that it has no VRF of (`bgp retain route-target all`, FRR's default), tells its PEs
that they lead to itself, and gives each a label of its own, which the kernel swaps for the one that came with
it. FRR does so for what comes in by a port with `mpls bgp l3vpn-multi-domain-switching` (not in 8.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.mpbgp.neighbor import VPNV4, Neighbor
from orchestrator.core.mpbgp.timers import timer_lines
from orchestrator.model.interconnect import agreed_targets, vpnv4_across
from orchestrator.model.mpls_ports import LOOPBACK, label_switching_ports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Lab

_SWITCHING: Final = " mpls bgp l3vpn-multi-domain-switching"
_UNLABELLED: Final = " mpls bgp forwarding"  # no transport label leads to a neighbour on the link itself


def ports(lab: Lab, node: str) -> Mapping[str, tuple[str, ...]]:
    """By port of an ASBR, its lines; nothing on other nodes."""
    across = [one.seen_from(node)[0].end.interface for one in vpnv4_across(lab, node)]
    if not across:
        return {}
    return {
        name: ((_UNLABELLED, _SWITCHING) if name in across else (_SWITCHING,))
        for name in label_switching_ports(lab, node)
        if name != LOOPBACK
    }


def neighbors(lab: Lab, node: str) -> Iterator[Neighbor]:
    """Each other provider's ASBR."""
    for one in vpnv4_across(lab, node):
        far = one.seen_from(node)[1]
        address, policy = far.address.ip, _policy(one, node)
        session = (
            f" neighbor {address} remote-as {lab.provider_of(far.node).asn}",
            *timer_lines(address, lab.provider_of(node).timers),
        )
        family = (
            f"  neighbor {address} activate",
            f"  neighbor {address} route-map {policy} in",
            f"  neighbor {address} route-map {policy} out",
        )
        yield Neighbor(address, session, {VPNV4: family})


def blocks(lab: Lab, node: str) -> Iterator[tuple[str, ...]]:
    """Policies: by either way only routes cross that have a route target of an agreed VPN."""
    for one in vpnv4_across(lab, node):
        yield from agreed_routes(lab, one, _policy(one, node))


def agreed_routes(lab: Lab, interconnect: Interconnect, policy: str) -> Iterator[tuple[str, ...]]:
    """A route-map that permits VPN routes with a route target of an agreed VPN, and its list of these."""
    for number, target in enumerate(sorted(map(str, agreed_targets(lab, interconnect))), 1):
        yield (f"bgp extcommunity-list standard {policy} seq {5 * number} permit rt {target}",)
    yield (f"route-map {policy} permit 10", f" match extcommunity {policy}", "exit")


def _policy(interconnect: Interconnect, node: str) -> str:
    return f"across-{interconnect.seen_from(node)[0].end.interface}"
