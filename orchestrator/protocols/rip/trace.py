"""RIP on a link: the updates. What comes with them shows in the routing table, where it is best compared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.verification.journey.link_only import connected
from orchestrator.verification.journey.stage import Claim, Observation
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import hint_command, listed
from parsers import DEFAULT_VRF
from parsers.rip import rip_status
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.snapshot import Snapshot


class RipTrace:
    """Routes are sent every few seconds, and held until nobody sends them any more."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:  # noqa: ARG002 -- others look into the lab
        """RIP at both ends."""
        yield Query(leg.sender.node, ROUTES)
        for table in (leg.sender, leg.receiver):
            yield Query(table.node, rip_status(table.vrf or DEFAULT_VRF))

    def originates(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """It is on an interface, and RIP runs on that."""
        yield connected(snapshot, leg)
        yield Claim(leg.sender.node, "RIP advertises it", partial(_announced, snapshot, leg))

    def announces(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """Updates arrive."""
        yield Claim(
            leg.receiver.node, f"RIP updates from {leg.sender.node}", partial(_received, snapshot, leg)
        )


def _announced(snapshot: Snapshot, leg: Leg) -> Observation:
    node, command = leg.sender.node, rip_status()
    ports = {one.name for one in snapshot.lab.interfaces_of(node) if one.address.network == leg.announced}
    running = [name for one in snapshot.facts.of(node, command) for name in one.interfaces if name in ports]
    if running:
        return Observation(f"RIP runs on {running[0]}", ())
    why = f"RIP of {node} does not run on the interface with {leg.announced}"
    return Observation("not advertised", (), why, hint_command(snapshot.lab, node, command.text))


def _received(snapshot: Snapshot, leg: Leg) -> Observation:
    far, near = leg.ends()
    node = leg.receiver.node
    command = rip_status(leg.receiver.vrf or DEFAULT_VRF)
    sources = [source for one in snapshot.facts.of(node, command) for source in one.sources]
    rows = snapshot.lines(node, command, far.address)
    if any(one.gateway == far.address for one in sources):
        return Observation(f"{far.address} on {near.interface}", rows)
    seen = listed((str(one.gateway) for one in sources), "nobody")
    why = f"{node} hears no RIP updates of {leg.sender.node} on {near.interface}, only of {seen}"
    return Observation(seen, rows, why, hint_command(snapshot.lab, node, command.text))
