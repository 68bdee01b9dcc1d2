"""Something happens on a running lab, with packets on their way."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final

from orchestrator.faults.injections import described
from orchestrator.lifecycle import failing
from orchestrator.lifecycle.converge import prove
from orchestrator.training.session import NotFit
from orchestrator.verification.flow import Flows, flow_paths
from orchestrator.verification.prober import Prober
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    from orchestrator.faults.injections import Injection
    from orchestrator.lifecycle.store import Store
    from orchestrator.model.lab import Lab
    from orchestrator.training.impact import Customers
    from orchestrator.training.session import Session

_STEADY: Final = 1.0
"""Seconds of traffic before it happens."""
_BEYOND: Final = 60.0
"""Seconds that a proof may take longer than the slowest timer."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What was seen when it happened.

    Attributes:
        lost: what customers lost until it was repaired, by the ids of checks.
        gap: seconds for which the flow that was dead longest was dead.
        flows: how many flows lost something.
        ended: the checks that did not hold any more, by their ids.
        as_expected: whether all that the proof expected then was proven.
    """

    lost: frozenset[str]
    gap: float
    flows: int
    ended: frozenset[str]
    as_expected: bool


def happen(session: Session, lab: Lab, event: Injection, customers: Customers, store: Store) -> Happened:
    """Let it happen on a lab that is proven, look at it once it has settled, and repair it.

    Args:
        session: the lab, for this alone.
        lab: what its nodes are configured as.
        event: what happens.
        customers: what they have when all is well.
        store: where what is failed is remembered until it is repaired.

    Raises:
        NotFit: packets were lost before, or the lab was not as before afterwards.
        NotDone: a node did not do its part.
    """
    nodes, watcher = session.nodes, session.watcher
    with Flows(nodes, flow_paths(lab, *_ends(customers))) as flows:
        flows.go()
        Event().wait(_STEADY)
        watcher.step(described(event))
        flows.mark()
        try:
            failing.fail(nodes, lab, event, store)
            settled = verify(
                nodes,
                lab,
                timeout=patience(lab),
                state=event.state,
                progress=watcher.verification_status,
            )
            with Prober(nodes) as prober:
                lost = customers.lost(prober)
            now = verify(nodes, lab, timeout=0)
            before, loss = flows.finish()
        finally:
            watcher.step(f"{event.target} is repaired")
            failing.restore(nodes, lab, (event,), store)
    if before.lost:
        raise NotFit(f"{before.lost} of {before.sent} packets were lost before anything happened")
    if not prove(nodes, lab, patience(lab), watcher).holds:
        raise NotFit(f"{lab.name} is repaired and not proven: `l3vpn verify {lab.name}` says why")
    # What stands on something that failed is not judged; what was proven of the rest is known to hold.
    proven = {str(one.check.id) for one in settled.findings if one.holds}
    ended = frozenset(str(one.check.id) for one in now.findings if not one.holds) - proven
    return Happened(lost, loss.longest / 1000, loss.flows, ended, settled.holds)


def _ends(customers: Customers) -> tuple[str, str]:
    """Two CEs that have packets for each other: those of the first pair of sites."""
    probe = next(iter(customers.flows.values())).probes[0]
    return probe.ce, str(probe.target)


def patience(lab: Lab) -> float:
    """Seconds after which what is not proven is given up: the slowest timer, a new session, and some more."""
    return _BEYOND + max(
        max(one.timers.ospf_dead, one.timers.ldp_hold, one.timers.bgp_hold) + one.timers.bgp_connect
        for one in lab.providers
    )
