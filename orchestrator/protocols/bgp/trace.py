"""BGP on a link: the session, what the teller sends, and what the hearer takes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp.checks import session_text
from orchestrator.protocols.bgp.sessions import customer_as
from orchestrator.verification.journey.legs import site_of
from orchestrator.verification.journey.silent import connected
from orchestrator.verification.journey.stage import Claim, Outcome
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import is_own_export
from orchestrator.verification.kit.wording import listed, look
from parsers import DEFAULT_VRF
from parsers.bgp import BGP_PEERS, BGP_ROUTES, VPN_ROUTES, bgp_advertised, bgp_routes
from parsers.command import in_vrf
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.routing.routes import Table
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.sight import Sight
    from parsers.bgp import BgpPeer, BgpRoute


class BgpTelling:
    """A path is sent over a session and taken, or not."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:
        """Sessions and tables of both, and what the teller sends."""
        _, hearer = leg.ends()
        yield Query(leg.teller.node, ROUTES)
        yield Query(leg.teller.node, bgp_advertised(hearer.address, leg.teller.vrf or DEFAULT_VRF))
        for table in (leg.teller, leg.hearer):
            yield Query(table.node, BGP_PEERS)
            yield Query(table.node, bgp_routes(table.vrf or DEFAULT_VRF))
            if lab.node(table.node).role.in_provider:
                yield Query(table.node, VPN_ROUTES)

    def originates(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """It is on an interface, and BGP has it by a `network` statement."""
        yield connected(sight, leg)
        yield Claim(leg.teller.node, "BGP originates it", _Telling(sight, leg).originated)

    def tells(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """The session is up, the teller sends the path, the hearer takes it and likes it best."""
        telling = _Telling(sight, leg)
        teller, hearer = leg.teller.node, leg.hearer.node
        yield Claim(hearer, f"BGP session with {teller}", telling.session)
        yield Claim(teller, f"sends it to {hearer}", telling.sent)
        yield Claim(hearer, f"takes it from {teller}", telling.taken)


@dataclass(frozen=True, slots=True)
class _Telling:
    """One leg over a BGP session, as it was seen."""

    sight: Sight
    leg: Leg

    def originated(self) -> Outcome:
        node, prefix = self.leg.teller.node, self.leg.told
        rows = self.sight.lines(node, BGP_ROUTES, prefix)
        own = [one for one in self._paths(self.leg.teller) if one.nexthop.is_unspecified and one.valid]
        if own:
            return Outcome(f"weight {own[0].weight}, empty AS path", rows)
        why = f"BGP of {node} has no path of its own to {prefix}: no `network {prefix}`"
        return Outcome("not originated", rows, why, look(self.sight.lab, node, f"{BGP_ROUTES.text} {prefix}"))

    def session(self) -> Outcome:
        teller, hearer = self.leg.ends()
        node = hearer.table.node
        peers = self._peers(hearer.table, teller.address)
        rows = self.sight.lines(node, BGP_PEERS, teller.address, hearer.table.vrf or DEFAULT_VRF)
        seen = listed(map(session_text, peers), "no such neighbour")
        where = in_vrf(hearer.table.vrf or DEFAULT_VRF)
        more = look(self.sight.lab, node, f"show bgp{where} neighbors {teller.address}")
        up = [one for one in peers if one.state == "Established"]
        if any(one.reason == "Policy" for one in up):
            why = "eBGP without a policy takes and sends nothing (RFC 8212): `no bgp ebgp-requires-policy`"
            return Outcome(seen, rows, why, more)
        if up:
            return Outcome(seen, rows)
        at_far = listed(map(session_text, self._peers(teller.table, hearer.address)), "no such neighbour")
        why = f"the session is down: {seen} on {node}, {at_far} on {teller.table.node}"
        return Outcome(seen, rows, why, more)

    def sent(self) -> Outcome:
        _, hearer = self.leg.ends()
        table, prefix = self.leg.teller, self.leg.told
        command = bgp_advertised(hearer.address, table.vrf or DEFAULT_VRF)
        rows = self.sight.lines(table.node, command, prefix)
        if any(one.prefix == prefix for one in self.sight.facts.of(table.node, command)):
            return Outcome("among what it advertises", rows)
        why = self._withheld()
        return Outcome(
            "not sent",
            self.sight.lines(table.node, bgp_routes(table.vrf or DEFAULT_VRF), prefix),
            why,
            look(self.sight.lab, table.node, command.text),
        )

    def _withheld(self) -> str:
        teller, hearer = self.leg.teller, self.leg.hearer
        paths = self._paths(teller)
        if not paths:
            return f"BGP of {teller.node} does not have it"
        if not any(one.best for one in paths):
            return f"BGP of {teller.node} has no best path for it"
        mark = None if hearer.vrf else self.sight.lab.site_of_origin(site_of(self.sight.lab, hearer.node))
        if mark is not None and str(mark) in self._communities():
            return f"it carries the site of origin {mark}, which is {hearer.node}'s own: it came from there"
        return f"an outbound policy of {teller.node} towards {hearer.node} keeps it back"

    def _communities(self) -> tuple[str, ...]:
        """Of the teller's VPNv4 routes for the prefix; a VRF's table does not show them."""
        if not self.leg.teller.vrf:
            return ()
        return tuple(
            community
            for one in self.sight.facts.of(self.leg.teller.node, VPN_ROUTES)
            if one.prefix == self.leg.told and one.best and not is_own_export(one)
            for community in one.communities
        )

    def taken(self) -> Outcome:
        teller, _ = self.leg.ends()
        table, prefix = self.leg.hearer, self.leg.told
        command = bgp_routes(table.vrf or DEFAULT_VRF)
        rows = self.sight.lines(table.node, command, prefix)
        more = look(self.sight.lab, table.node, f"{command.text} {prefix}")
        paths = self._paths(table)
        path = next((one for one in paths if one.nexthop == teller.address), None)
        if path is None:
            return Outcome("not taken", rows, self._refused(), more)
        seen = f"AS path {' '.join(path.as_path) or 'empty'}, local preference {path.local_pref or 100}"
        if not path.valid:
            return Outcome(seen, rows, f"the path is not valid: {path.nexthop} cannot be reached", more)
        if path.best or path.multipath:
            return Outcome(seen, rows)
        best = next((one for one in paths if one.best), None)
        return Outcome(f"not the best path: {seen}", rows, self._outdone(path, best), more)

    def _refused(self) -> str:
        teller, hearer = self.leg.teller, self.leg.hearer
        asn = self._asn(hearer)
        path = next((one for one in self._paths(teller) if one.best), None)
        if path is not None and str(asn) in path.as_path:
            cure = (
                f"allowas-in on {hearer.node}"
                if hearer.vrf
                else f"as-override on {teller.node} or allowas-in on {hearer.node}"
            )
            return (
                f"its AS path ({' '.join(path.as_path)}) holds {hearer.node}'s own AS {asn}: dropped as "
                f"a loop (RFC 4271 9.1.2); {cure} would let it in"
            )
        return f"{teller.node} sends it, and {hearer.node} refuses it: an inbound policy, or a loop"

    def _outdone(self, path: BgpRoute, best: BgpRoute | None) -> str:
        if best is None:
            return "BGP has no best path for it"
        lab, node = self.sight.lab, self.leg.hearer.node
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
        lab = self.sight.lab
        return lab.provider_of(table.node).asn if table.vrf else customer_as(lab, table.node)

    def _paths(self, table: Table) -> list[BgpRoute]:
        known = self.sight.facts.of(table.node, bgp_routes(table.vrf or DEFAULT_VRF))
        return [one for one in known if one.prefix == self.leg.told]

    def _peers(self, table: Table, address: object) -> list[BgpPeer]:
        vrf = table.vrf or DEFAULT_VRF
        return [
            one
            for one in self.sight.facts.of(table.node, BGP_PEERS)
            if one.vrf == vrf and one.peer == address and (one.afi, one.safi) == ("ipv4", "unicast")
        ]
