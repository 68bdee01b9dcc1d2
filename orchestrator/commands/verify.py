"""`verify`: verify a running lab from its intent, or show the path between two sites."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Final, NoReturn

from rich.live import Live

from orchestrator.commands.files import Files
from orchestrator.commands.packets import LinkPackets
from orchestrator.commands.reports import print_paths, print_report, to_be_pasted
from orchestrator.commands.resolve import joined_lab, staged
from orchestrator.commands.warn import warn_of_sites
from orchestrator.errors import UsageError
from orchestrator.lifecycle.failing import failed_in
from orchestrator.lifecycle.names import two_places
from orchestrator.lifecycle.observe import verified, walked
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.lifecycle.store import Store
from orchestrator.terminal import console
from orchestrator.verification.report.live import LiveStatus
from orchestrator.verification.report.table import to_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.lifecycle.running import LabOnHost
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings
    from orchestrator.verification.report.result import Report

_BETWEEN_LOOKS: Final = 1.0  # seconds; nodes have other things to do than to answer


@dataclass(frozen=True, slots=True)
class Options(Files):
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    timeout: float
    format: str
    stage: str | None
    path: Sequence[str] | None
    healthy: bool
    once: bool
    watch: bool
    bundle: str | None
    pcap: bool
    with_secrets: bool
    sign: str | None
    html: str | None


def run(options: Options, settings: Settings) -> int:
    """Verify it; changes nothing. 1 if a check does not hold."""
    if options.pcap and (options.path or options.watch):
        raise UsageError("--pcap is of a verification: not with --path or --watch")
    if options.path:
        return _run_path(options, options.path, settings)
    with joined_lab(options, settings) as running:
        lab = intent_of(options.lab, staged(running.placement, options.stage))
        warn_of_sites(lab)
        if options.watch:
            with fleet(running, lab) as sessions:
                _watch(options, _looks(sessions, lab, options, Store.of(settings)))
        failed = failed_in(lab, Store.of(settings))
        faults = () if options.healthy else failed
        timeout = 0.0 if options.once else options.timeout
        with fleet(running, lab) as sessions, LiveStatus(console(stderr=True)) as progress:
            with LinkPackets(sessions, lab) if options.pcap else nullcontext() as packets:
                report = verified(sessions, lab, faults, timeout=timeout, progress=progress, failed=failed)
            if options.bundle or options.html:
                _keep(options, running, sessions, lab, report, faults, packets.caught if packets else {})
    return print_report(report, options)


def _keep(  # noqa: PLR0913, PLR0917 -- all that there is to keep
    options: Options,
    running: LabOnHost,
    sessions: Fleet,
    lab: Lab,
    report: Report,
    faults: Iterable[Injection],
    packets: Mapping[str, bytes],
) -> None:
    # 150 ms, of no use to who only wants to know whether all holds.
    from orchestrator.commands.bundles import keep  # noqa: PLC0415
    from orchestrator.commands.pages import write_page  # noqa: PLC0415
    from orchestrator.evidence.gather import look_of  # noqa: PLC0415

    seen = replace(look_of(report, lab, faults, "verify"), packets=packets)
    keep(options, running, sessions, lab, seen)
    if options.html:
        write_page(options.html, running, sessions, lab, seen)


def _looks(sessions: Fleet, lab: Lab, options: Options, store: Store) -> Iterator[Report]:
    """A look at everything after the other, without end; what is failed meanwhile is expected, too."""
    while True:
        faults = () if options.healthy else failed_in(lab, store)
        yield verified(sessions, lab, faults, timeout=0)
        Event().wait(_BETWEEN_LOOKS)


def _watch(options: Options, reports: Iterator[Report]) -> NoReturn:
    """Show each report in the last one's place; where there is no terminal, each that differs from the last.

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
            announced_now = tuple((one.check.id, one.verdict) for one in report.findings)
            if announced_now != shown:
                print_report(report, options)
            shown = announced_now


def _run_path(options: Options, ends: Sequence[str], settings: Settings) -> int:
    """Walk from one site to the other and back; 1 if packets are lost, or arrive where they are not to.

    Injected faults are taken into account, unless `--healthy` is given. Reads each node's FIB and LFIB once,
    side by side. Changes nothing, waits for nothing.
    """
    from orchestrator.commands.bundles import keep  # noqa: PLC0415 -- as above
    from orchestrator.evidence.gather import Remembered, unjudged  # noqa: PLC0415

    with joined_lab(options, settings) as running:
        lab = intent_of(options.lab, staged(running.placement, options.stage))
        a, b = two_places(lab, *ends)
        faults = () if options.healthy else failed_in(lab, Store.of(settings))
        with fleet(running, lab) as sessions:
            remembered = Remembered(sessions)
            found = walked(remembered, lab, faults, a, b)
            title = f"verify --path {a.name} {b.name}"
            keep(options, running, sessions, lab, unjudged(remembered, lab, faults, title))
    return print_paths(lab.name, found, faults, options.format)
