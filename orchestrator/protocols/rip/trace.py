"""RIP on a link: the updates. What comes with them shows in the routing table, where it is best compared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.verification.journey.silent import connected
from orchestrator.verification.journey.stage import Claim, Outcome
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import listed, look
from parsers import DEFAULT_VRF
from parsers.rip import rip_status
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.sight import Sight


class RipTelling:
    """Routes are sent every few seconds, and held until nobody sends them any more."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:  # noqa: ARG002 -- others look into the lab
        """RIP at both ends."""
        yield Query(leg.teller.node, ROUTES)
        for table in (leg.teller, leg.hearer):
            yield Query(table.node, rip_status(table.vrf or DEFAULT_VRF))

    def originates(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """It is on an interface, and RIP runs on that."""
        yield connected(sight, leg)
        yield Claim(leg.teller.node, "RIP advertises it", partial(_announced, sight, leg))

    def tells(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """Updates arrive."""
        yield Claim(leg.hearer.node, f"RIP updates from {leg.teller.node}", partial(_heard, sight, leg))


def _announced(sight: Sight, leg: Leg) -> Outcome:
    node, command = leg.teller.node, rip_status()
    ports = {one.name for one in sight.lab.interfaces_of(node) if one.address.network == leg.told}
    running = [name for one in sight.facts.of(node, command) for name in one.interfaces if name in ports]
    if running:
        return Outcome(f"RIP runs on {running[0]}", ())
    why = f"RIP of {node} does not run on the interface with {leg.told}"
    return Outcome("not advertised", (), why, look(sight.lab, node, command.text))


def _heard(sight: Sight, leg: Leg) -> Outcome:
    far, near = leg.ends()
    node = leg.hearer.node
    command = rip_status(leg.hearer.vrf or DEFAULT_VRF)
    sources = [source for one in sight.facts.of(node, command) for source in one.sources]
    rows = sight.lines(node, command, far.address)
    if any(one.gateway == far.address for one in sources):
        return Outcome(f"{far.address} on {near.interface}", rows)
    seen = listed((str(one.gateway) for one in sources), "nobody")
    why = f"{node} hears no RIP updates of {leg.teller.node} on {near.interface}, only of {seen}"
    return Outcome(seen, rows, why, look(sight.lab, node, command.text))
