"""A fault: what a hand does to a running lab, what verification must find, and what repairs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from orchestrator.faults.injections import vtysh
from orchestrator.scripts import script
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.report.table import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.verification.kit.check import Finding
    from orchestrator.verification.report.result import Report

__all__ = ["TABLES", "Fault", "started", "vtysh"]

# Where what should be there is not, nobody knows what else may be: other routes stand in for it.
TABLES = ("vpn.no-other-export.*", "vpn.vrf-table.*", "vpn.vpnv4-table.*", "vpn.ce-table.*", "data.barred.*")


def started(daemon: str) -> str:
    """Shell text: start an FRR daemon of a node; without configuration it is idle."""
    return f"{script('scripts/frr.sh')}start_daemon {daemon} </dev/null >/dev/null 2>&1\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        name: what a person would call it.
        break_it: by node, the root shell's commands that do it.
        fails: by pattern of check ids, the pattern of what these checks observe: all that match must FAIL.
        blocks: patterns of the checks that may be BLOCKED by it. All other checks of the lab must PASS.
        errors: like `fails`, for the checks that must come to ERROR.
        mend_it: by node, commands that undo by hand what the fault did behind the back of the configuration
            that `push` owns; empty where `push` alone must repair it.
        first: pattern of the id that is printed first, and so is to name what was changed; by default that is
            the first of `fails`.
        differs: pattern of the line that stands beside it and shows the drift of a node;
            empty where nothing is, or where what comes first names it.
        others: how many checks more may FAIL beside it.
        daemons: whether a daemon comes or goes, which a vtysh that was there before does not notice.
    """

    name: str
    break_it: Mapping[str, str]
    fails: Mapping[str, str]
    blocks: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    mend_it: Mapping[str, str] = field(default_factory=dict)
    first: str = ""
    differs: str = ""
    others: int = 2
    daemons: bool = False

    def unexplained(self, report: Report) -> tuple[str, ...]:
        """Where a report is not what the fault must lead to, one line each."""
        wanted = ((Verdict.FAIL, self.fails), (Verdict.ERROR, self.errors))
        missing = (line for verdict, symptoms in wanted for line in _missing(report, verdict, symptoms))
        foreseen = {
            Verdict.FAIL: tuple(self.fails),
            Verdict.ERROR: tuple(self.errors),
            Verdict.BLOCKED: self.blocks,
        }
        strange = (
            f"should hold: {_described(one)}"
            for one in report.findings
            if not one.holds and not _matches(one, foreseen[one.verdict])
        )
        return (*missing, *strange, *self._out_of_order(report))

    def _out_of_order(self, report: Report) -> Iterator[str]:
        """Whether the cause comes first, and little else beside it."""
        failing = [one for findings in folded(report) for one in findings]
        first = self.first or next(iter(self.fails))
        if failing and not _matches(failing[0], (first,)):
            yield f"should be reported first: {first}, and not {_described(failing[0])}"
        count = sum(one.verdict is Verdict.FAIL for one in failing)
        if count > 1 + self.others:
            yield f"{count} checks FAIL, no more than {1 + self.others} should"


def _missing(report: Report, verdict: Verdict, symptoms: Mapping[str, str]) -> Iterator[str]:
    for pattern, observed in symptoms.items():
        found = [one for one in report.findings if _matches(one, (pattern,))]
        if not found:
            yield f"there is no check {pattern}"
        for one in found:
            if one.verdict is not verdict or not fnmatchcase(one.observed, observed):
                yield f"should be {verdict.value} and observe '{observed}': {_described(one)}"


def _matches(finding: Finding, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(str(finding.check.id), pattern) for pattern in patterns)


def _described(finding: Finding) -> str:
    return f"{finding.verdict.value} {finding.check.id}: expected {finding.expected}; {finding.observed}"
