"""What a running lab is seen to do: its verification, the path of packets, the journey of a route.

Only looks: whoever calls has the sessions, and says what was failed on purpose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.errors import UsageError
from orchestrator.faults.injections import described
from orchestrator.lifecycle.drift import drift_beside
from orchestrator.lifecycle.failing import state_of
from orchestrator.lifecycle.names import no_route
from orchestrator.verification.fact_collector import FactCollector
from orchestrator.verification.forwarding.between import paths
from orchestrator.verification.forwarding.walk import walk_queries
from orchestrator.verification.journey.trace import trace, ways_of
from orchestrator.verification.kit.facts import Facts
from orchestrator.verification.verification import no_verification_progress, verify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Site
    from orchestrator.verification.forwarding.between import Path, PathEnd
    from orchestrator.verification.journey.stage import Journey
    from orchestrator.verification.network import Network
    from orchestrator.verification.report.result import Report
    from orchestrator.verification.verification import VerificationProgress


def verified(  # noqa: PLR0913 -- all but the first three have a default that fits
    nodes: Fleet,
    lab: Lab,
    faults: Collection[Injection],
    *,
    timeout: float,
    progress: VerificationProgress = no_verification_progress,
    failed: Collection[Injection] | None = None,
) -> Report:
    """Verify a lab in which faults are expected to show.

    Args:
        nodes: sessions to them.
        lab: what its files want.
        faults: what is down on purpose; the degraded network is expected.
        timeout: seconds until what does not hold is final at the latest; 0 looks once.
        progress: called after each look.
        failed: all that was failed, whatever is expected; where it is given, the report says too whether the
            nodes are configured as their files want.
    """
    report = verify(nodes, lab, timeout=timeout, progress=progress, state=state_of(faults))
    if failed is not None:
        report = replace(report, drift=drift_beside(nodes, lab, failed, report))
    return as_failed(report, faults)


def as_failed(report: Report, faults: Iterable[Injection]) -> Report:
    """The report, saying what was failed on purpose."""
    return replace(report, failed=tuple(map(described, faults)))


def walked(nodes: Network, lab: Lab, faults: Iterable[Injection], a: PathEnd, b: PathEnd) -> tuple[Path, ...]:
    """The forwarding paths from one place to another and back, read once from the nodes' FIBs and LFIBs.

    Raises:
        CouldNotLook: a node on the way did not answer.
    """
    facts = Facts(FactCollector(nodes).collect(walk_queries(lab)))
    state = state_of(faults)
    return (*paths(lab, facts, a, b, state), *paths(lab, facts, b, a, state))


def traced(nodes: Network, lab: Lab, site: Site, prefix: IpNetwork, to: Site | None = None) -> Journey:
    """How a customer's route travels from its site to the others, as far as it comes.

    Raises:
        UsageError: no other site is to have it; why.
    """
    ways = ways_of(lab, site, prefix, to)
    if not ways:
        raise UsageError(no_route(lab, site, prefix, to))
    return trace(nodes, lab, site, prefix, ways)
