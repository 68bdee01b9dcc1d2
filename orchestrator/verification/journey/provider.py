"""From VRF to VRF over the provider: export, VPNv4, import by route target, and the labels (RFC 4364 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network, ip_address
from itertools import pairwise
from typing import TYPE_CHECKING

from orchestrator.core.igp.segments import runs_segment_routing
from orchestrator.core.mpbgp.sessions import session_text
from orchestrator.model.interconnect import label_switched, labelled_across, vpnv4_across
from orchestrator.model.lans import holders
from orchestrator.model.topology import Role
from orchestrator.protocols.registry import effective_lab
from orchestrator.routing.crossing import crossing
from orchestrator.routing.labelled import partners
from orchestrator.routing.routes import BGP
from orchestrator.verification.forwarding.walk import Aim, Fate, walk, walk_queries
from orchestrator.verification.journey.stage import Claim, Observation
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import in_kernel, is_own_export, routes_to, selected, stack, via
from orchestrator.verification.kit.wording import hint_command, listed
from parsers import DEFAULT_VRF
from parsers.bgp import BGP_PEERS, VPN_ROUTES, bgp_routes
from parsers.bgp_configuration import BGP_CONFIGURATION
from parsers.kernel import KERNEL_LFIB, KERNEL_ROUTES, KernelMplsRoute
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from ipaddress import IPv4Address

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.verification.forwarding.walk import Branch
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.snapshot import Snapshot
    from orchestrator.verification.journey.stage import Evidence
    from parsers.bgp import BgpRoute, VpnRoute
    from parsers.bgp_configuration import VrfPolicy
    from parsers.values import Label


def queries(lab: Lab, leg: Leg) -> Iterator[Query]:
    """What the stages of an imported leg read."""
    for table in (leg.sender, leg.receiver):
        for command in (BGP_PEERS, VPN_ROUTES, BGP_CONFIGURATION, ROUTES, KERNEL_ROUTES, KERNEL_LFIB):
            yield Query(table.node, command)
        yield Query(table.node, bgp_routes(table.vrf or DEFAULT_VRF))
    if leg.sender.node != leg.receiver.node:
        ends = (lab.provider_of(table.node) for table in (leg.sender, leg.receiver))
        members = [node for one in dict.fromkeys(ends) for node in one.nodes]
        for node in members:
            if lab.node(node).role is Role.RR or label_switched(lab, node):
                yield from (Query(node, command) for command in (BGP_PEERS, VPN_ROUTES, ROUTES))
        yield from (query for query in walk_queries(lab) if query.node in members)


def claims(snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
    """The stages from the VRF that exports to the one that imports."""
    passage = _Passage(snapshot, leg)
    sender, receiver = leg.sender, leg.receiver
    yield Claim(sender.node, f"VRF {sender.vrf} exports it as VPNv4", passage.exported)
    for giver, taker in passage.labelled_hops():
        yield Claim(taker, f"a label to {sender.node} from {giver}", partial(passage.labelled, giver, taker))
    for speaker, peer in passage.sessions():
        yield Claim(peer, f"VPNv4 from {speaker}", partial(passage.received, speaker, peer))
    yield Claim(receiver.node, f"VRF {receiver.vrf} imports it", passage.imported)
    yield Claim(receiver.node, f"VRF {receiver.vrf} forwards by it", passage.forwarded)
    if sender.node != receiver.node:
        yield Claim(receiver.node, f"the labels lead to VRF {sender.vrf} of {sender.node}", passage.switched)


@dataclass(frozen=True, slots=True)
class _Passage:
    """One imported leg, as it was seen."""

    snapshot: Snapshot
    leg: Leg

    @property
    def exporter(self) -> Vrf:
        return self.snapshot.lab.vrf(self.leg.sender.node, self.leg.sender.vrf)

    @property
    def importer(self) -> Vrf:
        return self.snapshot.lab.vrf(self.leg.receiver.node, self.leg.receiver.vrf)

    @property
    def prefix(self) -> IpNetwork:
        return self.leg.announced

    def more(self, node: str, command: str) -> str:
        return hint_command(self.snapshot.lab, node, command)

    def sessions(self) -> tuple[tuple[str, str], ...]:
        """Who advertises to whom: PE to PE, or over a route reflector; of several one that has it."""
        over = crossing(effective_lab(self.snapshot.lab), self.importer, self.exporter)
        if over is None:
            return self._sessions_between(self.exporter.pe, self.importer.pe)
        if over.by_labelled_routes:
            lab = effective_lab(self.snapshot.lab)
            speaker, listener = partners(lab, over, self.exporter.pe, self.importer.pe)[0]
            return (
                *self._sessions_between(self.exporter.pe, speaker),
                (speaker, listener),
                *self._sessions_between(listener, self.importer.pe),
            )
        return (
            *self._sessions_between(self.exporter.pe, over.far.node),
            (over.far.node, over.near.node),
            *self._sessions_between(over.near.node, self.importer.pe),
        )

    def labelled_hops(self) -> tuple[tuple[str, str], ...]:
        """With option C, who gives whom a label towards the exporter: it to its ASBR, and so on."""
        over = crossing(effective_lab(self.snapshot.lab), self.importer, self.exporter)
        if over is None or not over.by_labelled_routes:
            return ()
        return tuple(pairwise((self.exporter.pe, over.far.node, over.near.node, self.importer.pe)))

    def labelled(self, giver: str, taker: str) -> Observation:
        """The labelled route of a node to the exporter's second loopback."""
        lab, facts = self.snapshot.lab, self.snapshot.facts
        address = lab.vpn_address(self.exporter.pe)
        fec = IPv4Network(address)
        across = (one.seen_from(taker)[1] for one in labelled_across(lab, taker))
        next_hop = next((far.address.ip for far in across if far.node == giver), lab.loopback(giver))
        route = selected(facts, taker, DEFAULT_VRF, fec)
        more = self.more(taker, f"show bgp ipv4 labeled-unicast {fec}")
        if route is None:
            return Observation("no labelled route", (), f"{taker} has no route to {address}", more)
        rows = self.snapshot.lines(taker, ROUTES, fec, DEFAULT_VRF)
        labels = [hop.labels[0] for hop in route.hops if hop.gateway == next_hop and hop.labels]
        if route.protocol != BGP or not labels:
            why = f"the route of {taker} to {address} is not by a label of {giver}"
            return Observation(via(route), rows, why, more)
        return Observation(f"{address} by {next_hop}, label {labels[0]}", rows)

    def _sessions_between(self, here: str, there: str) -> tuple[tuple[str, str], ...]:
        lab = self.snapshot.lab
        if here == there:
            return ()
        if there in (peer.name for peer in lab.vpnv4_peers(here)):
            return ((here, there),)
        reflectors = [
            peer.name
            for peer in lab.vpnv4_peers(here)
            if there in (one.name for one in lab.vpnv4_peers(peer.name))
        ]
        best = max(reflectors, key=lambda one: bool(self.path_at(one)))
        return ((here, best), (best, there))

    def own(self) -> VpnRoute | None:
        """The VPNv4 route that the VRF exports: its label leads back into the VRF."""
        pe = self.exporter.pe
        ours = {
            entry.in_label
            for entry in self.snapshot.facts.of(pe, KERNEL_LFIB)
            if any(hop.device == self.exporter.name for hop in entry.hops)
        }
        found = [
            one
            for one in self.snapshot.facts.of(pe, VPN_ROUTES)
            if is_own_export(one) and one.prefix == self.prefix and one.best
        ]
        return next((one for one in found if one.label in ours or one.rd == str(self.exporter.rd)), None)

    def path_at(self, node: str) -> VpnRoute | None:
        """The VPNv4 route as another speaker has it; of several under one RD the exporter's."""
        own, home = self.own(), self.snapshot.lab.vpn_address(self.exporter.pe)
        if own is None:
            return None
        same = [
            one
            for one in self.snapshot.facts.of(node, VPN_ROUTES)
            if (one.rd, one.prefix) == (own.rd, own.prefix)
        ]
        return next(
            (one for one in same if one.nexthop == home), next((one for one in same if one.best), None)
        )

    def policy(self, vrf: Vrf) -> VrfPolicy | None:
        return next(
            (
                one
                for one in self.snapshot.facts.of(vrf.pe, BGP_CONFIGURATION).policies
                if one.vrf == vrf.name
            ),
            None,
        )

    def targets(self, vrf: Vrf, *words: str) -> tuple[Evidence, ...]:
        keys = ("rt vpn both", *(f"rt vpn {word}" for word in words))
        return tuple(
            one for key in keys for one in self.snapshot.lines(vrf.pe, BGP_CONFIGURATION, key, vrf.name)
        )

    def _marks(self, communities: tuple[str, ...]) -> str:
        """Route targets and sites of origin, which FRR prints alike."""
        lab = self.snapshot.lab
        origins = {str(mark) for site in lab.sites if (mark := lab.site_of_origin(site)) is not None}
        targets = [one for one in communities if one not in origins]
        sites = [one for one in communities if one in origins]
        return f"RT {listed(targets)}" + (f", SoO {listed(sites)}" if sites else "")

    def exported(self) -> Observation:
        vrf, own = self.exporter, self.own()
        if own is None:
            return self._not_exported()
        evidence = (
            *self.snapshot.lines(vrf.pe, VPN_ROUTES, self.prefix, own.rd),
            *self.snapshot.lines(vrf.pe, KERNEL_LFIB, own.label),
        )
        seen = f"RD {own.rd}, {self._marks(own.communities)}, label {own.label} into VRF {vrf.name}"
        entries = [one for one in self.snapshot.facts.of(vrf.pe, KERNEL_LFIB) if one.in_label == own.label]
        if not any(hop.device == vrf.name for one in entries for hop in one.hops):
            why = f"the kernel of {vrf.pe} does not lead label {own.label} into VRF {vrf.name}"
            return Observation(seen, evidence, why, self.more(vrf.pe, KERNEL_LFIB.text))
        return Observation(seen, evidence)

    def _not_exported(self) -> Observation:
        vrf, policy = self.exporter, self.policy(self.exporter)
        more = self.more(vrf.pe, f"show bgp vrf {vrf.name} ipv4 unicast {self.prefix}")
        known = [
            one for one in self.snapshot.facts.of(vrf.pe, bgp_routes(vrf.name)) if one.prefix == self.prefix
        ]
        route = selected(self.snapshot.facts, vrf.pe, vrf.name, self.prefix)
        if not known and route is not None:
            why = (
                f"BGP's table of VRF {vrf.name} does not have it: {route.protocol} routes are not "
                "redistributed there, or a route-map keeps it out"
            )
            evidence = self.snapshot.lines(vrf.pe, ROUTES, self.prefix, vrf.name)
            return Observation("not exported", evidence, why, more)
        evidence = self.snapshot.lines(vrf.pe, bgp_routes(vrf.name), self.prefix)
        if policy is None or not (policy.exporting and policy.exports):
            what = "export vpn" if policy is None or not policy.exporting else "rt vpn export"
            return Observation("not exported", evidence, f"VRF {vrf.name} is without `{what}`", more)
        if not any(one.best for one in known):
            return Observation("not exported", evidence, "BGP has no best path for it", more)
        return Observation("not exported", evidence, "BGP has it and does not export it", more)

    def received(self, sender: str, receiver: str) -> Observation:
        lab, facts = self.snapshot.lab, self.snapshot.facts
        peer = _seen_at(lab, receiver, sender)
        sessions = [
            one
            for one in facts.of(receiver, BGP_PEERS)
            if one.vrf == DEFAULT_VRF and one.peer == peer and one.safi == "vpn"
        ]
        session = self.snapshot.lines(receiver, BGP_PEERS, peer, DEFAULT_VRF)
        path = self.path_at(receiver)
        if path is not None:
            seen = f"next hop {path.nexthop}, {self._marks(path.communities)}, label {path.label}"
            rows = self.snapshot.lines(receiver, VPN_ROUTES, path.prefix, path.rd)
            return Observation(seen, (*rows, *session))
        if not any(one.state == "Established" for one in sessions):
            state = listed(map(session_text, sessions), "not configured")
            why = f"the VPNv4 session of {receiver} with {sender} is not up: {state}"
            return Observation(
                "no such route", session, why, self.more(receiver, f"show bgp neighbors {peer}")
            )
        own, asn = self.own(), lab.provider_of(receiver).asn
        more = self.more(
            sender, f"show bgp ipv4 vpn neighbors {_seen_at(lab, sender, receiver)} advertised-routes"
        )
        if own is not None and str(asn) in own.as_path:
            why = f"AS {asn} is in its AS path ({' '.join(own.as_path)}): {receiver} takes it for a loop"
            return Observation("no such route", session, why, more)
        why = f"the session is up, but {sender} does not send it or {receiver} refuses it"
        return Observation("no such route", session, why, more)

    def imported(self) -> Observation:
        vrf, policy = self.importer, self.policy(self.importer)
        path = self.path_at(vrf.pe)
        carried = path.communities if path is not None else ()
        wanted = policy.imports if policy is not None and policy.importing else ()
        by = [one for one in carried if one in wanted]
        targets = self.targets(vrf, "import")
        more = self.more(vrf.pe, f"show bgp vrf {vrf.name} ipv4 unicast {self.prefix}")
        if not by:
            others = self._others_importing(carried)
            why = (
                f"it carries {self._marks(carried)}, and VRF {vrf.name} imports {listed(wanted, 'nothing')}: "
                f"{f'only VRF {listed(others)}' if others else 'no VRF'} of {vrf.pe} takes it"
            )
            rows = self.snapshot.lines(vrf.pe, VPN_ROUTES, self.prefix, path.rd if path else None)
            return Observation(
                "not imported", (*rows, *targets), why, self.more(vrf.pe, BGP_CONFIGURATION.text)
            )
        known = [
            one for one in self.snapshot.facts.of(vrf.pe, bgp_routes(vrf.name)) if one.prefix == self.prefix
        ]
        rows = self.snapshot.lines(vrf.pe, bgp_routes(vrf.name), self.prefix)
        here = next((one for one in known if path is not None and one.nexthop == path.nexthop), None)
        if here is None:
            why = (
                f"VRF {vrf.name} imports RT {listed(by)}, and its table lacks the route: FRR has lost the "
                "import (FRR issue 22239; a push repairs it), or a `route-map vpn import` denies it"
            )
            return Observation("not imported", (*targets, *rows), why, more)
        if not here.valid:
            return Observation("imported, not valid", rows, self._unusable(here), more)
        if not (here.best or here.multipath):
            if (other := self._of_another_site(known)) is not None:
                return Observation(
                    f"by RT {listed(by)}, beside that of {other}, which is used", (*rows, *targets)
                )
            return Observation("imported, not the best path", rows, self._outdone(known), more)
        return Observation(f"by RT {listed(by)}", (*rows, *targets))

    def _others_importing(self, carried: tuple[str, ...]) -> list[str]:
        return [
            one.vrf
            for one in self.snapshot.facts.of(self.importer.pe, BGP_CONFIGURATION).policies
            if one.importing and set(one.imports) & set(carried) and one.vrf != self.importer.name
        ]

    def _unusable(self, path: BgpRoute) -> str:
        route = selected(self.snapshot.facts, self.importer.pe, DEFAULT_VRF, IPv4Network(str(path.nexthop)))
        if route is None:
            return f"its next hop {path.nexthop} cannot be reached: {self.importer.pe} has no route to it"
        if not any(hop.labels for hop in route.hops):
            return f"its next hop {path.nexthop} has no LSP: the route to it has no label ({via(route)})"
        return f"its next hop {path.nexthop} is not taken for reachable"

    def _of_another_site(self, known: list[BgpRoute]) -> str | None:
        """The other site that has the prefix, if the VRF uses its path, which is as good."""
        lab, best = self.snapshot.lab, next((one for one in known if one.best), None)
        if best is None or len(holders(lab, self.exporter.vpn, self.prefix)) == 1:
            return None
        pes = {pe for pe, _ in self._as_good() if lab.vpn_address(pe) == best.nexthop}
        sites = holders(lab, self.exporter.vpn, self.prefix)
        return next((site.name for site in sites for one in site.attachments if one.pe.node in pes), None)

    def _outdone(self, known: list[BgpRoute]) -> str:
        best = next((one for one in known if one.best), None)
        if best is None:
            return "BGP has no best path for it"
        path = " ".join(best.as_path) or "empty"
        return (
            f"VRF {self.importer.name} prefers the path by {best.nexthop} (local preference "
            f"{best.local_pref or 100}, AS path {path})"
        )

    def forwarded(self) -> Observation:
        vrf, facts = self.importer, self.snapshot.facts
        route = selected(facts, vrf.pe, vrf.name, self.prefix)
        rows = self.snapshot.lines(vrf.pe, ROUTES, self.prefix, vrf.name)
        more = self.more(vrf.pe, f"show ip route vrf {vrf.name} {self.prefix}")
        if route is None:
            seen = routes_to(facts, vrf.pe, vrf.name, self.prefix)
            why = "zebra has not chosen it" if seen else "BGP has it, and zebra does not"
            return Observation("no route", rows, f"{why} in VRF {vrf.name}", more)
        if route.protocol != BGP:
            return Observation(via(route), rows, f"VRF {vrf.name} prefers the {route.protocol} route", more)
        installed = in_kernel(facts, vrf.pe, vrf.table, self.prefix)
        if installed is None:
            return Observation(via(route), rows, f"the kernel's table {vrf.table} does not have it", more)
        kernel = self.snapshot.kernel_route(vrf.pe, vrf.table, self.prefix)
        if vrf.pe == self.exporter.pe:
            devices = listed(dict.fromkeys(str(hop.device) for hop in installed.hops))
            return Observation(f"by {devices} of VRF {self.exporter.name}, no label", (*rows, *kernel))
        stacks = listed(dict.fromkeys(f"{stack(hop.labels)} via {hop.gateway}" for hop in installed.hops))
        return Observation(f"transport and VPN label {stacks}{self._distance()}", (*rows, *kernel))

    def _distance(self) -> str:
        """How far the IGP has it to the other PE of this provider, where `vpn.yml` gives costs."""
        lab, pe, far = self.snapshot.lab, self.importer.pe, self.exporter.pe
        costs = any(own.cost is not None for own, _ in lab.core_links_of(pe))
        if not costs or lab.provider_of(pe) != lab.provider_of(far):
            return ""
        route = selected(self.snapshot.facts, pe, DEFAULT_VRF, IPv4Network(lab.loopback(far)))
        return "" if route is None else f", {lab.provider_of(pe).igp} metric {route.metric} to {far}"

    def switched(self) -> Observation:
        address = ip_address(str(next(iter(self.prefix.hosts()))))
        aim = Aim(address, self.exporter.pe, self.exporter.name, self._as_good())
        visit = walk(self.snapshot.lab, self.snapshot.facts, (self.importer.pe, self.importer.name), aim)
        runs = list(visit.runs())
        lost = [(steps, end) for steps, end in runs if end.fate is not Fate.DELIVERED]
        steps, end = (lost or runs)[0]
        seen = listed(
            dict.fromkeys(" > ".join(f"{node} {_labels(one.labels)}" for node, one in run) for run, _ in runs)
        )
        evidence = tuple(
            line
            for node, branch in steps
            for entry in branch.looked_up
            if isinstance(entry, KernelMplsRoute)
            for line in self.snapshot.lines(node, KERNEL_LFIB, entry.in_label)
        )
        if not lost:
            return Observation(seen, evidence)
        last = steps[-1][0]
        before = (
            "" if len(steps) == 1 else f"{steps[-2][0]} sends it with label {_labels(steps[-2][1].labels)}, "
        )
        why = f"{before}{end.fate.value} at {last}: {end.why}{self._popped_too_early(steps)}"
        return Observation(seen, evidence, why, self.more(last, self._labels_shown(last)), last)

    def _as_good(self) -> frozenset[tuple[str, str]]:
        """The VRFs of a site's several PEs, between which bgpd shares the load."""
        lab = effective_lab(self.snapshot.lab)
        origins = lab.imported_by(self.importer).get(self.prefix, ())
        chosen = lab.chosen_of(self.importer, origins) if origins else ()
        return frozenset((one.vrf.pe, one.vrf.name) for one in chosen)

    def _popped_too_early(self, steps: Sequence[tuple[str, Branch]]) -> str:
        """Where only the VPN label is left before the PE that it is for, no LSP leads on."""
        own, last = self.own(), steps[-1][0]
        if own is None or last == self.exporter.pe or len(steps) == 1 or steps[-2][1].labels != (own.label,):
            return ""
        return (
            f"; that is the VPN label of {self.exporter.pe}, so the transport label is gone too early: "
            f"no {self._label_protocol(last)} between {last} and the next node towards {self.exporter.pe}"
        )

    def _label_protocol(self, node: str) -> str:
        return "segment routing" if runs_segment_routing(self.snapshot.lab, node) else "LDP"

    def _labels_shown(self, node: str) -> str:
        """What shows where a node's labels come from."""
        return "show mpls table" if runs_segment_routing(self.snapshot.lab, node) else "show mpls ldp binding"


def _labels(labels: tuple[Label, ...]) -> str:
    return stack(labels) if labels else "-"


def _seen_at(lab: Lab, node: str, peer: str) -> IPv4Address:
    """The address by which a node knows a VPNv4 peer: on the link to another provider, else its loopback."""
    across = (one.seen_from(node)[1] for one in vpnv4_across(lab, node))
    return next((far.address.ip for far in across if far.node == peer), lab.vpn_address(peer))
