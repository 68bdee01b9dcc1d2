"""OSPF on a link: the adjacency. What comes over it shows in the routing table, where it is best compared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.verification.journey.silent import connected
from orchestrator.verification.journey.stage import Claim, Outcome
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import listed, look
from parsers import DEFAULT_VRF
from parsers.ospf import OSPF_INTERFACES, OSPF_NEIGHBORS, ospf_interfaces
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.sight import Sight


class OspfTelling:
    """Link state is flooded: routers that are adjacent know the same."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:  # noqa: ARG002 -- others look into the lab
        """Adjacencies, and the interfaces that OSPF runs on."""
        yield Query(leg.teller.node, ROUTES)
        for node in (leg.teller.node, leg.hearer.node):
            yield from (Query(node, command) for command in (OSPF_NEIGHBORS, OSPF_INTERFACES))

    def originates(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """It is on an interface, and OSPF runs on that."""
        yield connected(sight, leg)
        yield Claim(leg.teller.node, "OSPF announces it", partial(_announced, sight, leg))

    def tells(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """The adjacency is full."""
        title = f"OSPF adjacency with {leg.teller.node}"
        yield Claim(leg.hearer.node, title, partial(_adjacent, sight, leg))


def _announced(sight: Sight, leg: Leg) -> Outcome:
    node = leg.teller.node
    running = [
        one
        for one in sight.facts.of(node, OSPF_INTERFACES)
        if one.running and one.address is not None and one.address.network == leg.told
    ]
    if running:
        one = running[0]
        area = int(one.area) if one.area is not None else "?"
        rows = sight.lines(node, OSPF_INTERFACES, one.name)
        return Outcome(f"{one.name} is in area {area}, cost {one.cost}", rows)
    why = f"OSPF of {node} does not run on the interface with {leg.told}"
    return Outcome("not announced", (), why, look(sight.lab, node, OSPF_INTERFACES.text))


def _adjacent(sight: Sight, leg: Leg) -> Outcome:
    far, near = leg.ends()
    node, vrf = leg.hearer.node, leg.hearer.vrf or DEFAULT_VRF
    found = [
        one
        for one in sight.facts.of(node, OSPF_NEIGHBORS)
        if one.vrf == vrf and one.interface == near.interface
    ]
    rows = sight.lines(node, OSPF_NEIGHBORS, far.address, vrf)
    full = next((one for one in found if one.state == "Full" and one.address == far.address), None)
    if full is not None:
        return Outcome(f"{full.router_id} on {near.interface}, Full", rows)
    states = listed((f"{one.router_id} {one.state}" for one in found), "no neighbour")
    why = (
        f"{node} and {leg.teller.node} are not adjacent on {near.interface}: {states} "
        "(area, timers, network type, MTU and authentication must agree)"
    )
    more = look(sight.lab, node, ospf_interfaces(vrf, near.interface).text)
    return Outcome(states, rows or sight.lines(node, OSPF_INTERFACES, near.interface), why, more)
