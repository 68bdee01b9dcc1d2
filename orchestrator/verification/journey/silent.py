"""A protocol that tells nothing, such as static routes: there are the link and the table, no more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.verification.journey.stage import Claim, Outcome
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import selected, via
from orchestrator.verification.kit.wording import look
from parsers import DEFAULT_VRF
from parsers.kernel import DEVICES
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.sight import Sight


class Silence:
    """Nothing is told: the hearer's table has what somebody has put there."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:  # noqa: ARG002 -- others look into the lab
        """The teller's own route, and whether the hearer's end of the link has a carrier."""
        yield Query(leg.teller.node, ROUTES)
        yield Query(leg.hearer.node, DEVICES)

    def originates(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """It is a network of the CE's own."""
        yield connected(sight, leg)

    def tells(self, sight: Sight, leg: Leg) -> Iterator[Claim]:
        """The link carries."""
        yield carries(sight, leg)


SILENT: Final = Silence()


def connected(sight: Sight, leg: Leg) -> Claim:
    """The CE that originates a prefix has it on an interface."""
    return Claim(leg.teller.node, "the prefix is its own", partial(_connected, sight, leg))


def _connected(sight: Sight, leg: Leg) -> Outcome:
    node = leg.teller.node
    rows = sight.lines(node, ROUTES, leg.told, DEFAULT_VRF)
    route = selected(sight.facts, node, DEFAULT_VRF, leg.told)
    if route is not None and route.protocol in {"connected", "local"}:
        return Outcome(via(route), rows)
    seen = via(route) if route else "no route"
    why = f"no interface of {node} that is up has an address in {leg.told}"
    return Outcome(seen, rows, why, look(sight.lab, node, DEVICES.text))


def carries(sight: Sight, leg: Leg) -> Claim:
    """The hearer's end of the link is up."""
    return Claim(leg.hearer.node, f"link to {leg.teller.node}", partial(_carries, sight, leg))


def _carries(sight: Sight, leg: Leg) -> Outcome:
    _, near = leg.ends()
    node = leg.hearer.node
    device = next((one for one in sight.facts.of(node, DEVICES) if one.name == near.interface), None)
    rows = sight.lines(node, DEVICES, near.interface)
    if device is not None and device.up and device.lower_up:
        return Outcome(f"{near.interface} is up", rows[:1])
    return Outcome("down", rows, f"{near.interface} of {node} is down", look(sight.lab, node, DEVICES.text))
