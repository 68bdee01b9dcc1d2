"""OSPF between PE and CE (RFC 4577), as far as FRR goes.

FRR knows no superbackbone and no DN bit: what comes from BGP, or from another PE-CE protocol of the VRF, is
an AS-external route (type 5, E2, metric 20) with the VPN Route Tag of RFC 4577 4.2.5.2, and the tag alone
keeps it from coming back. A PE neither uses nor exports an OSPF route that carries it.

Nor does FRR know sham links (RFC 4577 4.2.7). Here a tunnel stands for one: an unnumbered OSPF interface on
GRE between two addresses that BGP alone carries. OSPF chooses over it, and zebra uses none of what it chooses
there, so BGP's VPN route for the same prefix forwards, as 4.2.7.4 wants.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from orchestrator.core.bfd import watched
from orchestrator.core.mpbgp import vpn_import
from orchestrator.model.lab import STANDARD, InterfaceKind
from orchestrator.model.memory import remembered
from orchestrator.model.pece import Authentication, NetworkType, Ospf
from orchestrator.protocols.agreement import MTU, SUBNET, End, Outcome, Setting
from orchestrator.protocols.contribution import Contribution
from orchestrator.protocols.redistribution import into_ospf, route_tag
from orchestrator.routing.routes import NextHop, Preference, Route, RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from ipaddress import IPv4Address, IPv4Network

    from orchestrator.model.bfd import Bfd
    from orchestrator.model.lab import Attachment, Lab, ShamEnd, Site, Timers, Vrf
    from orchestrator.routing.routes import NetworkState, Routes

DISTANCE: Final = 110
LAN_COST: Final = 10
_EXTERNAL_METRIC: Final = 20
_INTERNAL, _EXTERNAL = 0, 1
_TO_OSPF, _FROM_OSPF, _TO_RIB = "bgp-to-ospf", "ospf-to-bgp", "ospf-to-rib"
_ENDPOINTS: Final = "sham-endpoints"


def interface_lines(  # noqa: PLR0913 -- all but the first two have a default that fits
    area: int,
    timers: Timers,
    *,
    cost: int | None = None,
    bfd: Bfd | None = None,
    network: NetworkType = NetworkType.POINT_TO_POINT,
    authentication: Authentication | None = None,
) -> tuple[str, ...]:
    """An OSPF interface, as far as it is not FRR's default."""
    usual = (timers.ospf_hello, timers.ospf_dead) == (STANDARD.ospf_hello, STANDARD.ospf_dead)
    kind, password, digest = _authentication_lines(authentication)
    wanted = (
        (f" ip ospf area {area}", True),
        (kind, bool(kind)),
        (password, bool(password)),
        *((line, True) for line in watched(bfd, " ip ospf bfd")),
        (f" ip ospf cost {cost}", cost is not None),
        # Where none is given FRR takes four hellos for it.
        (f" ip ospf dead-interval {timers.ospf_dead}", not usual),
        (f" ip ospf hello-interval {timers.ospf_hello}", timers.ospf_hello != STANDARD.ospf_hello),
        (digest, bool(digest)),
        # The other is what FRR takes for such a link by itself; 8.4 does not print it, 10.3 does.
        (" ip ospf network point-to-point", network is NetworkType.POINT_TO_POINT),
        (
            f" ip ospf retransmit-interval {timers.ospf_retransmit}",
            timers.ospf_retransmit != STANDARD.ospf_retransmit,
        ),
    )
    return tuple(line for line, is_wanted in wanted if is_wanted)


def _authentication_lines(authentication: Authentication | None) -> tuple[str, str, str]:
    """Its kind, a password in plain text, the key of a message digest; empty where there is none."""
    if authentication is None:
        return "", "", ""
    if authentication.key_id is None:
        return " ip ospf authentication", f" ip ospf authentication-key {authentication.key}", ""
    digest = f" ip ospf message-digest-key {authentication.key_id} md5 {authentication.key}"
    return " ip ospf authentication message-digest", "", digest


