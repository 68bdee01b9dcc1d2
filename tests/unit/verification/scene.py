"""Everything that the nodes of a lab say at one moment, and what the proof makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.state import HEALTHY
from orchestrator.verification.expect import expect
from orchestrator.verification.judging import judge
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import CouldNotLook, Facts, Query
from parsers.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.model.lab import Lab
    from orchestrator.model.state import State
    from orchestrator.verification.kit.check import Check, Finding


@dataclass(frozen=True, slots=True)
class Edit:
    """A change in what a node says: `old` must be there, and is replaced once."""

    node: str
    command: str
    old: str
    new: str

    def apply(self, text: str) -> str:
        assert self.old in text, f"{self.node} does not say {self.old!r} in {self.command}"
        return text.replace(self.old, self.new, 1)


@dataclass(frozen=True, slots=True)
class Scene:
    """The checks of a lab that show commands answer, with the outputs that they query."""

    checks: tuple[Check, ...]
    queries: Mapping[tuple[str, str], Query]
    outputs: Mapping[tuple[str, str], str]
    facts: Facts

    @classmethod
    def of(cls, lab: Lab, says: Callable[[str, str], str], state: State = HEALTHY) -> Scene:
        checks = tuple(check for check in expect(lab, state) if check.layer is not Layer.DATA)
        queries = {query.key: query for check in checks for query in check.queries}
        outputs = {key: says(*key) for key in queries}
        facts = Facts({key: _read(query, outputs[key]) for key, query in queries.items()})
        return cls(checks, queries, outputs, facts)

    def command(self, node: str, start: str) -> str:
        """The one command of a node that begins so."""
        (command,) = {command for name, command in self.queries if name == node and command.startswith(start)}
        return command

    def findings(self, *edits: Edit) -> Mapping[str, Finding]:
        """What the checks come to when nodes say something else."""
        changed: dict[tuple[str, str], str] = {}
        for edit in edits:
            key = edit.node, self.command(edit.node, edit.command)
            changed[key] = edit.apply(changed.get(key, self.outputs[key]))
        facts = self.facts.updated({key: _read(self.queries[key], text) for key, text in changed.items()})
        return {str(finding.check.id): finding for finding in judge_all(self.checks, facts)}


def _read(query: Query, output: str) -> object:
    try:
        return query.command.parse(output)
    except ParseError as error:
        return CouldNotLook(str(error))


def judge_all(checks: Sequence[Check], facts: Facts) -> tuple[Finding, ...]:
    """Findings for checks whose order puts each one behind what it stands on."""
    findings: dict[CheckId, Finding] = {}
    for check in checks:
        findings[check.id] = judge(check, facts, findings)
    return tuple(findings.values())
