"""A fault: what a hand does to a running lab, what the proof must say of it, and what mends it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from orchestrator.verify import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.verify import Finding, Report


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        name: what a person would call it.
        break_it: by node, the root shell's commands that do it.
        fails: by pattern of check ids, the pattern of what these checks observe. All that match must FAIL.
        blocks: patterns of the checks that may be BLOCKED by it. All other checks of the lab must PASS.
        verdict: ERROR where the fault takes away the means to look.
        mend_it: by node, commands that undo it by hand, where the configuration that `push` owns is not
            touched by the fault; empty where `push` alone must mend it.
    """

    name: str
    break_it: Mapping[str, str]
    fails: Mapping[str, str]
    blocks: tuple[str, ...] = ()
    verdict: Verdict = Verdict.FAIL
    mend_it: Mapping[str, str] = field(default_factory=dict)

    def unexplained(self, report: Report) -> tuple[str, ...]:
        """Where a report is not what the fault must lead to, one line each."""
        return tuple(self._differences(report))

    def _differences(self, report: Report) -> Iterator[str]:
        for pattern, observed in self.fails.items():
            found = [one for one in report.findings if fnmatchcase(one.check.id, pattern)]
            if not found:
                yield f"there is no check {pattern}"
            for one in found:
                if one.verdict is not self.verdict or not fnmatchcase(one.observed, observed):
                    yield f"should be {self.verdict.value} and observe '{observed}': {_told(one)}"
        for one in report.findings:
            if not one.holds and not self._foreseen(one):
                yield f"should hold: {_told(one)}"

    def _foreseen(self, finding: Finding) -> bool:
        patterns = self.blocks if finding.verdict is Verdict.BLOCKED else self.fails
        return any(fnmatchcase(finding.check.id, pattern) for pattern in patterns)


def _told(finding: Finding) -> str:
    return f"{finding.verdict.value} {finding.check.id}: expected {finding.expected}; {finding.observed}"


def vtysh(*lines: str) -> str:
    """Configuration lines, entered one after the other; ends at one that FRR refuses."""
    return shlex.join(["vtysh", *(word for line in ("configure terminal", *lines) for word in ("-c", line))])
