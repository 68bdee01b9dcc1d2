"""How the report of a verification is printed: for `up` and `verify`."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from orchestrator.errors import ExitCode
from orchestrator.faults.injections import described
from orchestrator.terminal import console, program
from orchestrator.verification.report.journey import journey_to_json, journey_to_text
from orchestrator.verification.report.json import to_json
from orchestrator.verification.report.path import paths_to_json, paths_to_table
from orchestrator.verification.report.table import to_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.faults.injections import Injection
    from orchestrator.verification.forwarding.between import Path as ForwardingPath
    from orchestrator.verification.journey.stage import Journey
    from orchestrator.verification.report.result import Report


class Reporting(Protocol):
    """Options of a verb that reports."""

    @property
    def lab(self) -> str:
        """The lab, as it was called."""

    @property
    def format(self) -> str:
        """`table` or `json`."""

    def write_report(self, report: Report) -> None:
        """Write the files for CI that are wanted."""


def to_be_pasted(report: Report, given: str) -> Report:
    """The report with commands that can be pasted: the program and the lab as they were called, if it was."""
    short, real = f"l3vpn exec {report.lab} ", f"{program()} exec {shlex.quote(given or report.lab)} "
    return replace(
        report,
        findings=tuple(
            replace(one, hint=one.hint.replace(short, real, 1)) if one.hint.startswith(short) else one
            for one in report.findings
        ),
    )


def print_report(report: Report, options: Reporting) -> int:
    """Print a report, write the files for CI that are wanted, and say the exit code."""
    report = to_be_pasted(report, options.lab)
    options.write_report(report)
    if options.format == "json":
        print(to_json(report))
    else:
        console().print(to_table(report), crop=False)
    return report.exit_code


def print_paths(lab: str, found: Sequence[ForwardingPath], faults: Iterable[Injection], form: str) -> int:
    """Print the paths between two sites, and say the exit code: 1 if packets are lost, or arrive astray."""
    failed = tuple(map(described, faults))
    if form == "json":
        print(paths_to_json(lab, found, failed))
    else:
        console().print(paths_to_table(found, failed))
    return ExitCode.PROVEN if all(path.as_intended for path in found) else ExitCode.UNPROVEN


def print_journey(found: Journey, form: str) -> int:
    """Print how a route travelled, and say the exit code: 1 if it is lost on one of its ways."""
    if form == "json":
        print(journey_to_json(found))
    else:
        console().print(journey_to_text(found))
    return ExitCode.PROVEN if found.complete else ExitCode.UNPROVEN
