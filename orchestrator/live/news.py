"""A moment as the browser is told it: plain values, which it shows as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.verification.kit.check import Verdict

if TYPE_CHECKING:
    from orchestrator.live.moment import Moment

_SHOWN: Final = 30


def news(moment: Moment) -> dict[str, object]:
    """What stands in an event.

    `number` is another one whenever the report is another one; `verdict` is `looking`, `holds`, `broken` or
    `gone`.
    """
    report = moment.report
    verdict = "looking" if report is None else "holds" if report.holds else "broken"
    counts = {} if report is None else {one.value: number for one, number in report.counts.items() if number}
    return {
        "number": moment.number,
        "at": moment.at,
        "verdict": "gone" if moment.trouble else verdict,
        "counts": counts,
        "holding": counts.get(Verdict.PASS.value, 0),
        "checks": 0 if report is None else len(report.findings),
        "seconds": 0 if report is None else round(report.seconds, 1),
        "busy": moment.busy,
        "trouble": moment.trouble,
        "failed": []
        if report is None
        else [
            {"what": what, "target": target}
            for what, target in zip(report.failed, moment.targets, strict=True)
        ],
        "log": [
            {"at": at, "kind": one.kind.value, "what": one.what, "seen": one.seen}
            for at, one in moment.newest_first[:_SHOWN]
        ],
    }
