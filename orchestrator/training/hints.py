"""Hints from what the proof finds now, six levels, each giving away more than the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.training.diagnosis import LAYERS
from orchestrator.verification.kit.check import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

COSTS: Final = (1, 2, 3, 4, 6, 10)
"""Points, by level."""
NAMES: Final = (
    "who loses what",
    "the lowest broken layer",
    "the router",
    "what is wrong there",
    "where to look",
    "the configuration",
)


def failing(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What fails by itself, the lowest layer first; what only stands on it is left out.

    What could not be looked at counts where nothing fails: a busy node may answer late once.
    """
    wrong = tuple(one for one in findings if one.verdict is Verdict.FAIL)
    return wrong or tuple(one for one in findings if one.verdict is Verdict.ERROR)


def lowest_layer(findings: Sequence[Finding]) -> str:
    """The lowest layer in which a check fails by itself; "" if none does."""
    return next((one.check.layer.value for one in failing(findings)), "")


def hint(
    level: int, findings: Sequence[Finding], lost: Sequence[str], drift: Sequence[str]
) -> tuple[str, ...]:
    """The lines of a hint; none if there is nothing to give away any more.

    Args:
        level: from 1.
        findings: of a look at the lab as it is.
        lost: what customers lose now, a line each.
        drift: how nodes differ from what the lab wants, a line each, beginning with the node.
    """
    wrong = failing(findings)
    if level == 1:
        return tuple(lost) or ("No customer loses anything now.",)
    if not wrong and not drift:
        return ()
    if level == len(COSTS) or not wrong:
        return _configuration(wrong, drift)
    first = wrong[0]
    return (
        (f"Lowest broken layer: {first.check.layer.value}, {LAYERS[first.check.layer]}",),
        (f"Look at {first.check.node} first.",),
        (
            f"{first.check.id}: {first.check.title}",
            f"expected: {first.expected}",
            f"observed: {first.observed}",
            *((first.why,) if first.why else ()),
        ),
        (f"Type: {first.hint or f'l3vpn verify {first.check.node}'}",),
    )[level - 2]


def _configuration(wrong: Sequence[Finding], drift: Sequence[str]) -> tuple[str, ...]:
    """What differs on the router that was named, or anywhere: a fault need not be where it is first seen."""
    nodes = {one.check.node for one in wrong[:1]}
    there = tuple(line for line in drift if line.split(" ", 1)[0] in nodes)
    # What is lacking first: what there is too much of may be the learner's own way.
    told = sorted(there or drift, key=lambda line: line.split(" ", 2)[1] == "has")
    return tuple(told) or ("Nothing differs from the lab's files: look for what is down.",)
