"""When what was judged again had been judged first: a bundle's own report says so."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.check_id import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.verification.report.result import Report


@dataclass(frozen=True, slots=True)
class LayerBar:
    """What a layer came to; `converged` is None where it did not, or where nobody knows when."""

    layer: str
    counts: Mapping[Verdict, int]
    converged: float | None

    @property
    def checks(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


def timed(report: Report, first: str) -> Report:
    """A report with the times of the first one, as `verify --format json` printed it; "" for none."""
    try:
        document = json.loads(first or "{}")
        seconds = {one["id"]: float(one["seconds"]) for one in document["checks"]}
        whole = float(document["summary"]["seconds"])
    except (KeyError, OverflowError, RecursionError, TypeError, ValueError):
        whole, seconds = math.nan, {}
    if not all(0 <= one < math.inf for one in (whole, *seconds.values())):
        return replace(
            report, seconds=0.0, findings=tuple(replace(one, seconds=0.0) for one in report.findings)
        )
    findings = (replace(one, seconds=seconds.get(str(one.check.id), 0.0)) for one in report.findings)
    return replace(report, findings=tuple(findings), seconds=whole)


def layers(report: Report) -> tuple[LayerBar, ...]:
    """Those that have checks, the lowest first."""
    found = []
    for layer in Layer:
        findings = report.of(layer)
        if findings:
            counts = {verdict: sum(one.verdict is verdict for one in findings) for verdict in Verdict}
            held = report.seconds and all(one.holds for one in findings)
            found.append(
                LayerBar(layer.value, counts, max(one.seconds for one in findings) if held else None)
            )
    return tuple(found)
