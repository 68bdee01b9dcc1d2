"""What the page shows of a node: its configuration, how it differs, and what it said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.errors import UsageError
from orchestrator.fleet.comparing import RUNNING
from orchestrator.model.topology import Role
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.check import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.judge import Case
    from orchestrator.model.lab import Site
    from orchestrator.verification.kit.check import Finding
    from orchestrator.verification.report.result import Report

_LONGEST: Final = 40_000  # characters of one answer: a browser is to stay quick


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node as it was at the last look, without keys and passwords.

    Attributes:
        at: when that was.
        ce: whether packets go from it to other sites.
        prefixes: of the sites that it is a CE of, each with its site.
        commands: to paste into a terminal.
        drift: how its configuration differs from the lab's files, one thing a line.
        findings: what does not hold there.
        running: FRR's configuration.
        tables: all else that it said, with what it was asked.
    """

    name: str
    role: str
    at: str
    ce: bool
    prefixes: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]
    drift: tuple[str, ...]
    findings: tuple[Finding, ...]
    running: str
    tables: tuple[tuple[str, str], ...]


def node_view(case: Case, report: Report, name: str, commands: Sequence[str]) -> NodeView:
    """A node of a look.

    Args:
        case: the look, without keys and passwords.
        report: its verification.
        name: of the node.
        commands: to paste.

    Raises:
        UsageError: the lab has no such node.
    """
    known = {one.name: one for one in case.lab.nodes}
    if name not in known:
        raise UsageError(f"lab '{case.lab.name}' has no node '{name}'")
    said = case.seen.answers.get(name, {})
    texts = {asked: _text(one) if isinstance(one, Transcript) else str(one) for asked, one in said.items()}
    wrong = {Verdict.FAIL, Verdict.ERROR}
    lines = report.drift.lines if report.drift else ()
    return NodeView(
        name,
        known[name].role.value,
        case.seen.at,
        known[name].role is Role.CE,
        tuple((one.name, str(prefix)) for one in case.lab.sites if _at(one, name) for prefix in one.prefixes),
        tuple(commands),
        tuple(line for line in lines if line.startswith(f"{name} ")),
        tuple(one for one in report.findings if one.check.node == name and one.verdict in wrong),
        texts.pop(RUNNING, ""),
        # What `show` says comes first: shell programs are ours, and long.
        tuple(sorted(texts.items(), key=lambda one: (not one[0].startswith("show "), one[0]))),
    )


def _at(site: Site, ce: str) -> bool:
    return any(one.ce.node == ce for one in site.attachments)


def _text(answer: Transcript) -> str:
    left = len(answer.output) - _LONGEST
    return answer.output if left <= 0 else f"{answer.output[:_LONGEST]}\n… and {left} characters more"
