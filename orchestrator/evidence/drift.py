"""Whether nodes are set as their files want, beside what the network does."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from orchestrator.fleet.comparing import PushResult, Target, compare, difference, state_commands
from orchestrator.verification.kit.answers import Transcript, Unreachable
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.report.result import Drift

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.model.lab import Lab
    from orchestrator.model.topology import Endpoint
    from orchestrator.verification.network import Network
    from orchestrator.verification.report.result import Report

_BATCH: Final = re.compile(r"printf '%s\\n' (.*) \| ip (-.* )?-batch -")


def unasked(report: Report) -> frozenset[str]:
    """The nodes that left a question of a verification open: they are not asked again."""
    return frozenset(one.check.node for one in report.findings if one.verdict is Verdict.ERROR)


def drift(lab: Lab, results: Mapping[str, PushResult], unknown: Iterable[str]) -> Drift:
    """What comparing nodes came to; `unknown` are those that were not compared."""
    differing = [one for one in results.values() if one.ok and one.differs]
    failed = {*unknown, *(one.node for one in results.values() if not one.ok)}
    return Drift(
        tuple(one.node for one in differing),
        tuple(node.name for node in lab.nodes if node.name in failed),
        tuple(line for one in differing for line in drift_lines(one)),
    )


def compared(
    network: Network, lab: Lab, nodes: Iterable[str], failed: frozenset[Endpoint]
) -> dict[str, PushResult]:
    """What a push would change on nodes, by what they say; interfaces that are `failed` stay down."""
    asked = {node: state_commands(lab, node) for node in nodes}
    answers = network.collect(asked)
    target = Target(lab, failed)
    return {
        node: _compared(target, node, {command: answers[node, command] for command in commands})
        for node, commands in asked.items()
    }


def _compared(target: Target, node: str, answers: Mapping[str, Transcript | Unreachable]) -> PushResult:
    seen: dict[str, tuple[str, int]] = {}
    for command, answer in answers.items():
        if isinstance(answer, Unreachable):
            return PushResult(node, failure=answer)
        seen[command] = answer.output, answer.status
    return difference(compare(seen, target, node), node)


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
