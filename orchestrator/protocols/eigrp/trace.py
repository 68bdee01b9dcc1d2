"""EIGRP on a link: the adjacency, and the path in the topology table of the one who hears it (RFC 7868)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.verification.journey.link_only import connected
from orchestrator.verification.journey.stage import Claim, Observation
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import hint_command, listed
from parsers import DEFAULT_VRF
from parsers.eigrp import EIGRP, EigrpDestination, EigrpNeighbor, EigrpRefusal
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.routing.routes import Table
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.snapshot import Snapshot
    from parsers.eigrp import EigrpPath


class EigrpTrace:
    """A path is advertised with its metric; the receiver adds its own and compares."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:  # noqa: ARG002 -- others look into the lab
        """What both speakers have."""
        yield Query(leg.sender.node, ROUTES)
        yield from (Query(node, EIGRP) for node in (leg.sender.node, leg.receiver.node))

    def originates(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """It is on an interface, and EIGRP runs on that."""
        yield connected(snapshot, leg)
        yield Claim(leg.sender.node, "EIGRP announces it", partial(_announced, snapshot, leg))

    def announces(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """They are neighbours, and the receiver has the path as its successor."""
        sender, receiver = leg.sender.node, leg.receiver.node
        yield Claim(receiver, f"EIGRP adjacency with {sender}", partial(_adjacent, snapshot, leg))
        yield Claim(receiver, f"has it in its topology from {sender}", partial(_taken, snapshot, leg))


def _vrf(table: Table) -> str:
    return table.vrf or DEFAULT_VRF


def _paths(snapshot: Snapshot, leg: Leg, table: Table) -> tuple[EigrpPath, ...]:
    return tuple(
        path
        for one in snapshot.facts.of(table.node, EIGRP)
        if isinstance(one, EigrpDestination) and (one.vrf, one.prefix) == (_vrf(table), leg.announced)
        for path in one.paths
    )


def _announced(snapshot: Snapshot, leg: Leg) -> Observation:
    node = leg.sender.node
    rows = snapshot.lines(node, EIGRP, leg.announced, DEFAULT_VRF)
    own = [one for one in _paths(snapshot, leg, leg.sender) if one.via is None]
    if own:
        return Observation(f"{own[0].origin or 'own'}, distance {own[0].distance}", rows)
    why = f"EIGRP of {node} does not run on the interface with {leg.announced}"
    return Observation("not announced", rows, why, hint_command(snapshot.lab, node, EIGRP.text))


def _adjacent(snapshot: Snapshot, leg: Leg) -> Observation:
    far, near = leg.ends()
    node, vrf = leg.receiver.node, _vrf(leg.receiver)
    said = snapshot.facts.of(node, EIGRP)
    rows = snapshot.lines(node, EIGRP, far.address, vrf)
    seen = [
        one for one in said if isinstance(one, EigrpNeighbor) and (one.vrf, one.address) == (vrf, far.address)
    ]
    if any(one.state == "up" for one in seen):
        return Observation(f"{far.address} on {near.interface}, up", rows)
    refused = [
        one.reason
        for one in said
        if isinstance(one, EigrpRefusal) and (one.vrf, one.address) == (vrf, far.address)
    ]
    states = listed((one.state for one in seen), "no neighbour")
    reason = listed(refused, "AS number, K values, authentication and subnet must agree")
    why = f"{node} and {leg.sender.node} are not adjacent on {near.interface}: {states} ({reason})"
    return Observation(states, rows, why, hint_command(snapshot.lab, node, EIGRP.text))


def _taken(snapshot: Snapshot, leg: Leg) -> Observation:
    far, _ = leg.ends()
    node = leg.receiver.node
    rows = snapshot.lines(node, EIGRP, leg.announced, _vrf(leg.receiver))
    more = hint_command(snapshot.lab, node, EIGRP.text)
    paths = _paths(snapshot, leg, leg.receiver)
    path = next((one for one in paths if one.via == far.address), None)
    if path is None:
        why = (
            f"{leg.sender.node} does not advertise it, or {node} leaves it out: what carries the site's own "
            "site of origin is not taken back"
        )
        return Observation("no such path", rows, why, more)
    seen = f"distance {path.distance}, reported {path.reported}"
    if path.successor:
        return Observation(seen, rows)
    best = next((one for one in paths if one.successor), None)
    by = f"{best.via or best.next_hop or best.origin} at {best.distance}" if best else "none at all"
    return Observation(f"not the successor: {seen}", rows, f"{node} prefers the path by {by}", more)
