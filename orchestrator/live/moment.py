"""What is shown of a lab at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from orchestrator.live.changes import changes

if TYPE_CHECKING:
    from orchestrator.live.changes import Change, Memory
    from orchestrator.verification.report.result import Report

KEPT: Final = 200
"""So many changes are remembered."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The last verification, and what changed before it.

    Attributes:
        number: counts the verifications that said anything new.
        at: the time of day of the last look.
        report: None before the first one.
        log: what changed, the oldest first, each with the time of day.
        fresh: what of it the last look brought.
        busy: which other command is at work on the lab, and since when; "" for none.
        targets: what is failed on purpose, as `restore` is told.
        trouble: why the lab cannot be looked at; "" if it can.
    """

    number: int = 0
    at: str = ""
    report: Report | None = None
    log: tuple[tuple[str, Change], ...] = ()
    fresh: tuple[Change, ...] = ()
    busy: str = ""
    targets: tuple[str, ...] = ()
    trouble: str = ""
    memory: Memory | None = field(default=None, repr=False)

    @property
    def newest_first(self) -> tuple[tuple[str, Change], ...]:
        """What changed, look by look; in a look the causes come first."""
        looks = [list(ones) for _, ones in groupby(self.log, key=lambda one: one[0])]
        return tuple(one for ones in reversed(looks) for one in ones)

    def after(
        self, report: Report, at: str, now: float, busy: str = "", targets: tuple[str, ...] = ()
    ) -> Moment:
        """The moment of the next verification."""
        memory, found = changes(self.memory, report, now)
        log = (*self.log, *((at, one) for one in found))[-KEPT:]
        new = bool(found or self.trouble) or self.report is None or _said(report) != _said(self.report)
        return replace(
            self,
            number=self.number + new,
            at=at,
            report=report,
            log=log,
            fresh=found,
            busy=busy,
            targets=targets,
            trouble="",
            memory=memory,
        )

    def lost(self, why: str, at: str) -> Moment:
        """The moment at which the lab could not be looked at."""
        return replace(self, at=at, trouble=why, busy="", fresh=())


def _said(report: Report) -> tuple[object, ...]:
    findings = tuple(
        (one.check.id, one.verdict, "" if one.holds else one.observed) for one in report.findings
    )
    return report.stage, report.failed, report.drift, findings
