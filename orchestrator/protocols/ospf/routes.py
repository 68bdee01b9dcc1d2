"""Which routes OSPF brings into a table: shortest paths of the customer's domain, sham links included."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.memory import remembered
from orchestrator.protocols.ospf.links import EXTERNAL_METRIC, LAN_COST, attachments
from orchestrator.protocols.ospf.sham_links import endpoints_in
from orchestrator.protocols.ospf.values import Ospf
from orchestrator.protocols.redistribution import into_igp
from orchestrator.routing.routes import NextHop, PathAttributes, Preference, Route, RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Vrf
    from orchestrator.routing.routes import NetworkState, Routes


DISTANCE: Final = 110
_INTERNAL, _EXTERNAL = 0, 1


def learnt(network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:
    """What shortest paths from a table lead to, and at a CE what PEs have brought in from elsewhere."""
    if table not in _edges(network):
        return
    for prefix, (cost, next_hops) in _intra_area(network, table).items():
        # What is chosen over a sham link is for BGP to forward: a filter keeps it from zebra.
        if usable := tuple(hop for hop in next_hops if hop.sham_link is None):
            yield Route(
                prefix, Ospf.name, usable, Preference(DISTANCE, (_INTERNAL, cost)), PathAttributes(med=cost)
            )
    for node, (distance, next_hops) in _shortest_paths(network, table).items():
        if node.vrf and node != table and not table.vrf:
            vrf = network.lab.vrf(node.node, node.vrf)
            brought = into_igp(network.lab, vrf, Ospf.name)
            # FRR leaves out a connected network that OSPF itself has.
            hidden = {*endpoints_in(network.lab, vrf), *_networks(network, node)}
            for route in held[node].values():
                if route.protocol in brought and route.prefix not in hidden:
                    rank = Preference(DISTANCE, (_EXTERNAL, EXTERNAL_METRIC, distance))
                    yield Route(route.prefix, Ospf.name, next_hops, rank, PathAttributes(med=EXTERNAL_METRIC))


@dataclass(frozen=True, slots=True)
class OverShamLink:
    """A route that OSPF chooses over sham links: its cost, and the tunnels that it would leave by."""

    cost: int
    devices: tuple[str, ...]


def over_sham_links(network: NetworkState, vrf: Vrf) -> Mapping[IpNetwork, OverShamLink]:
    """What OSPF in a VRF chooses over sham links alone, so that BGP must forward it."""
    table = Table.of(vrf)
    chosen = _intra_area(network, table)
    devices = {
        prefix: [hop.sham_link.device for hop in next_hops if hop.sham_link is not None]
        for prefix, (_, next_hops) in chosen.items()
    }
    return {
        prefix: OverShamLink(cost, tuple(devices[prefix]))
        for prefix, (cost, next_hops) in chosen.items()
        if len(devices[prefix]) == len(next_hops)
    }


@dataclass(frozen=True, slots=True)
class _Edge:
    """An adjacency, from one of its ends."""

    far: Table
    cost: int
    hop: NextHop


@remembered
def _edges(network: NetworkState) -> Mapping[Table, Sequence[_Edge]]:
    """The adjacencies of all OSPF domains of the lab."""
    edges: dict[Table, list[_Edge]] = defaultdict(list)
    for site in network.lab.sites:
        for one in site.attachments:
            if isinstance(one.protocol, Ospf) and network.exchanges(one):
                ce, pe = Table.at_ce(one), Table.at_pe(one)
                edges[ce].append(_Edge(pe, one.protocol.cost, NextHop(RouteSource.PE_CE, pe, one)))
                edges[pe].append(_Edge(ce, one.protocol.cost, NextHop(RouteSource.PE_CE, ce, one)))
    for backdoor in network.lab.backdoors:
        ends = Table(backdoor.a.node), Table(backdoor.b.node)
        if network.backdoor_forwards(backdoor) and all(attachments(network.lab, end.node) for end in ends):
            for near, far in (ends, ends[::-1]):
                hop = NextHop(RouteSource.BACKDOOR, far, backdoor=backdoor)
                edges[near].append(_Edge(far, backdoor.cost, hop))
    for link in network.lab.sham_links:
        if network.sham_link_reachable(link):
            for own, other in link.ends:
                peer = Table(other.pe, other.vrf)
                hop = NextHop(RouteSource.SHAM_LINK, peer, sham_link=link)
                edges[Table(own.pe, own.vrf)].append(_Edge(peer, link.cost, hop))
    return dict(edges)


@remembered
def _shortest_paths(network: NetworkState, start: Table) -> Mapping[Table, tuple[int, tuple[NextHop, ...]]]:
    """Distance to each table of the domain, and the first steps of all shortest paths (RFC 2328 16.1)."""
    edges = _edges(network)
    best: dict[Table, tuple[int, tuple[NextHop, ...]]] = {start: (0, ())}
    queue: list[tuple[int, Table]] = [(0, start)]
    while queue:
        distance, here = heappop(queue)
        if distance > best[here][0]:
            continue
        for edge in edges.get(here, ()):
            total = distance + edge.cost
            next_hops = best[here][1] or (edge.hop,)
            known = best.get(edge.far)
            if known is None or total < known[0]:
                best[edge.far] = total, next_hops
                heappush(queue, (total, edge.far))
            elif total == known[0] and not set(next_hops) <= set(known[1]):
                best[edge.far] = total, tuple(dict.fromkeys((*known[1], *next_hops)))
                heappush(queue, (total, edge.far))
    return best


@remembered
def _intra_area(network: NetworkState, table: Table) -> Mapping[IpNetwork, tuple[int, tuple[NextHop, ...]]]:
    """What other routers of the domain announce, with its cost and all shortest ways to it."""
    best: dict[IpNetwork, tuple[int, tuple[NextHop, ...]]] = {}
    for node, (distance, next_hops) in _shortest_paths(network, table).items():
        for prefix, cost in _networks(network, node).items() if node != table else ():
            total = distance + cost
            known, others = best.get(prefix, (total, ()))
            if total <= known:
                both = next_hops if total < known else (*others, *next_hops)
                best[prefix] = total, tuple(dict.fromkeys(both))
    return best


@remembered
def _networks(network: NetworkState, table: Table) -> Mapping[IpNetwork, int]:
    """What a router of the domain announces of its own, with its cost there."""
    lab = network.lab
    links = {
        (one.pe_address if table.vrf else one.ce_address).network: ospf.cost
        for _, one, ospf in attachments(lab, table.node, table.vrf)
        if network.carries(lab.interface(one.pe if table.vrf else one.ce))
    }
    lans = (
        {}
        if table.vrf
        else {
            one.address.network: LAN_COST
            for one in lab.interfaces_of(table.node, InterfaceKind.LAN)
            if network.carries(one)
        }
    )
    backdoors = {
        one.a_address.network: one.cost
        for one in lab.backdoors_of(table.node)
        if not table.vrf and network.carries(lab.interface(one.near_end(table.node)[0]))
    }
    return links | backdoors | lans
