"""Whether running nodes are set as their files want: what a push would send, without sending it."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from orchestrator.faults.execute import held_down
from orchestrator.fleet.push import push
from orchestrator.lifecycle.failing import standing_nodes
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.report.result import Drift

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.fleet.push import PushResult
    from orchestrator.model.lab import Lab
    from orchestrator.verification.report.result import Report

_BATCH: Final = re.compile(r"printf '%s\\n' (.*) \| ip (-.* )?-batch -")


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
    open_ones = {one.check.node for one in report.findings if one.verdict is Verdict.ERROR}
    results = compared(nodes, lab, faults, but=open_ones)
    differing = [one for one in results.values() if one.ok and one.differs]
    return Drift(
        tuple(one.node for one in differing),
        tuple(node.name for node in lab.nodes if node.name in open_ones or _failed(results.get(node.name))),
        tuple(line for one in differing for line in drift_lines(one)),
    )


def drift_lines(result: PushResult) -> Iterator[str]:
    """What differs on a node, one thing a line: `p1 lacks  interface eth2 (in mpls ldp)`."""
    for command in result.plumbing:
        if batch := _BATCH.fullmatch(command):
            yield from (f"{result.node} needs ip {batch[2] or ''}{line}" for line in shlex.split(batch[1]))
        else:
            yield f"{result.node} needs {command}"
    for unified in (result.configuration, result.eigrp):
        block = ""
        for line in unified.splitlines():
            mark, text = line[:1], line[1:]
            if line.startswith(("---", "+++")):
                continue
            if mark == "@":
                block = line.rpartition("@@")[2].strip()
            elif text[:1] not in {" ", ""}:
                block = text
            if mark in "-+" and text.strip():
                where = f" (in {block})" if block not in {"", text} else ""
                yield f"{result.node} {'has' if mark == '-' else 'lacks'} {text.strip()}{where}"


def _failed(result: PushResult | None) -> bool:
    return result is not None and not result.ok
