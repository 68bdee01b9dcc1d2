"""`trace`: one look at all nodes that a route is to pass, and how far it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.protocols.registry import BACK_TO_BACK, effective_lab, protocol
from orchestrator.verification.journey import provider, table
from orchestrator.verification.journey.legs import spoken, strands
from orchestrator.verification.journey.snapshot import take_snapshot
from orchestrator.verification.journey.stage import Journey, Passage, Travelled, travel
from orchestrator.verification.kit.tables import routes_to
from parsers import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Site
    from orchestrator.verification.fact_collector import ReadAnswers
    from orchestrator.verification.journey.legs import Leg, Strand
    from orchestrator.verification.journey.protocol_trace import ProtocolTrace
    from orchestrator.verification.journey.snapshot import Snapshot
    from orchestrator.verification.journey.stage import Claim, Stage
    from orchestrator.verification.kit.facts import Query
    from orchestrator.verification.network import Network


def ways_of(lab: Lab, site: Site, prefix: IpNetwork, to: Site | None = None) -> tuple[Strand, ...]:
    """The ways that a prefix is to take, to all sites that are to have it, or to one."""
    ces = None if to is None else {one.ce.node for one in to.attachments}
    found = strands(effective_lab(lab), site, prefix)
    return tuple(way for way in found if ces is None or way[-1].receiver.node in ces)


def trace(  # noqa: PLR0913, PLR0917 -- the last has a default that fits
    network: Network,
    lab: Lab,
    site: Site,
    prefix: IpNetwork,
    ways: Sequence[Strand],
    read: ReadAnswers | None = None,
) -> Journey:
    """Follow a route from its site; only looks, once, at the nodes on its ways, all side by side.

    For `read` see `FactCollector`.
    """
    return journey(take_snapshot(network, lab, queries(lab, ways), read), site, prefix, ways)


def queries(lab: Lab, ways: Sequence[Strand]) -> tuple[Query, ...]:
    """What `journey` reads."""
    return tuple({query.key: query for way in ways for leg in way for query in _queries(lab, leg)}.values())


def _queries(lab: Lab, leg: Leg) -> Iterator[Query]:
    if leg.imported:
        yield from provider.queries(lab, leg)
    else:
        yield from _trace_of(lab, leg).queries(lab, leg)
        yield from table.queries(leg)


def _trace_of(lab: Lab, leg: Leg) -> ProtocolTrace:
    """What shows a route on a leg over a link; between two providers that is BGP, as between PE and CE."""
    between_providers = leg.hop.interconnect is not None
    return BACK_TO_BACK.trace if between_providers else protocol(spoken(lab, leg)).trace


def journey(snapshot: Snapshot, site: Site, prefix: IpNetwork, ways: Sequence[Strand]) -> Journey:
    """How far a route came on each of its ways: a function of the lab and of what was seen."""
    known: dict[tuple[str, str], Stage] = {}
    travelled = []
    for way in ways:
        stages = travel(claims(snapshot, way), known)
        lost = stages[-1].passage is Passage.LOST
        travelled.append(Travelled(way, stages, _instead(snapshot, way[-1]) if lost else ""))
    return Journey(snapshot.lab.name, site, prefix, tuple(travelled))


def claims(snapshot: Snapshot, way: Strand) -> Iterator[Claim]:
    """The stages of one way, in the order in which a route passes them."""
    yield from protocol(spoken(snapshot.lab, way[0])).trace.originates(snapshot, way[0])
    for leg in way:
        if leg.imported:
            yield from provider.claims(snapshot, leg)
        else:
            yield from _trace_of(snapshot.lab, leg).announces(snapshot, leg)
            yield table.claim(snapshot, leg)


def _instead(snapshot: Snapshot, last: Leg) -> str:
    """What the CE at the end has for the prefix, by another way than it is to be."""
    node, gateway = last.receiver.node, last.ends()[0].address
    for route in routes_to(snapshot.facts, node, DEFAULT_VRF, last.prefix):
        if route.selected and not any(hop.gateway == gateway for hop in route.hops):
            return table.described(snapshot.lab, route)
    return ""
