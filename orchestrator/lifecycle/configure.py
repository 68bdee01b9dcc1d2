"""Bringing the nodes of a running lab to what its files want, or finding out what that would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.faults.execute import held_down
from orchestrator.fleet.push import push
from orchestrator.lifecycle.converge import repair_labels, repair_tables
from orchestrator.lifecycle.failing import standing_nodes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.comparing import PushResult
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.lifecycle.phases import Watcher
    from orchestrator.model.lab import Lab


def configure(  # noqa: PLR0913 -- what, where, and who watches
    sessions: Fleet,
    lab: Lab,
    faults: Collection[Injection],
    watcher: Watcher,
    *,
    nodes: Iterable[str] | None = None,
    dry_run: bool = False,
) -> Mapping[str, PushResult]:
    """Push what differs, by node; what was failed on purpose stays failed, and lost nodes are left out.

    An import of a VPN route that FRR has lost for good is repaired on the way, and so are labels that ldpd
    did not hand on when it was configured, and routes that zebra keeps though the kernel has them no more.

    Args:
        sessions: to the nodes.
        lab: what its files want.
        faults: what is failed in it.
        watcher: called with what is done.
        nodes: only these.
        dry_run: only find out what would be sent.
    """
    wanted = standing_nodes(lab, faults)
    results = push(
        sessions,
        lab,
        wanted if nodes is None else [node for node in nodes if node in wanted],
        dry_run=dry_run,
        progress=watcher.node_step,
        failed=held_down(faults),
    )
    if not dry_run and all(result.ok for result in results.values()):
        if any(result.differs for result in results.values()):
            repair_labels(sessions, lab, watcher.say)
        repair_tables(sessions, lab, watcher.say)
    return results
