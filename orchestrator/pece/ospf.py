"""OSPF between PE and CE (RFC 4577), as far as FRR goes.

FRR knows no superbackbone and no DN bit: what comes from BGP is an AS-external route (type 5, E2, metric 20)
with the VPN Route Tag of RFC 4577 4.2.5.2, and the tag alone keeps it from coming back. A PE neither uses nor
exports an OSPF route that carries it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from orchestrator.model.lab import STANDARD, InterfaceKind
from orchestrator.model.pece import Ospf
from orchestrator.pece.contribution import Contribution
from orchestrator.pece.held import Held, Source, Table, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Address, IPv4Network

    from orchestrator.model.lab import Attachment, Lab, Site, Timers, Vrf
    from orchestrator.pece.held import Routes, Standing

DISTANCE: Final = 110
LAN_COST: Final = 10
_EXTERNAL_METRIC: Final = 20
_INTERNAL, _EXTERNAL = 0, 1
# FRR 8.4.4 gives imported routes BGP's 20 and so prefers them to OSPF's; from 8.5 on it is 200 by itself.
_IMPORTED_DISTANCE: Final = 199
_TO_OSPF, _FROM_OSPF, _TO_RIB, _IMPORT = "bgp-to-ospf", "ospf-to-bgp", "ospf-to-rib", "vpn-import"


def route_tag(asn: int) -> int:
    """The VPN Route Tag of a provider (RFC 4577 4.2.5.2): 1101 and the AS number, of which 16 bits fit."""
    return 0xD0000000 | (asn & 0xFFFF)


def interface_lines(area: int, timers: Timers, *, cost: int | None = None) -> tuple[str, ...]:
    """A point-to-point OSPF interface, as far as it is not FRR's default."""
    wanted = (
        (f" ip ospf area {area}", True),
        (f" ip ospf cost {cost}", cost is not None),
        (f" ip ospf dead-interval {timers.ospf_dead}", timers.ospf_dead != STANDARD.ospf_dead),
        (f" ip ospf hello-interval {timers.ospf_hello}", timers.ospf_hello != STANDARD.ospf_hello),
        (" ip ospf network point-to-point", True),
        (
            f" ip ospf retransmit-interval {timers.ospf_retransmit}",
            timers.ospf_retransmit != STANDARD.ospf_retransmit,
        ),
    )
    return tuple(line for line, is_wanted in wanted if is_wanted)


def throttle_lines(timers: Timers) -> tuple[str, ...]:
    """Lines of `router ospf` without which quick timers are wasted.

    FRR's own are 5 s between two versions of one LSA and up to 5 s between two SPFs.
    """
    if timers.ospf_hello >= STANDARD.ospf_hello:
        return ()
    return (" timers throttle spf 0 50 500", " timers throttle lsa all 100", " timers lsa min-arrival 50")


def attachments(lab: Lab, node: str, vrf: str | None = None) -> tuple[tuple[Site, Attachment, Ospf], ...]:
    """The attachments of a PE (of one VRF, if named) or a CE that speak OSPF."""
    return tuple(
        (site, one, one.protocol)
        for site, one in lab.attachments_of(node)
        if isinstance(one.protocol, Ospf) and vrf in (None, one.vrf)
    )


def router_id(lab: Lab, table: Table) -> IPv4Address:
    """Within the customer's domain: an address of its own PE-CE link, which nobody else there has."""
    if not table.vrf:
        return lab.router_id(table.node)
    return attachments(lab, table.node, table.vrf)[0][1].pe_address.ip


