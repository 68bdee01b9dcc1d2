"""EIGRP on a link: the adjacency, and the path in the topology table of the one who hears it (RFC 7868)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.verification.journey.silent import connected
from orchestrator.verification.journey.stage import Claim, Outcome
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import listed, look
from parsers import DEFAULT_VRF
from parsers.eigrp import EIGRP, EigrpDestination, EigrpNeighbor, EigrpRefusal
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.routing.routes import Table
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.sight import Sight
    from parsers.eigrp import EigrpPath


class EigrpTelling:
    """A path is told with its metric; the hearer adds its own and compares."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:  # noqa: ARG002 -- others look into the lab
        """What both speakers have."""
        yield Query(leg.teller.node, ROUTES)
        yield from (Query(node, EIGRP) for node in (leg.teller.node, leg.hearer.node))

    def originates(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """It is on an interface, and EIGRP runs on that."""
        yield connected(sight, leg)
        yield Claim(leg.teller.node, "EIGRP announces it", partial(_announced, sight, leg))

    def tells(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """They are neighbours, and the hearer has the path and likes it best."""
        teller, hearer = leg.teller.node, leg.hearer.node
        yield Claim(hearer, f"EIGRP adjacency with {teller}", partial(_adjacent, sight, leg))
        yield Claim(hearer, f"has it in its topology from {teller}", partial(_taken, sight, leg))


def _vrf(table: Table) -> str:
    return table.vrf or DEFAULT_VRF


def _paths(sight: Sight, leg: Leg, table: Table) -> tuple[EigrpPath, ...]:
    return tuple(
        path
        for one in sight.facts.of(table.node, EIGRP)
        if isinstance(one, EigrpDestination) and (one.vrf, one.prefix) == (_vrf(table), leg.told)
        for path in one.paths
    )


def _announced(sight: Sight, leg: Leg) -> Outcome:
    node = leg.teller.node
    rows = sight.lines(node, EIGRP, leg.told, DEFAULT_VRF)
    own = [one for one in _paths(sight, leg, leg.teller) if one.via is None]
    if own:
        return Outcome(f"{own[0].origin or 'own'}, distance {own[0].distance}", rows)
    why = f"EIGRP of {node} does not run on the interface with {leg.told}"
    return Outcome("not announced", rows, why, look(sight.lab, node, EIGRP.text))


def _adjacent(sight: Sight, leg: Leg) -> Outcome:
    far, near = leg.ends()
    node, vrf = leg.hearer.node, _vrf(leg.hearer)
    said = sight.facts.of(node, EIGRP)
    rows = sight.lines(node, EIGRP, far.address, vrf)
    seen = [
        one for one in said if isinstance(one, EigrpNeighbor) and (one.vrf, one.address) == (vrf, far.address)
    ]
    if any(one.state == "up" for one in seen):
        return Outcome(f"{far.address} on {near.interface}, up", rows)
    refused = [
        one.reason
        for one in said
        if isinstance(one, EigrpRefusal) and (one.vrf, one.address) == (vrf, far.address)
    ]
    states = listed((one.state for one in seen), "no neighbour")
    reason = listed(refused, "AS number, K values, authentication and subnet must agree")
    why = f"{node} and {leg.teller.node} are not adjacent on {near.interface}: {states} ({reason})"
    return Outcome(states, rows, why, look(sight.lab, node, EIGRP.text))


def _taken(sight: Sight, leg: Leg) -> Outcome:
    far, _ = leg.ends()
    node = leg.hearer.node
    rows = sight.lines(node, EIGRP, leg.told, _vrf(leg.hearer))
    more = look(sight.lab, node, EIGRP.text)
    paths = _paths(sight, leg, leg.hearer)
    path = next((one for one in paths if one.via == far.address), None)
    if path is None:
        why = (
            f"{leg.teller.node} does not tell it, or {node} leaves it out: what carries the site's own site "
            "of origin is not taken back"
        )
        return Outcome("no such path", rows, why, more)
    seen = f"distance {path.distance}, reported {path.reported}"
    if path.successor:
        return Outcome(seen, rows)
    best = next((one for one in paths if one.successor), None)
    by = f"{best.via or best.next_hop or best.origin} at {best.distance}" if best else "none at all"
    return Outcome(f"not the successor: {seen}", rows, f"{node} prefers the path by {by}", more)
