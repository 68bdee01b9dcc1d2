"""The routing table that a route comes to: RIB and FIB, of a VRF or of a CE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.lab import InterfaceKind
from orchestrator.verification.journey.stage import Claim, Observation
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import MAIN_TABLE, in_kernel, routes_to, selected, via
from orchestrator.verification.kit.wording import hint_command
from parsers import DEFAULT_VRF
from parsers.kernel import KERNEL_ROUTES
from parsers.zebra import ROUTES, ip_routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.snapshot import Snapshot
    from parsers.zebra import Route


def queries(leg: Leg) -> Iterator[Query]:
    """What the claim reads."""
    yield from (Query(leg.receiver.node, command) for command in (ROUTES, KERNEL_ROUTES))


def claim(snapshot: Snapshot, leg: Leg) -> Claim:
    """The receiver of a leg over a link uses the route: it is in RIB and FIB, via the sender."""
    who = f"VRF {leg.receiver.vrf}" if leg.receiver.vrf else leg.receiver.node
    return Claim(leg.receiver.node, f"{who} uses it", _Use(snapshot, leg).judge)


@dataclass(frozen=True, slots=True)
class _Use:
    snapshot: Snapshot
    leg: Leg

    def judge(self) -> Observation:
        snapshot, (node, vrf) = self.snapshot, (self.leg.receiver.node, self.leg.receiver.vrf or DEFAULT_VRF)
        prefix, gateway = self.leg.prefix, self.leg.ends()[0].address
        route = selected(snapshot.facts, node, vrf, prefix)
        rows = snapshot.lines(node, ROUTES, prefix, vrf)
        more = hint_command(snapshot.lab, node, f"{ip_routes(vrf).text} {prefix}")
        if route is None:
            return Observation("no route", rows, self._not_chosen(), more)
        if route.protocol != self.leg.protocol or not any(hop.gateway == gateway for hop in route.hops):
            return Observation(
                via(route), rows, f"{node} prefers another route: {described(snapshot.lab, route)}", more
            )
        table = snapshot.lab.vrf(node, vrf).table if self.leg.receiver.vrf else MAIN_TABLE
        installed = in_kernel(snapshot.facts, node, table, prefix)
        if installed is None or not any(hop.gateway == gateway for hop in installed.hops):
            why = f"the kernel's table {table} does not have it via {gateway}"
            return Observation(
                via(route), rows, why, hint_command(snapshot.lab, node, f"ip route show table {table}")
            )
        return Observation(via(route), (*rows, *snapshot.kernel_route(node, table, prefix)))

    def _not_chosen(self) -> str:
        node, vrf = self.leg.receiver.node, self.leg.receiver.vrf or DEFAULT_VRF
        known = routes_to(self.snapshot.facts, node, vrf, self.leg.prefix)
        if known:
            return f"zebra has it and does not use it: {via(known[0])}"
        return f"{node} does not have it by {self.leg.protocol}"


def described(lab: Lab, route: Route) -> str:
    """A route's protocol and next hops, and whether that is a backdoor."""
    gateways = {hop.gateway for hop in route.hops}
    owners = [
        one for one in lab.interfaces if one.kind is InterfaceKind.BACKDOOR and one.address.ip in gateways
    ]
    return via(route) + (f", the backdoor from {owners[0].node}" if owners else "")