def link_lines(lab: Lab, attachment: Attachment, ospf: Ospf) -> tuple[str, ...]:
    """The interface at one end of a PE-CE link."""
    timers = link_timers(lab, attachment, ospf)
    return interface_lines(
        ospf.area,
        timers,
        cost=ospf.cost,
        bfd=ospf.bfd,
        network=ospf.network,
        authentication=ospf.authentication,
    )


def link_timers(lab: Lab, attachment: Attachment, ospf: Ospf) -> Timers:
    """The provider's timers, with those that one end of a PE-CE link has otherwise."""
    usual = _timers(lab, attachment)
    hello, dead = ospf.intervals(usual)
    return replace(usual, ospf_hello=hello, ospf_dead=dead)


def throttle_lines(timers: Timers) -> tuple[str, ...]:
    """Lines of `router ospf` without which quick timers are wasted.

    FRR's own are 5 s between two versions of one LSA and up to 5 s between two SPFs.
    """
    if timers.ospf_hello >= STANDARD.ospf_hello:
        return ()
    return (" timers throttle spf 0 50 500", " timers throttle lsa all 100", " timers lsa min-arrival 50")


@remembered
def attachments(lab: Lab, node: str, vrf: str | None = None) -> tuple[tuple[Site, Attachment, Ospf], ...]:
    """The attachments of a PE (of one VRF, if named) or a CE that speak OSPF, as that end has it."""
    end = End.PE if lab.node(node).role.in_provider else End.CE
    return tuple(
        (site, one, spoken)
        for site, one in lab.attachments_of(node)
        for spoken in [end.spoken(one)]
        if isinstance(spoken, Ospf) and vrf in (None, one.vrf)
    )


def router_id(lab: Lab, table: Table) -> IPv4Address:
    """Within the customer's domain: an address of its own PE-CE link, which nobody else there has."""
    if not table.vrf:
        return lab.router_id(table.node)
    return attachments(lab, table.node, table.vrf)[0][1].pe_address.ip


def settings(
    area: int, network: str, timers: tuple[float, int], authentication: Setting
) -> tuple[Setting, ...]:
    """What the two ends of a link must be set to alike; `timers` are hello and dead interval in seconds."""
    hello, dead = timers
    return (
        Setting("area", str(area)),
        Setting("network type", network),
        Setting("hello interval", f"{hello:g} s"),
        Setting("dead interval", f"{dead} s"),
        authentication,
    )


def authentication(one: Authentication | None) -> Setting:
    """The authentication of a link as a setting."""
    if one is None:
        return Setting("authentication", "none")
    value = "in plain text" if one.key_id is None else f"by message digest, key {one.key_id}"
    return Setting("authentication", value, one.key)


# FRR 8.4.4 and 10.3. With two network types each end is Full and finds no LSA that leads back to it.
_OUTCOMES: Final = {
    "area": Outcome.NO_SESSION,
    "network type": Outcome.NO_ROUTES,
    "hello interval": Outcome.NO_SESSION,
    "dead interval": Outcome.NO_SESSION,
    "authentication": Outcome.NO_SESSION,
    MTU: Outcome.STUCK,
    SUBNET: Outcome.NO_SESSION,
}


