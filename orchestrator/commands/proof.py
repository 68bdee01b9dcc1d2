"""`verify`, and how a report is told."""

from __future__ import annotations

import shlex
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final, NoReturn

from rich.live import Live

from orchestrator.commands.apart import warn_of_sites_apart
from orchestrator.commands.meaning import joined_lab, named_place, staged, state_store
from orchestrator.commands.outcome import UsageError, complain
from orchestrator.errors import ExitCode
from orchestrator.faults.vocabulary import told
from orchestrator.lifecycle.drift import drift_beside
from orchestrator.lifecycle.failing import failed_in, state_of
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.terminal import console, program
from orchestrator.verification.forwarding.between import paths
from orchestrator.verification.forwarding.walk import walk_queries
from orchestrator.verification.kit.facts import CouldNotLook, Facts
from orchestrator.verification.looking import Lookout
from orchestrator.verification.report.json import to_json
from orchestrator.verification.report.junit import to_junit
from orchestrator.verification.report.live import LiveProgress
from orchestrator.verification.report.path import paths_to_json, paths_to_table
from orchestrator.verification.report.table import to_table
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from orchestrator.faults.vocabulary import Fault
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.model.lab import Lab
    from orchestrator.verification.report.result import Report


_BETWEEN_LOOKS: Final = 1.0  # seconds; nodes have other things to do than to answer


def run_verify(given: argparse.Namespace) -> int:
    """Prove a running lab from its intent, or show the path between two sites; changes nothing."""
    if given.path:
        return _run_path(given)
    err = console(stderr=True)
    with joined_lab(given) as running:
        lab = intent_of(given.lab, staged(given, running.placement))
        warn_of_sites_apart(lab)
        faults = _expected_faults(given, lab)
        if given.watch:
            with fleet(running, lab) as sessions:
                _watch(given, (as_failed(report, faults) for report in _looks(sessions, lab, faults)))
        timeout = 0.0 if given.once else given.timeout
        with fleet(running, lab) as sessions, LiveProgress(err) as progress:
            report = verify(sessions, lab, timeout=timeout, progress=progress, state=state_of(faults))
            report = replace(report, drift=drift_beside(sessions, lab, failed_in(lab, state_store()), report))
    return tell_report(given, as_failed(report, faults))


def _looks(sessions: Fleet, lab: Lab, faults: Iterable[Fault]) -> Iterator[Report]:
    """A look at everything after the other, without end."""
    while True:
        yield verify(sessions, lab, timeout=0, state=state_of(faults))
        Event().wait(_BETWEEN_LOOKS)


def _watch(given: argparse.Namespace, reports: Iterator[Report]) -> NoReturn:
    """Show each report in the last one's place; where there is no terminal, each that tells other things.

    Raises:
        KeyboardInterrupt: that is how a person ends it.
    """
    out = console()
    shown: tuple[tuple[object, ...], ...] = ()
    with Live(console=out, auto_refresh=False) if out.is_terminal else nullcontext() as live:
        while True:
            report = next(reports)
            if live is not None:
                live.update(to_table(to_be_pasted(given, report)), refresh=True)
                continue
            told_now = tuple((one.check.id, one.verdict) for one in report.findings)
            if told_now != shown:
                tell_report(given, report)
            shown = told_now


def _expected_faults(given: argparse.Namespace, lab: Lab) -> tuple[Fault, ...]:
    """What was failed on purpose, as far as it is to be reckoned with."""
    return () if given.healthy else failed_in(lab, state_store())


def as_failed(report: Report, faults: Iterable[Fault]) -> Report:
    """The report, saying what was failed on purpose."""
    return replace(report, failed=tuple(map(told, faults)))


def _run_path(given: argparse.Namespace) -> int:
    """Walk from one site to the other and back; 1 if packets are lost, or arrive where they are not to.

    What was failed on purpose is reckoned with, unless `--healthy` is given. Reads each node's FIB and LFIB
    once, side by side. Changes nothing, waits for nothing.
    """
    with joined_lab(given) as running:
        lab = intent_of(given.lab, staged(given, running.placement))
        a, b = (named_place(lab, name) for name in given.path)
        faults = _expected_faults(given, lab)
        if set(a.ces) & set(b.ces):
            raise UsageError(f"a path goes from one site to another, not from {a.name} to {b.name}")
        with fleet(running, lab) as sessions:
            facts = Facts(Lookout(sessions).look(walk_queries(lab)))
    try:
        state = state_of(faults)
        found = (*paths(lab, facts, a, b, state), *paths(lab, facts, b, a, state))
    except CouldNotLook as why:
        complain(str(why))
        return ExitCode.NODE
    failed = tuple(map(told, faults))
    if given.format == "json":
        print(paths_to_json(lab.name, found, failed))
    else:
        console().print(paths_to_table(found, failed))
    return ExitCode.PROVEN if all(path.as_intended for path in found) else ExitCode.UNPROVEN


def to_be_pasted(given: argparse.Namespace, report: Report) -> Report:
    """The report with commands that can be pasted: the program and the lab as they were called."""
    short, real = f"l3vpn exec {report.lab} ", f"{program()} exec {shlex.quote(given.lab)} "
    return replace(
        report,
        findings=tuple(
            replace(one, hint=one.hint.replace(short, real, 1)) if one.hint.startswith(short) else one
            for one in report.findings
        ),
    )


def tell_report(given: argparse.Namespace, report: Report) -> int:
    """Print a report, write the JUnit file if asked to, and say the exit code."""
    report = to_be_pasted(given, report)
    if given.junit:
        Path(given.junit).write_text(to_junit(report))
    if getattr(given, "format", "table") == "json":
        print(to_json(report))
    else:
        console().print(to_table(report), crop=False)
    return report.exit_code