class OspfPeCe:
    """An OSPF instance in the VRF, with routes redistributed both ways under the protection of the tag."""

    daemons: Final = ("ospfd",)

    def on_pe(self, lab: Lab, vrf: Vrf) -> Contribution:
        """The VRF's instance, its filters, and redistribution both ways."""
        own = attachments(lab, vrf.pe, vrf.name)
        if not own:
            return Contribution()
        provider = lab.provider_of(vrf.pe)
        return Contribution(
            interfaces={
                one.pe.interface: interface_lines(ospf.area, provider.timers, cost=ospf.cost)
                for _, one, ospf in own
            },
            table=(f" ip protocol ospf route-map {_TO_RIB}",),
            unicast=(f"  redistribute ospf route-map {_FROM_OSPF}",),
            vpn=(f"  route-map vpn import {_IMPORT}",),
            blocks=(
                *_route_maps(route_tag(provider.asn)),
                (
                    f"router ospf vrf {vrf.name}",
                    f" ospf router-id {router_id(lab, Table.of(vrf))}",
                    f" redistribute bgp route-map {_TO_OSPF}",
                    *throttle_lines(provider.timers),
                    "exit",
                ),
            ),
        )

    def on_ce(self, lab: Lab, ce: str) -> Contribution:
        """Plain OSPF on the PE-CE links and on the site's LANs."""
        own = attachments(lab, ce)
        if not own:
            return Contribution()
        links = {
            one.ce.interface: interface_lines(ospf.area, _timers(lab, one), cost=ospf.cost)
            for _, one, ospf in own
        }
        area = own[0][2].area
        backdoors = {
            backdoor.near_end(ce)[0].interface: interface_lines(
                own[0][2].area, _timers(lab, own[0][1]), cost=backdoor.cost
            )
            for backdoor in lab.backdoors_of(ce)
        }
        lans = {
            one.name: (f" ip ospf area {area}", f" ip ospf cost {LAN_COST}", " ip ospf passive")
            for one in lab.interfaces_of(ce, InterfaceKind.LAN)
        }
        block = (
            "router ospf",
            f" ospf router-id {router_id(lab, Table(ce))}",
            *throttle_lines(_timers(lab, own[0][1])),
            "exit",
        )
        return Contribution(interfaces=links | backdoors | lans, blocks=(block,))

    def learnt(self, network: Standing, table: Table, held: Mapping[Table, Routes]) -> Iterator[Held]:
        """What shortest paths from a table lead to, and at a CE what PEs have brought in from BGP."""
        edges = _edges(network)
        if table not in edges:
            return
        reached = _shortest_paths(edges, table)
        for node, (distance, ways) in reached.items():
            if node == table:
                continue
            for prefix, cost in _networks(network, node).items():
                total = distance + cost
                yield Held(prefix, "ospf", ways, (DISTANCE, _INTERNAL, total), cost=total)
            if node.vrf and not table.vrf:
                for route in held[node].values():
                    if route.protocol == "bgp":
                        rank = (DISTANCE, _EXTERNAL, _EXTERNAL_METRIC, distance)
                        yield Held(route.prefix, "ospf", ways, rank, cost=_EXTERNAL_METRIC)


def _route_maps(tag: int) -> tuple[tuple[str, ...], ...]:
    return (
        (f"route-map {_TO_OSPF} permit 10", f" set tag {tag}", "exit"),
        (f"route-map {_FROM_OSPF} deny 10", f" match tag {tag}", "exit"),
        (f"route-map {_FROM_OSPF} permit 20", "exit"),
        (f"route-map {_TO_RIB} deny 10", f" match tag {tag}", "exit"),
        (f"route-map {_TO_RIB} permit 30", "exit"),
        (f"route-map {_IMPORT} permit 10", f" set distance {_IMPORTED_DISTANCE}", "exit"),
    )


def _timers(lab: Lab, attachment: Attachment) -> Timers:
    return lab.provider_of(attachment.pe.node).timers


@dataclass(frozen=True, slots=True)
class _Edge:
    """An adjacency, from one of its ends."""

    far: Table
    cost: int
    way: Way


def _edges(network: Standing) -> Mapping[Table, list[_Edge]]:
    """The adjacencies of all OSPF domains of the lab."""
    edges: dict[Table, list[_Edge]] = defaultdict(list)
    for site in network.lab.sites:
        for one in site.attachments:
            if isinstance(one.protocol, Ospf) and network.stands(one):
                ce, pe = Table.at_ce(one), Table.at_pe(one)
                edges[ce].append(_Edge(pe, one.protocol.cost, Way(Source.PE_CE, pe, one)))
                edges[pe].append(_Edge(ce, one.protocol.cost, Way(Source.PE_CE, ce, one)))
    for backdoor in network.lab.backdoors:
        ends = Table(backdoor.a.node), Table(backdoor.b.node)
        if network.joins(backdoor) and all(attachments(network.lab, end.node) for end in ends):
            for near, far in (ends, ends[::-1]):
                way = Way(Source.BACKDOOR, far, backdoor=backdoor)
                edges[near].append(_Edge(far, backdoor.cost, way))
    return edges


def _shortest_paths(
    edges: Mapping[Table, list[_Edge]], start: Table
) -> Mapping[Table, tuple[int, tuple[Way, ...]]]:
    """Distance to each table of the domain, and the first steps of all shortest paths (RFC 2328 16.1)."""
    best: dict[Table, tuple[int, tuple[Way, ...]]] = {start: (0, ())}
    queue: list[tuple[int, Table]] = [(0, start)]
    while queue:
        distance, here = heappop(queue)
        if distance > best[here][0]:
            continue
        for edge in edges[here]:
            total = distance + edge.cost
            ways = best[here][1] or (edge.way,)
            known = best.get(edge.far)
            if known is None or total < known[0]:
                best[edge.far] = total, ways
                heappush(queue, (total, edge.far))
            elif total == known[0] and not set(ways) <= set(known[1]):
                best[edge.far] = total, tuple(dict.fromkeys((*known[1], *ways)))
                heappush(queue, (total, edge.far))
    return best


def _networks(network: Standing, table: Table) -> Mapping[IPv4Network, int]:
    """What a router of the domain announces of its own, with its cost there."""
    lab = network.lab
    links = {
        one.subnet: ospf.cost
        for _, one, ospf in attachments(lab, table.node, table.vrf or None)
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
