"""The files that a verb writes beside what it prints: whole, or not at all."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.hosts.files import write_whole
from orchestrator.verification.report.ctrf import to_ctrf
from orchestrator.verification.report.junit import to_junit
from orchestrator.verification.report.markdown import to_markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.verification.report.result import Report


@dataclass(frozen=True, kw_only=True)  # no slots: `Options` may have another base that has them
class Files:
    """Options of a verb whose outcome goes to CI systems as well: a file for each, if wanted."""

    junit: str | None = None
    markdown: str | None = None
    ctrf: str | None = None

    def write(
        self, junit: Callable[[], str], markdown: Callable[[], str], ctrf: Callable[[float], str]
    ) -> None:
        """Write those that are wanted; CTRF is told the time, in seconds since the epoch."""
        if self.junit:
            put(self.junit, junit())
        if self.markdown:
            put(self.markdown, markdown())
        if self.ctrf:
            put(self.ctrf, ctrf(time.time()))

    def write_report(self, report: Report) -> None:
        """The report of a verification in those that are wanted."""
        self.write(
            lambda: to_junit(report),
            lambda: to_markdown(report),
            lambda now: to_ctrf(report, _seconds(report.seen_at, now)),
        )


def _seconds(at: str, now: float) -> float:
    """When a look was, as a bundle says; now, where it says nothing or no time."""
    try:
        return datetime.fromisoformat(at).timestamp() if at else now
    except (OSError, OverflowError, ValueError):
        return now


def put(file: str, text: str) -> None:
    """Put a text where somebody wants it; a pipe or a device is written to, and keeps its place."""
    place = Path(file)
    if place.exists() and not place.is_file():
        place.write_text(text, encoding="utf-8")
        return
    place = place.resolve()  # a link to a file stays one
    if place.exists() and not os.access(place.parent, os.W_OK):
        place.write_text(text, encoding="utf-8")  # where no second file may stand beside it
    else:
        write_whole(place, text)
