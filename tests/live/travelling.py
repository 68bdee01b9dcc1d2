"""What `trace` and `verify --path` say of a running lab, once the network has come to what is waited for."""

from __future__ import annotations

import time
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.lifecycle.names import named_place, named_site
from orchestrator.verification.fact_collector import FactCollector
from orchestrator.verification.forwarding.between import paths
from orchestrator.verification.forwarding.walk import walk_queries
from orchestrator.verification.journey.trace import trace, ways_of
from orchestrator.verification.kit.facts import Facts
from tests.live.proving import SHOWS_WITHIN

if TYPE_CHECKING:
    from orchestrator.verification.forwarding.between import Path
    from orchestrator.verification.journey.stage import Journey
    from tests.live.proving import ProvenLab


def journey(lab: ProvenLab, site: str, prefix: str, to: str) -> Journey:
    """How far a route has come."""
    start, end, network = named_site(lab.lab, site), named_site(lab.lab, to), IPv4Network(prefix)
    return trace(lab.nodes, lab.lab, start, network, ways_of(lab.lab, start, network, end))


def wait_until_lost(lab: ProvenLab, way: tuple[str, str, str], at: tuple[str, str], why: str) -> str:
    """Wait until the route of `way` (site, prefix, site) is lost at this node and stage; the whole reason."""
    until = time.monotonic() + SHOWS_WITHIN
    while True:
        last = journey(lab, *way).ways[0].stages[-1]
        if (last.node, last.title) == at and why in last.why:
            return last.why
        assert time.monotonic() < until, f"{last.node}: {last.title}: {last.seen} {last.why}"


def path(lab: ProvenLab, a: str, b: str) -> Path:
    """The path that packets take now."""
    facts = Facts(FactCollector(lab.nodes).collect(walk_queries(lab.lab)))
    (found,) = paths(lab.lab, facts, named_place(lab.lab, a), named_place(lab.lab, b))
    return found


def hops(path: Path) -> list[tuple[str, tuple[int, ...]]]:
    """Nodes of the only branch, with the number of labels on the link behind each."""
    (run,) = path.runs
    return [(node, tuple(label.value for label in branch.labels)) for node, branch in run.steps]
