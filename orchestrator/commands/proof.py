"""`verify`, and how a report is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.commands.meaning import joined_lab
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.terminal import console
from orchestrator.verify import verify
from orchestrator.verify.report.json import to_json
from orchestrator.verify.report.junit import to_junit
from orchestrator.verify.report.live import LiveProgress
from orchestrator.verify.report.table import to_table

if TYPE_CHECKING:
    import argparse

    from orchestrator.verify import Report


def run_verify(given: argparse.Namespace) -> int:
    """Prove a running lab from its intent; changes nothing."""
    err = console(stderr=True)
    with joined_lab(given) as running:
        lab = intent_of(given.lab, running.placement)
        with fleet(running, lab) as sessions, LiveProgress(err) as progress:
            report = verify(sessions, lab, timeout=given.timeout, progress=progress)
    return tell_report(given, report)


def tell_report(given: argparse.Namespace, report: Report) -> int:
    """Print a report, write the JUnit file if asked to, and say the exit code."""
    if given.junit:
        Path(given.junit).write_text(to_junit(report))
    if getattr(given, "format", "table") == "json":
        print(to_json(report))
    else:
        console().print(to_table(report))
    return report.exit_code
