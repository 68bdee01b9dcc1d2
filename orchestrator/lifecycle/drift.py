"""Whether running nodes are set as their files want: what a push would send, without sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.faults.doing import held_down
from orchestrator.fleet.push import push
from orchestrator.lifecycle.failing import standing_nodes
from orchestrator.verify import Verdict
from orchestrator.verify.report.result import Drift

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from orchestrator.faults.vocabulary import Fault
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.fleet.push import PushResult
    from orchestrator.model.lab import Lab
    from orchestrator.verify import Report


def compared(
    nodes: Fleet, lab: Lab, faults: Collection[Fault], but: Iterable[str] = ()
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


def drift_beside(nodes: Fleet, lab: Lab, faults: Collection[Fault], report: Report) -> Drift:
    """The same after a verification; a node that left one of its questions open is not asked again."""
    open_ones = {one.check.node for one in report.findings if one.verdict is Verdict.ERROR}
    results = compared(nodes, lab, faults, but=open_ones)
    return Drift(
        tuple(one.node for one in results.values() if one.ok and one.differs),
        tuple(node.name for node in lab.nodes if node.name in open_ones or _failed(results.get(node.name))),
    )


def _failed(result: PushResult | None) -> bool:
    return result is not None and not result.ok
