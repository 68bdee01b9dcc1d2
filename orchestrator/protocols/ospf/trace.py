"""OSPF on a link: the adjacency. What comes over it shows in the routing table, where it is best compared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.verification.journey.link_only import connected
from orchestrator.verification.journey.stage import Claim, Observation
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import hint_command, listed
from parsers import DEFAULT_VRF
from parsers.ospf import OSPF_INTERFACES, OSPF_NEIGHBORS, ospf_interfaces
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.snapshot import Snapshot


class OspfTrace:
    """Link state is flooded: routers that are adjacent know the same."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:  # noqa: ARG002 -- others look into the lab
        """Adjacencies, and the interfaces that OSPF runs on."""
        yield Query(leg.sender.node, ROUTES)
        for node in (leg.sender.node, leg.receiver.node):
            yield from (Query(node, command) for command in (OSPF_NEIGHBORS, OSPF_INTERFACES))

    def originates(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """It is on an interface, and OSPF runs on that."""
        yield connected(snapshot, leg)
        yield Claim(leg.sender.node, "OSPF announces it", partial(_announced, snapshot, leg))

    def announces(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """The adjacency is full."""
        title = f"OSPF adjacency with {leg.sender.node}"
        yield Claim(leg.receiver.node, title, partial(_adjacent, snapshot, leg))


def _announced(snapshot: Snapshot, leg: Leg) -> Observation:
    node = leg.sender.node
    running = [
        one
        for one in snapshot.facts.of(node, OSPF_INTERFACES)
        if one.running and one.address is not None and one.address.network == leg.announced
    ]
    if running:
        one = running[0]
        area = int(one.area) if one.area is not None else "?"
        rows = snapshot.lines(node, OSPF_INTERFACES, one.name)
        return Observation(f"{one.name} is in area {area}, cost {one.cost}", rows)
    why = f"OSPF of {node} does not run on the interface with {leg.announced}"
    return Observation("not announced", (), why, hint_command(snapshot.lab, node, OSPF_INTERFACES.text))


def _adjacent(snapshot: Snapshot, leg: Leg) -> Observation:
    far, near = leg.ends()
    node, vrf = leg.receiver.node, leg.receiver.vrf or DEFAULT_VRF
    found = [
        one
        for one in snapshot.facts.of(node, OSPF_NEIGHBORS)
        if one.vrf == vrf and one.interface == near.interface
    ]
    rows = snapshot.lines(node, OSPF_NEIGHBORS, far.address, vrf)
    full = next((one for one in found if one.state == "Full" and one.address == far.address), None)
    if full is not None:
        return Observation(f"{full.router_id} on {near.interface}, Full", rows)
    states = listed((f"{one.router_id} {one.state}" for one in found), "no neighbour")
    why = (
        f"{node} and {leg.sender.node} are not adjacent on {near.interface}: {states} "
        "(area, timers, network type, MTU and authentication must agree)"
    )
    more = hint_command(snapshot.lab, node, ospf_interfaces(vrf, near.interface).text)
    return Observation(states, rows or snapshot.lines(node, OSPF_INTERFACES, near.interface), why, more)