class OspfPeCe:
    """An OSPF instance in the VRF, with routes redistributed both ways under the protection of the tag."""

    daemons: Final = ("ospfd",)

    def on_pe(self, lab: Lab, vrf: Vrf) -> Contribution:
        """The VRF's instance, its filters, and redistribution both ways."""
        own = attachments(lab, vrf.pe, vrf.name)
        if not own:
            return Contribution()
        provider = lab.provider_of(vrf.pe)
        links = {one.pe.interface: link_lines(lab, one, ospf) for _, one, ospf in own}
        sham_links = {
            one.device: interface_lines(one.area, provider.timers, cost=one.cost)
            for one, _, _ in lab.sham_links_of(vrf)
        }
        return Contribution(
            interfaces=links | sham_links,
            table=(f" ip protocol ospf route-map {_TO_RIB}",),
            unicast=(f"  redistribute ospf route-map {_FROM_OSPF}",),
            vpn=(vpn_import.LINE,),
            blocks=(
                *_route_maps(route_tag(provider.asn)),
                *_sham_filters(lab, vrf),
                (
                    f"router ospf vrf {vrf.name}",
                    f" ospf router-id {router_id(lab, Table.of(vrf))}",
                    *(f" redistribute {name} route-map {_TO_OSPF}" for name in into_ospf(lab, vrf)),
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
        links = {one.ce.interface: link_lines(lab, one, ospf) for _, one, ospf in own}
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

    def settings(self, lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:
        """What hellos must have alike (RFC 2328 10.5), and the network type, which shapes the LSAs."""
        ospf = end.spoken(attachment)
        if not isinstance(ospf, Ospf):
            return ()
        timers = link_timers(lab, attachment, ospf)
        return settings(
            ospf.area,
            ospf.network,
            (timers.ospf_hello, timers.ospf_dead),
            authentication(ospf.authentication),
        )

    def outcome(self, attachment: Attachment, different: frozenset[str]) -> Outcome:
        """The worst that one of the differences leads to, as measured."""
        ends = (end.spoken(attachment) for end in End)
        masks_matter = all(isinstance(one, Ospf) and one.network is NetworkType.BROADCAST for one in ends)
        ignored = frozenset() if masks_matter else {SUBNET}  # RFC 2328 10.5: not between two points
        return max((_OUTCOMES[name] for name in different - ignored), default=Outcome.WORKS)

    def learnt(self, network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:
        """What shortest paths from a table lead to, and at a CE what PEs have brought in from elsewhere."""
        if table not in _edges(network):
            return
        for prefix, (cost, ways) in _intra_area(network, table).items():
            # What is chosen over a sham link is for BGP to forward: zebra is told to leave it.
            if usable := tuple(way for way in ways if way.sham_link is None):
                yield Route(prefix, "ospf", usable, Preference(DISTANCE, (_INTERNAL, cost)), cost=cost)
        for node, (distance, ways) in _shortest_paths(network, table).items():
            if node.vrf and node != table and not table.vrf:
                vrf = network.lab.vrf(node.node, node.vrf)
                brought = into_ospf(network.lab, vrf)
                # FRR leaves out a connected network that OSPF itself has.
                hidden = {*endpoints_in(network.lab, vrf), *_networks(network, node)}
                for route in held[node].values():
                    if route.protocol in brought and route.prefix not in hidden:
                        rank = Preference(DISTANCE, (_EXTERNAL, _EXTERNAL_METRIC, distance))
                        yield Route(route.prefix, "ospf", ways, rank, cost=_EXTERNAL_METRIC)


@dataclass(frozen=True, slots=True)
class OverShamLink:
    """A route that OSPF chooses over sham links: its cost, and the tunnels that it would leave by."""

    cost: int
    devices: tuple[str, ...]


def over_sham_links(network: NetworkState, vrf: Vrf) -> Mapping[IPv4Network, OverShamLink]:
    """What OSPF in a VRF chooses over sham links alone, so that BGP must forward it."""
    table = Table.of(vrf)
    chosen = _intra_area(network, table)
    devices = {
        prefix: [way.sham_link.device for way in ways if way.sham_link is not None]
        for prefix, (_, ways) in chosen.items()
    }
    return {
        prefix: OverShamLink(cost, tuple(devices[prefix]))
        for prefix, (cost, ways) in chosen.items()
        if len(devices[prefix]) == len(ways)
    }


@remembered
def endpoints_in(lab: Lab, vrf: Vrf) -> tuple[IPv4Network, ...]:
    """The ends of sham links that a VRF has or imports: OSPF must not carry them (RFC 4577 4.2.7.2)."""
    homes = ((end, lab.vrf(end.pe, end.vrf)) for end in _sham_ends(lab))
    return tuple(end.endpoint.network for end, home in homes if home == vrf or vrf.imports_from(home))


def _sham_ends(lab: Lab) -> tuple[ShamEnd, ...]:
    return tuple(dict.fromkeys(end for link in lab.sham_links for end in (link.a, link.b)))


def _sham_filters(lab: Lab, vrf: Vrf) -> tuple[tuple[str, ...], ...]:
    """Neither are ends of sham links told to OSPF, nor are routes over a sham link used."""
    # Numbered through the lab: VRFs of one PE share its route-maps.
    numbers = [end.endpoint.network for end in _sham_ends(lab)]
    hidden = endpoints_in(lab, vrf)
    keep_back = (
        *(
            (f"ip prefix-list {_ENDPOINTS} seq {5 * (numbers.index(one) + 1)} permit {one}",)
            for one in hidden
        ),
        (f"route-map {_TO_OSPF} deny 5", f" match ip address prefix-list {_ENDPOINTS}", "exit"),
    )
    leave_to_bgp = (
        (
            f"route-map {_TO_RIB} deny {20 + lab.sham_links.index(link)}",
            f" match interface {link.device}",
            "exit",
        )
        for link, _, _ in lab.sham_links_of(vrf)
    )
    return (*(keep_back if hidden else ()), *leave_to_bgp)


def _route_maps(tag: int) -> tuple[tuple[str, ...], ...]:
    return (
        (f"route-map {_TO_OSPF} permit 10", f" set tag {tag}", "exit"),
        (f"route-map {_FROM_OSPF} deny 10", f" match tag {tag}", "exit"),
        (f"route-map {_FROM_OSPF} permit 20", "exit"),
        (f"route-map {_TO_RIB} deny 10", f" match tag {tag}", "exit"),
        (f"route-map {_TO_RIB} permit 1000", "exit"),
        vpn_import.BLOCK,
    )


def _timers(lab: Lab, attachment: Attachment) -> Timers:
    return lab.provider_of(attachment.pe.node).timers


@dataclass(frozen=True, slots=True)
class _Edge:
    """An adjacency, from one of its ends."""

    far: Table
    cost: int
    way: NextHop


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
        if network.joins(backdoor) and all(attachments(network.lab, end.node) for end in ends):
            for near, far in (ends, ends[::-1]):
                way = NextHop(RouteSource.BACKDOOR, far, backdoor=backdoor)
                edges[near].append(_Edge(far, backdoor.cost, way))
    for link in network.lab.sham_links:
        if network.tunnels(link):
            for own, other in link.ends:
                peer = Table(other.pe, other.vrf)
                way = NextHop(RouteSource.SHAM_LINK, peer, sham_link=link)
                edges[Table(own.pe, own.vrf)].append(_Edge(peer, link.cost, way))
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
            ways = best[here][1] or (edge.way,)
            known = best.get(edge.far)
            if known is None or total < known[0]:
                best[edge.far] = total, ways
                heappush(queue, (total, edge.far))
            elif total == known[0] and not set(ways) <= set(known[1]):
                best[edge.far] = total, tuple(dict.fromkeys((*known[1], *ways)))
                heappush(queue, (total, edge.far))
    return best


@remembered
def _intra_area(network: NetworkState, table: Table) -> Mapping[IPv4Network, tuple[int, tuple[NextHop, ...]]]:
    """What other routers of the domain announce, with its cost and all shortest ways to it."""
    best: dict[IPv4Network, tuple[int, tuple[NextHop, ...]]] = {}
    for node, (distance, ways) in _shortest_paths(network, table).items():
        for prefix, cost in _networks(network, node).items() if node != table else ():
            total = distance + cost
            known, others = best.get(prefix, (total, ()))
            if total <= known:
                both = ways if total < known else (*others, *ways)
                best[prefix] = total, tuple(dict.fromkeys(both))
    return best


@remembered
def _networks(network: NetworkState, table: Table) -> Mapping[IPv4Network, int]:
    """What a router of the domain announces of its own, with its cost there."""
    lab = network.lab
    links = {
        (one.pe_address if table.vrf else one.ce_address).network: ospf.cost
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
