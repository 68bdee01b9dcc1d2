"""The report for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.verification.kit.check import Finding, Verdict

if TYPE_CHECKING:
    from orchestrator.verification.report.result import Report


def to_json(report: Report) -> str:
    """An object with `lab`, `stage`, `failed` (on purpose), `summary`, `pairs`, `configuration`, `checks`.

    `seen at` says when the nodes were asked (UTC), where a bundle is judged; it is null for a running lab.
    The summary is a count per verdict, `checks`, `seconds`, and `unchanged`: for how many seconds nothing
    had changed, if that ended the verification; else 0. Pairs are those of sites that are to reach each
    other: how many there are, how many were shown to, and which were not. The configuration says which
    nodes differ from their files, in what, and which could not be compared; it is null where nobody compared
    them.
    """
    summary: dict[str, int | float] = {verdict.value: report.counts[verdict] for verdict in Verdict}
    summary["checks"] = len(report.findings)
    summary["seconds"] = round(report.seconds, 3)
    summary["unchanged"] = round(report.unchanged, 3)
    document = {
        "lab": report.lab,
        "stage": report.stage or None,
        "seen at": report.seen_at or None,
        "failed": list(report.failed),
        "lost": list(report.lost),
        "summary": summary,
        "pairs": {
            "joined": len(report.pairs),
            "proven": sum(pair.proven for pair in report.pairs),
            "not proven": [[pair.here, pair.there] for pair in report.pairs if not pair.proven],
        },
        "configuration": _drift(report),
        "checks": [_check(finding) for finding in report.findings],
    }
    return json.dumps(document, indent=2)


def _drift(report: Report) -> dict[str, bool | list[str]] | None:
    drift = report.drift
    if drift is None:
        return None
    lists = {"differs": list(drift.differs), "unknown": list(drift.unknown), "lines": list(drift.lines)}
    return {"as wanted": not any(lists.values()), **lists}


def _check(finding: Finding) -> dict[str, str | float | list[str]]:
    return {
        "id": str(finding.check.id),
        "layer": finding.check.layer.value,
        "node": finding.check.node,
        "title": finding.check.title,
        "verdict": finding.verdict.value,
        "expected": finding.expected,
        "observed": finding.observed,
        "why": finding.why,
        "hint": finding.hint,
        "evidence": list(finding.evidence),
        "seconds": round(finding.seconds, 3),
    }
