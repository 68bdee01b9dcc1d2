"""The report in the Common Test Report Format (ctrf.io, 1.0.0): JSON that CI tools read, a test a check."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from orchestrator.verification.kit.check import Finding, Verdict
from orchestrator.verification.report.story import shares, story

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.verification.report.result import Report

_STATUS: Final = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.BLOCKED: "skipped",  # as in JUnit: what it stands on has failed
    Verdict.ERROR: "failed",  # CTRF knows no errors; `rawStatus` tells them from failures
}
_STATUSES: Final = ("passed", "failed", "skipped", "pending", "other")


def to_ctrf(report: Report, ended: float) -> str:
    """A test for each check, with lab and layer as its suites.

    Args:
        report: what was found.
        ended: when, in seconds since the epoch.
    """
    took = shares(report.findings)
    tests = [_test(report.lab, one, took[one.check.id]) for one in report.findings]
    return document(f"l3vpn verify {report.lab}", tests, ended - report.seconds, ended)


def document(name: str, tests: Sequence[Mapping[str, object]], started: float, ended: float) -> str:
    """A document of tests that each have what CTRF wants of one: `name`, `status` and `duration`."""
    statuses = [one["status"] for one in tests]
    summary: dict[str, int] = {
        "tests": len(tests),
        **{one: statuses.count(one) for one in _STATUSES},
        "start": milliseconds(started),
        "stop": milliseconds(ended),
    }
    results = {
        "tool": {"name": "l3vpn", "version": version("l3vpn-lab")},
        "summary": summary,
        "tests": tests,
        "environment": {"reportName": name},
    }
    return json.dumps({"reportFormat": "CTRF", "specVersion": "1.0.0", "results": results}, indent=2) + "\n"


def milliseconds(seconds: float) -> int:
    """As CTRF counts times."""
    return round(1000 * seconds)


def _test(lab: str, finding: Finding, took: float) -> Mapping[str, object]:
    test: dict[str, object] = {
        "name": str(finding.check.id),
        "status": _STATUS[finding.verdict],
        "duration": milliseconds(took),
        "suite": [lab, finding.check.layer.value],
        "rawStatus": finding.verdict.value,
        "tags": [finding.check.layer.value, finding.check.node],
    }
    if not finding.holds:
        test |= {"message": finding.observed, "trace": story(finding)}
    return test
