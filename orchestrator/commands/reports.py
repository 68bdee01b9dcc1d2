"""How the report of a verification is printed: for `up` and `verify`."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from orchestrator.terminal import console, program
from orchestrator.verification.report.json import to_json
from orchestrator.verification.report.junit import to_junit
from orchestrator.verification.report.table import to_table

if TYPE_CHECKING:
    from orchestrator.verification.report.result import Report


class Reporting(Protocol):
    """Options of a verb that reports."""

    @property
    def lab(self) -> str:
        """The lab, as it was called."""

    @property
    def junit(self) -> str | None:
        """The file of `--junit`."""

    @property
    def format(self) -> str:
        """`table` or `json`."""


def to_be_pasted(report: Report, given: str) -> Report:
    """The report with commands that can be pasted: the program and the lab as they were called."""
    short, real = f"l3vpn exec {report.lab} ", f"{program()} exec {shlex.quote(given)} "
    return replace(
        report,
        findings=tuple(
            replace(one, hint=one.hint.replace(short, real, 1)) if one.hint.startswith(short) else one
            for one in report.findings
        ),
    )


def tell_report(report: Report, options: Reporting) -> int:
    """Print a report, write the JUnit file if asked to, and say the exit code."""
    report = to_be_pasted(report, options.lab)
    if options.junit:
        Path(options.junit).write_text(to_junit(report))
    if options.format == "json":
        print(to_json(report))
    else:
        console().print(to_table(report), crop=False)
    return report.exit_code
