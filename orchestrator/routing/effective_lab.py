"""A lab with its failed elements removed: what every table must hold is a function of both."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.model.interconnect import back_to_back
from orchestrator.model.lab import VpnPrefix
from orchestrator.model.memory import remembered
from orchestrator.model.topology import Endpoint, Link, Node, Role
from orchestrator.routing.crossing import receives_exports
from orchestrator.routing.propagation import propagate
from orchestrator.routing.routes import BGP, NextHop, Route, RouteSource, Table
from orchestrator.routing.shortest_paths import cost_of, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Attachment, Backdoor, Interface, Lab, Site, Vrf
    from orchestrator.model.sham_link import ShamLink
    from orchestrator.model.state import State
    from orchestrator.routing.routes import Routes, RoutingProtocol
    from orchestrator.routing.shortest_paths import Leaf


_Steps: TypeAlias = tuple[tuple[Table, "IpNetwork", NextHop], ...]


@dataclass(frozen=True)
class EffectiveLab:
    """The lab with failed elements removed: it answers what `Lab` answers, for what is left.

    A link with a node down at one end is down too: the other end loses its carrier.
    """

    lab: Lab
    state: State
    protocols: tuple[RoutingProtocol, ...] = field(compare=False, repr=False)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes that are up."""
        return tuple(node for node in self.lab.nodes if node.name not in self.state.nodes_down)

    @cached_property
    def provider_nodes(self) -> tuple[Node, ...]:
        """The PEs, Ps and RRs that are up."""
        return tuple(node for node in self.nodes if node.role.in_provider)

    def with_role(self, role: Role) -> tuple[Node, ...]:
        """The nodes of one role that are up."""
        return tuple(node for node in self.nodes if node.role is role)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links that carry."""
        return tuple(
            link
            for link in self.lab.links
            if link not in self.state.links_down and not self.state.nodes_down & {link.a.node, link.b.node}
        )

    def link_of(self, interface: Interface) -> Link:
        """The link at an interface, which carries.

        Raises:
            KeyError: it does not, or there is none.
        """
        return self._links[interface.node, interface.name]

    @cached_property
    def _links(self) -> Mapping[tuple[str, str], Link]:
        return {(end.node, end.interface): link for link in self.links for end in link}

    @cached_property
    def _ends(self) -> frozenset[Endpoint]:
        return frozenset(end for link in self.links for end in link)

    def carries(self, interface: Interface) -> bool:
        """Whether an interface has a carrier; one without a link has, unless it was taken down."""
        end = Endpoint(interface.node, interface.name)
        return end not in self.state.lans_down if interface.far is None else end in self._ends

    @cached_property
    def _passable(self) -> frozenset[Endpoint]:
        silent = self.state.links_silent
        return frozenset(end for link in self.links if link not in silent for end in link)

    def core_links_of(self, node: str) -> tuple[tuple[Interface, Interface], ...]:
        """Own and far interface of each core link of `node` that packets cross."""
        return self._core_links_of[node]

    @cached_property
    def _core_links_of(self) -> Mapping[str, tuple[tuple[Interface, Interface], ...]]:
        return {
            node.name: tuple(
                (own, far)
                for own, far in self.lab.core_links_of(node.name)
                if Endpoint(own.node, own.name) in self._passable
            )
            for node in self.lab.nodes
        }

    @cached_property
    def _core(self) -> Mapping[str, frozenset[str]]:
        """For each provider node the provider nodes that it reaches over the core, itself included."""
        parts: dict[str, frozenset[str]] = {}
        for node in self.provider_nodes:
            if node.name not in parts:
                part = self._reach(node.name)
                parts.update(dict.fromkeys(part, part))
        return parts

    def _reach(self, start: str) -> frozenset[str]:
        reached, frontier = {start}, [start]
        while frontier:
            for _, far in self.core_links_of(frontier.pop()):
                if far.node not in reached:
                    reached.add(far.node)
                    frontier.append(far.node)
        return frozenset(reached)

    @remembered
    def core_of(self, node: str) -> tuple[str, ...]:
        """The other provider nodes that `node` reaches over the core, in the order of the lab."""
        part = self._core[node]
        return tuple(one.name for one in self.provider_nodes if one.name in part and one.name != node)

    @remembered
    def vpnv4_peers(self, node: str) -> tuple[str, ...]:
        """The VPNv4 speakers that `node` must have a session with."""
        reachable = self.core_of(node)
        return tuple(peer.name for peer in self.lab.vpnv4_peers(node) if peer.name in reachable)

    @remembered
    def receives_vpnv4(self, pe: str, other: str) -> bool:
        """Whether VPNv4 routes of `other` get to `pe`, directly or over a route reflector."""
        if self.state.nodes_down & {pe, other}:
            return False
        peers = self.vpnv4_peers(pe)
        return other in peers or any(other in self.vpnv4_peers(peer) for peer in peers)

    def connected(self, node: str, other: str) -> bool:
        """Whether two provider nodes are up, and the core connects them."""
        return other in self._core.get(node, ())

    @cached_property
    def vrfs(self) -> tuple[Vrf, ...]:
        """The VRFs of the PEs that are up."""
        return tuple(vrf for vrf in self.lab.vrfs if vrf.pe not in self.state.nodes_down)

    @remembered
    def attachments_of(self, node: str) -> tuple[tuple[Site, Attachment], ...]:
        """The attachments at a PE or CE whose link packets cross, with their sites."""
        return tuple(
            (site, attachment)
            for site, attachment in self.lab.attachments_of(node)
            if self.attachment_forwards(attachment)
        )

    def attachment_forwards(self, attachment: Attachment) -> bool:
        """Whether packets cross the link of an attachment."""
        return attachment.pe in self._passable

    @cached_property
    def routing(self) -> Mapping[Table, Routes]:
        """What each VRF and each CE must hold."""
        return propagate(self, self.protocols)

    def exchanges(self, attachment: Attachment) -> bool:
        """Whether routes pass over an attachment: its link carries, and its ends agree as far as needed."""
        return self.attachment_forwards(attachment) and attachment not in self._at_odds

    @cached_property
    def _at_odds(self) -> frozenset[Attachment]:
        """The attachments that do not work because the intent has their ends disagree."""
        works = {protocol.name: protocol.works for protocol in self.protocols}
        return frozenset(
            one
            for site in self.lab.sites
            for one in site.attachments
            if not works[one.protocol.name](self.lab, one)
        )

    def backdoor_forwards(self, backdoor: Backdoor) -> bool:
        """Whether packets cross the link of a backdoor."""
        return backdoor.a in self._passable

    def interconnect_forwards(self, interconnect: Interconnect) -> bool:
        """Whether packets cross a link between two providers."""
        return interconnect.a.end in self._passable

    def sham_link_reachable(self, link: ShamLink) -> bool:
        """Whether the ends of a sham link have BGP's routes to each other."""
        return all(self.receives_vpnv4(own.pe, far.pe) for own, far in link.ends)

    def imports_at(self, here: Iterable[Attachment], there: Iterable[Attachment]) -> bool:
        """Whether a VRF of the first attachments is one of the second's, or imports from one of them."""
        others = {Table.at_pe(one) for one in there}
        return any(not others.isdisjoint(self._open_to[Table.at_pe(one)]) for one in here)

    @cached_property
    def _open_to(self) -> Mapping[Table, frozenset[Table]]:
        """For each VRF itself, and those of its provider that it imports from."""
        home = self.lab.provider_of
        return {
            Table.of(vrf): frozenset(
                Table.of(other)
                for other in (vrf, *self.lab.imported_into(vrf))
                if home(other.pe) == home(vrf.pe)
            )
            for vrf in self.lab.vrfs
        }

    def exported_by(self, vrf: Vrf) -> tuple[VpnPrefix, ...]:
        """What a VRF exports; without an export route target that is nothing."""
        return self.routes_in(vrf) if vrf.exports else ()

    @remembered
    def routes_in(self, vrf: Vrf) -> tuple[VpnPrefix, ...]:
        """What a VRF has of its own: subnets of its links, what it uses over them, its sham endpoint."""
        held = {
            prefix: own
            for prefix, route in self.routing[Table.of(vrf)].items()
            if (own := route.exported) is not None
        }
        attachments = [
            (site, one)
            for site, one in self.lab.attachments_of(vrf.pe)
            if one.vrf == vrf.name and one.pe in self._ends
        ]
        over_attachments = (
            VpnPrefix(
                prefix,
                vrf,
                attachment,
                connected=prefix == attachment.subnet,
                site_of_origin=held[prefix].attributes.site_of_origin,
            )
            for site, attachment in attachments
            for prefix in dict.fromkeys((attachment.subnet, *site.prefixes, *sorted(held)))
            if prefix in held and held[prefix].leads_over(attachment)
        )
        endpoints = dict.fromkeys(own.endpoint.network for _, own, _ in self.lab.sham_links_of(vrf))
        across = [one for one in back_to_back(self.lab, vrf.pe, vrf.name) if one.a.end in self._ends]
        over_interconnects = (
            VpnPrefix(prefix, vrf, None, connected=prefix == one.subnet, interconnect=one)
            for one in across
            for prefix in dict.fromkeys((one.subnet, *sorted(held)))
            if prefix in held and (prefix == one.subnet or held[prefix].leads_across(one))
        )
        return (
            *over_attachments,
            *over_interconnects,
            *(VpnPrefix(one, vrf, None, connected=True) for one in endpoints),
        )

    @remembered
    def imported_by(self, vrf: Vrf) -> Mapping[IpNetwork, tuple[VpnPrefix, ...]]:
        """What a VRF may learn over MPLS: for each prefix all exports that it hears of, the chosen or not.

        A prefix that the VRF has from elsewhere is left out: that route wins.
        """
        held = self.routing[Table.of(vrf)]
        origins: dict[IpNetwork, tuple[VpnPrefix, ...]] = {}
        for other in self.lab.imported_into(vrf):
            if other.pe == vrf.pe or not receives_exports(self, vrf, other):
                continue
            for one in self.exported_by(other):
                imports = any(
                    hop.table and hop.table.node != vrf.pe for hop in _imports(held.get(one.prefix))
                )
                if imports and self.advertises(one):
                    origins[one.prefix] = (*origins.get(one.prefix, ()), one)
        return origins

    @cached_property
    def _sharing(self) -> Mapping[tuple[str, str], tuple[Vrf, ...]]:
        """The VRFs of a provider under each RD, where several PEs have one."""
        found: dict[tuple[str, str], tuple[Vrf, ...]] = {}
        for vrf in self.vrfs:
            key = self.lab.provider_of(vrf.pe).name, str(vrf.rd)
            found[key] = (*found.get(key, ()), vrf)
        return {key: vrfs for key, vrfs in found.items() if len(vrfs) > 1}

    def _under_one_rd(self, origin: VpnPrefix) -> Iterator[VpnPrefix]:
        """The exports of other PEs that compete with this one: same RD, same prefix."""
        key = self.lab.provider_of(origin.vrf.pe).name, str(origin.vrf.rd)
        for vrf in self._sharing.get(key, ()):
            if vrf.pe != origin.vrf.pe and self.receives_vpnv4(origin.vrf.pe, vrf.pe):
                yield from (one for one in self.exported_by(vrf) if one.prefix == origin.prefix)

    def _best_path_key(self, origin: VpnPrefix) -> tuple[int, int]:
        """What bgpd compares paths of one RD and prefix by: length of the AS path, MED; less is better."""
        route = self.routing[Table.of(origin.vrf)].get(origin.prefix)
        own = route.exported if route is not None else None
        return (0, 0) if own is None else (len(own.attributes.as_path), own.attributes.med)

    @remembered
    def advertises(self, origin: VpnPrefix) -> bool:
        """Whether a PE advertises an export: not where it receives a better path under the same RD.

        BGP sends its best path only (RFC 4271 9.1.3). What a PE redistributes has weight 32768 there, so that
        nothing it receives is better.
        """
        route = self.routing[Table.of(origin.vrf)].get(origin.prefix)
        own = route.exported if route is not None else None
        if own is None or own.protocol != BGP:
            return True
        return all(
            self._best_path_key(origin) <= self._best_path_key(other) for other in self._under_one_rd(origin)
        )

    def _own_best_path_key(self, vrf: Vrf, prefix: IpNetwork) -> tuple[int, int] | None:
        """What a VRF itself puts under an RD that it shares; None where that is nothing."""
        if (self.lab.provider_of(vrf.pe).name, str(vrf.rd)) not in self._sharing:
            return None
        own = (one for one in self.exported_by(vrf) if one.prefix == prefix and self.advertises(one))
        return min(map(self._best_path_key, own), default=None)

    def expected_vpnv4_paths(
        self, vrf: Vrf, origins: Sequence[VpnPrefix]
    ) -> tuple[tuple[VpnPrefix, ...], ...]:
        """The VPNv4 paths of one prefix that must reach a PE; of several that stand together, one must.

        A route reflector passes on its best path of an RD and a prefix (RFC 4456): of several PEs that share
        an RD (RFC 4364 4.1 lets them) one, and which is decided by its distances in the core. Where that may
        be the PE's own, which it does not send back, none must reach it.
        """
        peers = self.vpnv4_peers(vrf.pe)
        found: dict[tuple[str, str], list[VpnPrefix]] = {}
        for one in origins:
            found.setdefault((str(one.vrf.rd), one.vrf.pe if one.vrf.pe in peers else ""), []).append(one)
        best = {key: min(map(self._best_path_key, several)) for key, several in found.items()}
        own = self._own_best_path_key(vrf, origins[0].prefix)
        return tuple(
            tuple(one for one in several if self._best_path_key(one) == best[rd, sender])
            for (rd, sender), several in found.items()
            if sender or rd != str(vrf.rd) or own is None or best[rd, sender] < own
        )

    def chosen_of(self, vrf: Vrf, origins: tuple[VpnPrefix, ...]) -> tuple[VpnPrefix, ...]:
        """Those of several exports of one prefix that the VRF uses."""
        held = self.routing[Table.of(vrf)][origins[0].prefix]
        tables = {hop.table for hop in _imports(held)}
        return tuple(one for one in origins if Table.of(one.vrf) in tables)

    @remembered
    def leaked_into(self, vrf: Vrf) -> tuple[VpnPrefix, ...]:
        """What a VRF must have from other VRFs of the same PE."""
        held = self.routing[Table.of(vrf)]
        return tuple(
            one
            for other in self.lab.imported_into(vrf)
            if other.pe == vrf.pe
            for one in self.exported_by(other)
            if any(hop.table == Table.of(other) for hop in _imports(held.get(one.prefix)))
        )

    @remembered
    def remote_routes(self, ce: str) -> Mapping[IpNetwork, Route]:
        """What a CE must learn, in the order of the prefixes."""
        held = self.routing[Table(ce)]
        return {prefix: held[prefix] for prefix in sorted(held) if held[prefix].source is not RouteSource.OWN}

    @remembered
    def prefixes_in(self, vrf: Vrf) -> frozenset[IpNetwork]:
        """Every prefix that a VRF must hold, and so the only ones it may."""
        return frozenset(self.routing[Table.of(vrf)])

    @remembered
    def _journey(self, ce: str, network: IpNetwork) -> tuple[_Steps, tuple[str, ...]]:
        """How a packet from a CE to a network is forwarded, and the nodes that it may then be for."""
        steps: list[tuple[Table, IpNetwork, NextHop]] = []
        table = Table(ce)
        while len(steps) <= len(self.routing):
            if (prefix := self.longest_match(table, network)) is None:
                break
            way = self.routing[table][prefix].next_hops[0]
            if way.source is RouteSource.OWN and steps:
                last = (table.node, *((way.attachment.ce.node,) if way.attachment is not None else ()))
                return tuple(steps), last
            if way.table is None or not self._leads_on(way):
                break
            steps.append((table, prefix, way))
            table = way.table
        return (), ()

    def journey(self, ce: str, network: IpNetwork, end: str) -> _Steps | None:
        """How a packet from a CE gets to a network at the CE `end`: by table, the prefix and its way.

        Of several equally good ways the first is followed. None if it does not get there.
        """
        steps, ends = self._journey(ce, network)
        return steps if end in ends else None

    @remembered
    def journeys(self, ce: str, network: IpNetwork) -> Mapping[str, _Steps]:
        """The CEs that packets from a CE to a network may get to, each with a way there.

        All equally good ways are followed; the network may be at several places.
        """
        found: dict[str, _Steps] = {}
        seen = {Table(ce)}
        todo: list[tuple[Table, _Steps]] = [(Table(ce), ())]
        for table, steps in todo:  # grows while it is walked
            prefix = self.longest_match(table, network)
            for way in self.routing[table][prefix].next_hops if prefix is not None else ():
                if way.source is RouteSource.OWN and steps:
                    found[table.node] = steps
                elif prefix is not None and way.table not in {None, *seen} and self._leads_on(way):
                    assert way.table is not None  # noqa: S101 -- just looked
                    seen.add(way.table)
                    todo.append((way.table, (*steps, (table, prefix, way))))
        return found

    def longest_match(self, table: Table, network: IpNetwork) -> IpNetwork | None:
        """The prefix of a table by which packets to a network are forwarded."""
        bits, whole = int(network.network_address), network.max_prefixlen
        for length, prefixes in self._by_length[table]:
            if length <= network.prefixlen and (found := prefixes.get(bits >> (whole - length))) is not None:
                return found
        return None

    @cached_property
    def _by_length(self) -> Mapping[Table, Sequence[tuple[int, Mapping[int, IpNetwork]]]]:
        """The prefixes of each table by their bits, the longest first."""
        found: dict[Table, Sequence[tuple[int, Mapping[int, IpNetwork]]]] = {}
        for table, routes in self.routing.items():
            prefixes: defaultdict[int, dict[int, IpNetwork]] = defaultdict(dict)
            for prefix in routes:
                length = prefix.prefixlen
                prefixes[length][int(prefix.network_address) >> (prefix.max_prefixlen - length)] = prefix
            found[table] = sorted(prefixes.items(), reverse=True)
        return found

    def _leads_on(self, hop: NextHop) -> bool:
        """Whether the link of a way is crossed: a static route, say, does not know."""
        if hop.attachment is not None and not self.attachment_forwards(hop.attachment):
            return False
        if hop.interconnect is not None and not self.interconnect_forwards(hop.interconnect):
            return False
        return hop.backdoor is None or self.backdoor_forwards(hop.backdoor)

    @remembered
    def equal_cost_hops(self, a: str, b: str) -> tuple[tuple[Interface, Interface], ...]:
        """Own and far interface of each link by which a shortest path from `a` to `b` begins.

        Where `vpn.yml` gives no cost all core links count the same: OSPF derives it from the speed of the
        ports, and veths have one; IS-IS has one metric for all that nobody sets.

        Raises:
            KeyError: the core does not connect them.
        """
        whole, trees = self._trees[a][b].distance, self._trees
        return tuple(
            (own, far)
            for own, far in self.core_links_of(a)
            if a != b and cost_of(own) + trees[far.node][b].distance == whole
        )

    def distance(self, a: str, b: str) -> int:
        """The sum of the costs of the links of a shortest path over the core, each at the end that it leaves.

        Raises:
            KeyError: the core does not connect them.
        """
        return self._trees[a][b].distance

    @remembered
    def path(self, a: str, b: str) -> tuple[str, ...]:
        """The nodes of a shortest path over the core, both ends included.

        Raises:
            KeyError: the core does not connect them.
        """
        shortest = self._trees[a]
        path = [b]
        while path[-1] != a:
            path.append(shortest[path[-1]].parent)
        return tuple(reversed(path))

    @cached_property
    def _trees(self) -> Mapping[str, Mapping[str, Leaf]]:
        """For each node the tree of its shortest paths over the core."""
        return {node.name: tree(node.name, self.core_links_of) for node in self.lab.nodes}


def _imports(route: Route | None) -> Iterator[NextHop]:
    """The ways of a route that another VRF exports."""
    yield from (hop for hop in (route.next_hops if route else ()) if hop.source is RouteSource.IMPORT)
