"""From checks and facts to findings: pure, in the order of the layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.verification.kit.check import Check, Finding, Verdict
from orchestrator.verification.kit.facts import CouldNotLook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.verification.kit.check_id import CheckId
    from orchestrator.verification.kit.facts import Facts


def judge(check: Check, facts: Facts, below: Mapping[CheckId, Finding], seconds: float = 0.0) -> Finding:
    """What becomes of one check.

    Args:
        check: whose `after` ids are all in `below`.
        facts: with an answer to each of its needs, unless what it stands on does not hold.
        below: the findings so far, by check id.
        seconds: since the verification started.
    """
    broken = next((below[one] for one in check.after if not below[one].holds), None)
    if broken is not None and not (check.unconditional and _is_disproved(check, facts)):
        return Finding(
            check,
            Verdict.BLOCKED,
            expected=check.title,
            observed=f"not judged: {foundation(broken, below).check.id} does not hold",
            why="What this stands on does not hold, so looking here would teach nothing.",
            hint=broken.hint,
            seconds=seconds,
        )
    evidence = tuple(map(str, check.queries))
    try:
        said = check.judge(facts)
    except CouldNotLook as lack:
        return Finding(
            check,
            Verdict.ERROR,
            expected=check.title,
            observed=f"could not look: {lack}",
            hint=check.hint,
            evidence=evidence,
            seconds=seconds,
        )
    return Finding(
        check,
        Verdict.PASS if said.holds else Verdict.FAIL,
        expected=said.expected,
        observed=said.observed,
        why="" if said.holds else said.why or check.why,
        hint="" if said.holds else said.hint or check.hint,
        evidence=evidence,
        seconds=seconds,
    )


def _is_disproved(check: Check, facts: Facts) -> bool:
    try:
        return not check.judge(facts).holds
    except CouldNotLook:
        return False


def foundation(broken: Finding, below: Mapping[CheckId, Finding]) -> Finding:
    """The lowest finding that does not hold under `broken`: what to fix first.

    What `broken` stood on may hold by now, when it has not been looked at since: then it is `broken` itself.
    """
    while broken.verdict is Verdict.BLOCKED:
        under = next((below[one] for one in broken.check.after if not below[one].holds), None)
        if under is None:
            break
        broken = under
    return broken


def ready(checks: Iterable[Check], findings: Mapping[CheckId, Finding]) -> tuple[Check, ...]:
    """The checks that nothing below holds back."""
    return tuple(check for check in checks if all(findings[one].holds for one in check.after))
