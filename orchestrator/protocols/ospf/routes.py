"""Which routes OSPF brings into a table: shortest paths of the customer's domain, sham links included."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import EVERYTHING
from orchestrator.model.memory import remembered
from orchestrator.protocols.ospf.links import EXTERNAL_METRIC, LAN_COST, attachments, originates_default
from orchestrator.protocols.ospf.sham_links import endpoints_in
from orchestrator.protocols.ospf.values import AreaType, Ospf
from orchestrator.protocols.redistribution import into_igp
from orchestrator.routing.routes import NextHop, PathAttributes, Preference, Route, RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.routing.routes import NetworkState, Routes


DISTANCE: Final = 110
STUB_DEFAULT_COST: Final = 1  # FRR's, of the default route that an ABR brings into a stub area
_INTERNAL, _EXTERNAL = 0, 1


def learnt(network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:
    """What shortest paths from a table lead to, and at a CE what PEs have brought in from elsewhere."""
    if table not in _edges(network):
        return
    kind = area_type_of(network.lab, table)
    hidden_areas = _other_areas(network, table) if kind is AreaType.TOTALLY_STUBBY else frozenset()
    for prefix, (cost, next_hops) in _intra_area(network, table).items():
        # What is chosen over a sham link is for BGP to forward: a filter keeps it from zebra.
        usable = tuple(hop for hop in next_hops if hop.sham_link is None)
        if usable and prefix not in hidden_areas:
            yield Route(
                prefix, Ospf.name, usable, Preference(DISTANCE, (_INTERNAL, cost)), PathAttributes(med=cost)
            )
    for node, (distance, next_hops) in _shortest_paths(network, table).items():
        if node.vrf and node != table and not table.vrf:
            brought = _into_stub(network, node) if kind.is_stub else _brought_in(network, node, held[node])
            for prefix, (rank, metric) in brought:
                cost = metric if rank == _EXTERNAL else metric + distance
                order = (rank, metric, distance) if rank == _EXTERNAL else (rank, cost)
                yield Route(
                    prefix, Ospf.name, next_hops, Preference(DISTANCE, order), PathAttributes(med=cost)
                )


def _into_stub(network: NetworkState, node: Table) -> Iterator[tuple[IpNetwork, tuple[int, int]]]:
    """What a PE brings into a stub area, with kind and metric: a default route, where it is an ABR."""
    if _is_border(network, node):
        yield EVERYTHING, (_INTERNAL, STUB_DEFAULT_COST)


def _brought_in(
    network: NetworkState, node: Table, held: Routes
) -> Iterator[tuple[IpNetwork, tuple[int, int]]]:
    """What a PE brings in from outside OSPF, with kind and metric."""
    external = _EXTERNAL, EXTERNAL_METRIC
    vrf = network.lab.vrf(node.node, node.vrf)
    if originates_default(network.lab, vrf):
        yield EVERYTHING, external
    brought = into_igp(network.lab, vrf, Ospf.name)
    # FRR leaves out a connected network that OSPF itself has.
    hidden = {*endpoints_in(network.lab, vrf), *_networks(network, node)}
    for route in held.values():
        if route.protocol in brought and route.prefix not in hidden:
            yield route.prefix, external


def area_type_of(lab: Lab, table: Table) -> AreaType:
    """The type of a CE's area; of a VRF, which is in several and their ABR, a normal one."""
    own = () if table.vrf else attachments(lab, table.node)
    return own[0][2].area_type if own else AreaType.NORMAL


def _is_border(network: NetworkState, node: Table) -> bool:
    """Whether a VRF is an ABR, as ospfd sees it: an interface in the backbone is up (`cisco`, RFC 3509)."""
    return any(
        spoken.area == 0 and network.carries(network.lab.interface(one.pe))
        for _, one, spoken in attachments(network.lab, node.node, node.vrf)
    )


def _other_areas(network: NetworkState, table: Table) -> frozenset[IpNetwork]:
    """What the PEs of a CE have from CEs of other areas, and the links to those."""
    (_, _, own), *_ = attachments(network.lab, table.node)
    found: set[IpNetwork] = set()
    for _, attachment, _ in attachments(network.lab, table.node):
        for _, other, spoken in attachments(network.lab, attachment.pe.node, attachment.vrf):
            if spoken.area != own.area:
                found |= {other.subnet, *_networks(network, Table.at_ce(other))}
    return frozenset(found)


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
