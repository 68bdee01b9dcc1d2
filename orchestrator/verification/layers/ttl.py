"""What TTL a packet needs from site to site: whether the provider's hops count (RFC 3443).

With the uniform model a PE copies the customer's TTL into both labels, and each P takes one off the outer
one; Linux drops what has none left without a word. Penultimate hop popping throws that label away, so the far
site sees the same TTL in either model. With the pipe model labels begin at 255.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.model.memory import remembered
from orchestrator.routing.routes import RouteSource
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, Toward
from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.kit.probes import Probe
from orchestrator.verification.kit.wording import hint_command
from orchestrator.verification.layers import kernel
from orchestrator.verification.layers.ways import crossed, foundations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from orchestrator.verification.layers.ways import Steps

_PIPE: Final = 2
"""What gets past the ingress PE, which needs more than 1; a CE takes whatever is left."""
_BY_VPN_LABEL: Final = 3
"""What gets past the egress PE, where the VPN label begins with the customer's TTL."""


def check(
    lab: EffectiveLab, ends: tuple[str, str], way: Steps, addresses: tuple[IpAddress, IpAddress]
) -> Iterator[Check]:
    """The check of what TTL takes packets from one CE to another.

    None where `vpn.yml` leaves it open, where they do not cross one core once, and where PEs share load.

    Args:
        lab: the lab with failed elements removed.
        ends: the two CEs.
        way: from table to table.
        addresses: of the sender, and where it sends to.
    """
    pes = _pes(lab, way)
    if pes is None:
        return
    counted = lab.lab.provider_of(pes[0]).propagate_ttl
    if counted is None:
        return
    needed = _needed(lab, *pes) if counted else frozenset({_PIPE})
    here, there = ends
    source, destination = addresses
    arriving = Probe(here, source, destination, there, ttl=max(needed))
    dying = Probe(here, source, destination, None, ttl=min(needed) - 1)
    nodes = crossed(lab, (way,))
    yield Check(
        CheckId(Layer.DATA, "ttl", here, (Toward(there),)),
        f"the core's hops {'count' if counted else 'do not count'} on the way to {there}",
        partial(judge_ttl, arriving=arriving, dying=dying),
        after=(
            *map(kernel.qdiscs_id, nodes),
            *foundations(lab, (way,), nodes),
            *map(kernel.ttl_propagation_id, pes),
        ),
        why="The ingress PE copies the customer's TTL into the labels, or does not (RFC 3443): a traceroute "
        "has holes where Ps dropped it, or shows nothing of the core.",
        hint=hint_command(lab.lab, here, f"ping -c 3 -t {max(needed)} -I {source} {destination}"),
        probes=(dying, arriving),
    )


def _pes(lab: EffectiveLab, way: Steps) -> tuple[str, str] | None:
    """The PEs by which a way crosses one core once, and no other."""
    imports = [(table, hop.table) for table, _, hop in way if hop.source is RouteSource.IMPORT]
    if len(way) != 3 or len(imports) != 1:  # noqa: PLR2004 -- CE to PE, PE to PE, PE to CE
        return None
    if any(len(lab.routing[table][prefix].next_hops) > 1 for table, prefix, _ in way):
        return None
    (table, far) = imports[0]
    if far is None or far.node == table.node or far.node not in lab.core_of(table.node):
        return None
    return table.node, far.node


@remembered
def _needed(lab: EffectiveLab, ingress: str, egress: str) -> frozenset[int]:
    """The TTLs that get a packet through, one for each number of Ps on a shortest path."""
    # Explicit null takes the transport label, and what it has counted, one node further.
    further = int(lab.lab.provider_of(egress).explicit_null)
    return frozenset(max(_BY_VPN_LABEL, _PIPE + one - 1 + further) for one in _links(lab, ingress, egress))


@remembered
def _links(lab: EffectiveLab, node: str, egress: str) -> frozenset[int]:
    """How many links the shortest paths have."""
    if node == egress:
        return frozenset({0})
    return frozenset(
        1 + one for _, far in lab.equal_cost_hops(node, egress) for one in _links(lab, far.node, egress)
    )


def judge_ttl(facts: Facts, *, arriving: Probe, dying: Probe) -> Judgement:
    """A packet with this TTL arrives, and one with less does not.

    Raises:
        CouldNotLook: one was not sent.
    """
    said = []
    for probe in (arriving, dying):
        flight = facts.flight(probe)
        if not flight.sent:
            raise CouldNotLook(f"{probe}: {flight.refusal}")
        got = arriving.target in flight.arrived_at
        said.append(f"TTL {probe.ttl} {'arrives' if got else 'does not'}")
    return Judgement(
        said == [f"TTL {arriving.ttl} arrives", f"TTL {dying.ttl} does not"],
        f"TTL {arriving.ttl} arrives, TTL {dying.ttl} does not",
        ", ".join(said),
    )
