"""A protocol that advertises nothing, such as static routes: there are the link and the table, no more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.verification.journey.stage import Claim, Observation
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import selected, via
from orchestrator.verification.kit.wording import hint_command
from parsers import DEFAULT_VRF
from parsers.kernel import DEVICES
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.snapshot import Snapshot


class LinkOnly:
    """Nothing is advertised: the receiver's table has what was configured there."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:  # noqa: ARG002 -- others look into the lab
        """The sender's own route, and whether the receiver's end of the link has a carrier."""
        yield Query(leg.sender.node, ROUTES)
        yield Query(leg.receiver.node, DEVICES)

    def originates(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """It is a network of the CE's own."""
        yield connected(snapshot, leg)

    def announces(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """The link carries."""
        yield carries(snapshot, leg)


LINK_ONLY: Final = LinkOnly()


def connected(snapshot: Snapshot, leg: Leg) -> Claim:
    """The CE that originates a prefix has it on an interface, or a static route out by one."""
    return Claim(leg.sender.node, "the prefix is its own", partial(_connected, snapshot, leg))


def _connected(snapshot: Snapshot, leg: Leg) -> Observation:
    node = leg.sender.node
    rows = snapshot.lines(node, ROUTES, leg.announced, DEFAULT_VRF)
    route = selected(snapshot.facts, node, DEFAULT_VRF, leg.announced)
    out = [one.name for one in snapshot.lab.interfaces_of(node) if one.stands_for == leg.announced]
    own = {"static"} if out else {"connected", "local"}
    if route is not None and route.protocol in own:
        return Observation(via(route), rows)
    seen = via(route) if route else "no route"
    why = f"no interface of {node} that is up has an address in {leg.announced}"
    if out:
        why = f"{node} has no static route to {leg.announced} by {out[0]}"
    return Observation(seen, rows, why, hint_command(snapshot.lab, node, DEVICES.text))


def carries(snapshot: Snapshot, leg: Leg) -> Claim:
    """The receiver's end of the link is up."""
    return Claim(leg.receiver.node, f"link to {leg.sender.node}", partial(_carries, snapshot, leg))


def _carries(snapshot: Snapshot, leg: Leg) -> Observation:
    _, near = leg.ends()
    node = leg.receiver.node
    device = next((one for one in snapshot.facts.of(node, DEVICES) if one.name == near.interface), None)
    rows = snapshot.lines(node, DEVICES, near.interface)
    if device is not None and device.up and device.lower_up:
        return Observation(f"{near.interface} is up", rows[:1])
    return Observation(
        "down", rows, f"{near.interface} of {node} is down", hint_command(snapshot.lab, node, DEVICES.text)
    )
