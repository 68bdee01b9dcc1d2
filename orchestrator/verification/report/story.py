"""A finding in lines, and the time that is its own: what the reports for CI systems have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.verification.kit.check import Finding
    from orchestrator.verification.kit.check_id import CheckId


def story(finding: Finding) -> str:
    """What was claimed, expected and observed, why it matters, and where to look, a line each."""
    return "\n".join(
        f"{name}: {text}"
        for name, text in (
            ("check", finding.check.title),
            ("expected", finding.expected),
            ("observed", finding.observed),
            ("why", finding.why),
            ("look", finding.hint),
            ("evidence", "; ".join(finding.evidence)),
        )
        if text
    )


def shares(findings: Iterable[Finding]) -> Mapping[CheckId, float]:
    """By check, the seconds between the verdict before its own and its own.

    Checks are judged side by side, and readers add times up: all of them together are what the proof took.
    """
    found: dict[CheckId, float] = {}
    before = 0.0
    for finding in sorted(findings, key=lambda one: one.seconds):
        found[finding.check.id] = finding.seconds - before
        before = finding.seconds
    return found
