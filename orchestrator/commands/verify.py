"""`verify`: verify a running lab from its intent, or show the path between two sites."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final, NoReturn

from rich.live import Live

from orchestrator.commands.reports import tell_report, to_be_pasted
from orchestrator.commands.resolve import joined_lab, staged
from orchestrator.commands.warn import warn_of_sites_apart
from orchestrator.errors import ExitCode
from orchestrator.faults.injections import told
from orchestrator.lifecycle.failing import failed_in
from orchestrator.lifecycle.names import two_places
from orchestrator.lifecycle.observe import verified, walked
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.lifecycle.store import Store
from orchestrator.terminal import console
from orchestrator.verification.report.live import LiveProgress
from orchestrator.verification.report.path import paths_to_json, paths_to_table
from orchestrator.verification.report.table import to_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings
    from orchestrator.verification.report.result import Report

_BETWEEN_LOOKS: Final = 1.0  # seconds; nodes have other things to do than to answer


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    timeout: float
    junit: str | None
    format: str
    stage: str | None
    path: Sequence[str] | None
    healthy: bool
    once: bool
    watch: bool


def run(options: Options, settings: Settings) -> int:
    """Verify it; changes nothing. 1 if a check does not hold."""
    if options.path:
        return _run_path(options, options.path, settings)
    with joined_lab(options, settings) as running:
        lab = intent_of(options.lab, staged(running.placement, options.stage))
        warn_of_sites_apart(lab)
        failed = failed_in(lab, Store.of(settings))
        faults = () if options.healthy else failed
        if options.watch:
            with fleet(running, lab) as sessions:
                _watch(options, _looks(sessions, lab, faults))
        timeout = 0.0 if options.once else options.timeout
        with fleet(running, lab) as sessions, LiveProgress(console(stderr=True)) as progress:
            report = verified(sessions, lab, faults, timeout=timeout, progress=progress, failed=failed)
    return tell_report(report, options)


def _looks(sessions: Fleet, lab: Lab, faults: Sequence[Injection]) -> Iterator[Report]:
    """A look at everything after the other, without end."""
    while True:
        yield verified(sessions, lab, faults, timeout=0)
        Event().wait(_BETWEEN_LOOKS)


def _watch(options: Options, reports: Iterator[Report]) -> NoReturn:
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
                live.update(to_table(to_be_pasted(report, options.lab)), refresh=True)
                continue
            told_now = tuple((one.check.id, one.verdict) for one in report.findings)
            if told_now != shown:
                tell_report(report, options)
            shown = told_now


def _run_path(options: Options, ends: Sequence[str], settings: Settings) -> int:
    """Walk from one site to the other and back; 1 if packets are lost, or arrive where they are not to.

    Injected faults are taken into account, unless `--healthy` is given. Reads each node's FIB and LFIB once,
    side by side. Changes nothing, waits for nothing.
    """
    with joined_lab(options, settings) as running:
        lab = intent_of(options.lab, staged(running.placement, options.stage))
        a, b = two_places(lab, *ends)
        faults = () if options.healthy else failed_in(lab, Store.of(settings))
        with fleet(running, lab) as sessions:
            found = walked(sessions, lab, faults, a, b)
    failed = tuple(map(told, faults))
    if options.format == "json":
        print(paths_to_json(lab.name, found, failed))
    else:
        console().print(paths_to_table(found, failed))
    return ExitCode.PROVEN if all(path.as_intended for path in found) else ExitCode.UNPROVEN
