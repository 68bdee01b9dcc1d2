"""Whether running nodes are set as their files want: what a push would send, without sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.evidence.drift import drift, unasked
from orchestrator.faults.execute import held_down
from orchestrator.fleet.push import push
from orchestrator.lifecycle.failing import standing_nodes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.comparing import PushResult
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.model.lab import Lab
    from orchestrator.verification.report.result import Drift, Report


def compared(
    nodes: Fleet, lab: Lab, faults: Collection[Injection], but: Iterable[str] = ()
) -> dict[str, PushResult]:
    """What a push would change on each node that is not lost, what was failed on purpose left as it is.

    Args:
        nodes: sessions to them.
        lab: what is wanted.
        faults: what was failed on purpose.
        but: nodes that are not to be asked.
    """
    asked = [node for node in standing_nodes(lab, faults) if node not in set(but)]
    return push(nodes, lab, asked, dry_run=True, failed=held_down(faults))


def drift_beside(nodes: Fleet, lab: Lab, faults: Collection[Injection], report: Report) -> Drift:
    """The same after a verification; a node that left one of its questions open is not asked again."""
    open_ones = unasked(report)
    return drift(lab, compared(nodes, lab, faults, but=open_ones), open_ones)
