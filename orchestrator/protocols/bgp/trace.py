"""BGP on a link: the session, what the sender advertises, and what the receiver takes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp.sessions import session_text
from orchestrator.protocols.bgp.sessions import customer_as
from orchestrator.verification.journey.legs import site_of
from orchestrator.verification.journey.link_only import connected
from orchestrator.verification.journey.stage import Claim, Observation
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import is_own_export
from orchestrator.verification.kit.wording import hint_command, listed
from parsers import DEFAULT_VRF
from parsers.bgp import BGP_PEERS, BGP_ROUTES, VPN_ROUTES, bgp_advertised, bgp_routes
from parsers.command import in_vrf
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.routing.routes import Table
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.snapshot import Snapshot
    from parsers.bgp import BgpPeer, BgpRoute


class BgpTrace:
    """A path is sent over a session and taken, or not."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:
        """Sessions and tables of both, and what the sender advertises."""
        _, receiver = leg.ends()
        yield Query(leg.sender.node, ROUTES)
        yield Query(leg.sender.node, bgp_advertised(receiver.address, leg.sender.vrf or DEFAULT_VRF))
        for table in (leg.sender, leg.receiver):
            yield Query(table.node, BGP_PEERS)
            yield Query(table.node, bgp_routes(table.vrf or DEFAULT_VRF))
            if lab.node(table.node).role.in_provider:
                yield Query(table.node, VPN_ROUTES)

    def originates(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """It is on an interface, and BGP has it by a `network` statement."""
        yield connected(snapshot, leg)
        yield Claim(leg.sender.node, "BGP originates it", _Announcement(snapshot, leg).originated)

    def announces(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """The session is up, the sender advertises the path, the receiver takes it and it is its best."""
        telling = _Announcement(snapshot, leg)
        sender, receiver = leg.sender.node, leg.receiver.node
        yield Claim(receiver, f"BGP session with {sender}", telling.session)
        yield Claim(sender, f"sends it to {receiver}", telling.sent)
        yield Claim(receiver, f"takes it from {sender}", telling.taken)


@dataclass(frozen=True, slots=True)
class _Announcement:
    """One leg over a BGP session, as it was seen."""

    snapshot: Snapshot
    leg: Leg

    def originated(self) -> Observation:
        node, prefix = self.leg.sender.node, self.leg.announced
        rows = self.snapshot.lines(node, BGP_ROUTES, prefix)
        own = [one for one in self._paths(self.leg.sender) if one.nexthop.is_unspecified and one.valid]
        if own:
            return Observation(f"weight {own[0].weight}, empty AS path", rows)
        why = f"BGP of {node} has no path of its own to {prefix}: no `network {prefix}`"
        return Observation(
            "not originated", rows, why, hint_command(self.snapshot.lab, node, f"{BGP_ROUTES.text} {prefix}")
        )

    def session(self) -> Observation:
        sender, receiver = self.leg.ends()
        node = receiver.table.node
        peers = self._peers(receiver.table, sender.address)
        rows = self.snapshot.lines(node, BGP_PEERS, sender.address, receiver.table.vrf or DEFAULT_VRF)
        seen = listed(map(session_text, peers), "no such neighbour")
        where = in_vrf(receiver.table.vrf or DEFAULT_VRF)
        more = hint_command(self.snapshot.lab, node, f"show bgp{where} neighbors {sender.address}")
        up = [one for one in peers if one.state == "Established"]
        if any(one.reason == "Policy" for one in up):
            why = "eBGP without a policy takes and sends nothing (RFC 8212): `no bgp ebgp-requires-policy`"
            return Observation(seen, rows, why, more)
        if up:
            return Observation(seen, rows)
        at_far = listed(map(session_text, self._peers(sender.table, receiver.address)), "no such neighbour")
        why = f"the session is down: {seen} on {node}, {at_far} on {sender.table.node}"
        return Observation(seen, rows, why, more)

    def sent(self) -> Observation:
        _, receiver = self.leg.ends()
        table, prefix = self.leg.sender, self.leg.announced
        command = bgp_advertised(receiver.address, table.vrf or DEFAULT_VRF)
        rows = self.snapshot.lines(table.node, command, prefix)
        if any(one.prefix == prefix for one in self.snapshot.facts.of(table.node, command)):
            return Observation("among what it advertises", rows)
        why = self._withheld()
        return Observation(
            "not sent",
            self.snapshot.lines(table.node, bgp_routes(table.vrf or DEFAULT_VRF), prefix),
            why,
            hint_command(self.snapshot.lab, table.node, command.text),
        )

    def _withheld(self) -> str:
        sender, receiver = self.leg.sender, self.leg.receiver
        paths = self._paths(sender)
        if not paths:
            return f"BGP of {sender.node} does not have it"
        if not any(one.best for one in paths):
            return f"BGP of {sender.node} has no best path for it"
        mark = (
            None
            if receiver.vrf
            else self.snapshot.lab.site_of_origin(site_of(self.snapshot.lab, receiver.node))
        )
        if mark is not None and str(mark) in self._communities():
            return f"it carries the site of origin {mark}, which is {receiver.node}'s own: it came from there"
        return f"an outbound policy of {sender.node} towards {receiver.node} keeps it back"

    def _communities(self) -> tuple[str, ...]:
        """Of the sender's VPNv4 routes for the prefix; a VRF's table does not show them."""
        if not self.leg.sender.vrf:
            return ()
        return tuple(
            community
            for one in self.snapshot.facts.of(self.leg.sender.node, VPN_ROUTES)
            if one.prefix == self.leg.announced and one.best and not is_own_export(one)
            for community in one.communities
        )

    def taken(self) -> Observation:
        sender, _ = self.leg.ends()
        table, prefix = self.leg.receiver, self.leg.announced
        command = bgp_routes(table.vrf or DEFAULT_VRF)
        rows = self.snapshot.lines(table.node, command, prefix)
        more = hint_command(self.snapshot.lab, table.node, f"{command.text} {prefix}")
        paths = self._paths(table)
        path = next((one for one in paths if one.nexthop == sender.address), None)
        if path is None:
            return Observation("not taken", rows, self._refused(), more)
        seen = f"AS path {' '.join(path.as_path) or 'empty'}, local preference {path.local_pref or 100}"
        if not path.valid:
            return Observation(seen, rows, f"the path is not valid: {path.nexthop} cannot be reached", more)
        if path.best or path.multipath:
            return Observation(seen, rows)
        best = next((one for one in paths if one.best), None)
        return Observation(f"not the best path: {seen}", rows, self._outdone(path, best), more)

    def _refused(self) -> str:
        sender, receiver = self.leg.sender, self.leg.receiver
        asn = self._asn(receiver)
        path = next((one for one in self._paths(sender) if one.best), None)
        if path is not None and str(asn) in path.as_path:
            cure = (
                f"allowas-in on {receiver.node}"
                if receiver.vrf
                else f"as-override on {sender.node} or allowas-in on {receiver.node}"
            )
            return (
                f"its AS path ({' '.join(path.as_path)}) holds {receiver.node}'s own AS {asn}: dropped as "
                f"a loop (RFC 4271 9.1.2); {cure} would let it in"
            )
        return f"{sender.node} sends it, and {receiver.node} refuses it: an inbound policy, or a loop"

    def _outdone(self, path: BgpRoute, best: BgpRoute | None) -> str:
        if best is None:
            return "BGP has no best path for it"
        lab, node = self.snapshot.lab, self.leg.receiver.node
        backdoor = next(
            (one for one in lab.backdoors_of(node) if one.far_end(node)[1].ip == best.nexthop), None
        )
        by = (
            f"the backdoor from {backdoor.far_end(node)[0].node}"
            if backdoor
            else f"the path by {best.nexthop}"
        )
        return (
            f"{node} prefers {by}: local preference {best.local_pref or 100} to {path.local_pref or 100}, "
            f"AS path {' '.join(best.as_path) or 'empty'} to {' '.join(path.as_path) or 'empty'}"
        )

    def _asn(self, table: Table) -> int | None:
        lab = self.snapshot.lab
        return lab.provider_of(table.node).asn if table.vrf else customer_as(lab, table.node)

    def _paths(self, table: Table) -> list[BgpRoute]:
        known = self.snapshot.facts.of(table.node, bgp_routes(table.vrf or DEFAULT_VRF))
        return [one for one in known if one.prefix == self.leg.announced]

    def _peers(self, table: Table, address: object) -> list[BgpPeer]:
        vrf = table.vrf or DEFAULT_VRF
        return [
            one
            for one in self.snapshot.facts.of(table.node, BGP_PEERS)
            if one.vrf == vrf and one.peer == address and (one.afi, one.safi) == ("ipv4", "unicast")
        ]
