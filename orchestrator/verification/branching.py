"""How many flows it takes to cross every equal-cost branch between two sites.

Linux hashes the addresses of a packet, behind labels too, and each flow keeps to one branch
(net/ipv4/route.c `fib_multipath_hash`, net/mpls/af_mpls.c `mpls_multipath_hash`). Nobody can choose a branch,
so flows with different addresses are sent, so many that it would be odd if one had been missed; which ones
were crossed is then observed. Nodes on one kernel hash alike: what a CE has parted, its PE would part no
further. So a CE hands the same flows to each of its neighbours.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from orchestrator.model.memory import remembered
from orchestrator.routing.routes import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.routing.effective_lab import EffectiveLab

SURELY: Final = 1e-6
LIKELY: Final = 0.02
"""The chance that the flows of one check miss a branch that takes its share of them, and that the first
of them do: whoever is content with those sends a third of the packets in 98 cases of 100."""


def first_hops(lab: EffectiveLab, start: str, network: IpNetwork) -> tuple[IpAddress, ...]:
    """The neighbours that a CE hands packets to a network to, all equally good."""
    table = Table(start)
    prefix = lab.longest_match(table, network)
    ways = () if prefix is None else lab.routing[table][prefix].next_hops
    gateways = (way.gateway(start) for way in ways)
    return tuple(dict.fromkeys(one for one in gateways if one is not None))


def shares(lab: EffectiveLab, start: str, network: IpNetwork, end: str) -> tuple[float, ...]:
    """The part that each link carries of what a CE hands to one neighbour, on the way to the CE `end`.

    Only links that do not carry all of it are listed: none where there is one way.
    """
    found: list[float] = []
    arriving = 1.0
    for table, prefix, way in lab.journey(start, network, end) or ():
        ways = lab.routing[table][prefix].next_hops if table.vrf else (way,)
        if way.table is not None and table.vrf and way.table.vrf and way.table.node != table.node:
            starts = _ingresses(lab, start, network) or (table.node,)
            for egress in {one.table.node for one in ways if one.table is not None}:
                for ingress in starts:
                    if egress != ingress and egress in lab.core_of(ingress):
                        found += [arriving * one / len(ways) for one in _core_shares(lab, ingress, egress)]
        else:
            found += [arriving / len(ways)] * len(ways)
        arriving /= len(ways)
    return tuple(one for one in found if one < 1)


def _ingresses(lab: EffectiveLab, start: str, network: IpNetwork) -> tuple[str, ...]:
    """The PEs that a CE hands packets to."""
    gateways = first_hops(lab, start, network)
    return tuple(one.pe.node for _, one in lab.attachments_of(start) if one.pe_address.ip in gateways)


@remembered
def _core_shares(lab: EffectiveLab, ingress: str, egress: str) -> tuple[float, ...]:
    """Of each link of the shortest paths between two PEs."""
    found: list[float] = []
    arriving = {ingress: 1.0}
    while arriving:
        onward: dict[str, float] = {}
        for node, share in arriving.items():
            hops = lab.equal_cost_hops(node, egress)
            for _, far in hops:
                found.append(share / len(hops))
                if far.node != egress:
                    onward[far.node] = onward.get(far.node, 0.0) + share / len(hops)
        arriving = onward
    return tuple(found)


def flows_needed(parts: Sequence[float], odds: float = SURELY) -> int:
    """How many flows miss none of the links that carry these parts of them, but with such odds."""
    if not parts:
        return 1
    return math.ceil(math.log(odds / len(parts)) / math.log(1 - min(parts)))


@cache
def sources(networks: tuple[IpNetwork, ...], number: int) -> tuple[IpAddress, ...]:
    """Up to so many hosts of a site."""
    return tuple(islice((host for network in networks for host in network.hosts()), number))
