"""`up`: bring a lab up, or a running one to its files, and verify it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.differences import print_failures
from orchestrator.commands.files import Files
from orchestrator.commands.reports import print_report
from orchestrator.commands.resolve import alone_with, wanted_lab
from orchestrator.commands.warn import warn_of_addresses, warn_of_sites, warn_of_unmanaged
from orchestrator.errors import ExitCode
from orchestrator.hosts.recipe import SUITES
from orchestrator.lifecycle.factory import pick_for
from orchestrator.lifecycle.failing import failed_in
from orchestrator.lifecycle.running import joined
from orchestrator.lifecycle.spreading import spread_over
from orchestrator.lifecycle.store import Store
from orchestrator.lifecycle.up import Request, up
from orchestrator.model.topology import Role
from orchestrator.terminal import PhaseLines, console, program

if TYPE_CHECKING:
    from orchestrator.lifecycle.up import Up
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options(Files):
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    wait: bool
    timeout: float
    format: str
    stage: str | None
    frr: str | None
    image: str | None
    guests: int | None
    bare: bool
    bundle: str | None
    with_secrets: bool
    sign: str | None


def run(options: Options, settings: Settings) -> int:
    """Bring it up; 4 if a node refuses its configuration, 1 if a check does not hold."""
    name = wanted_lab(options.lab, options.stage, settings).name
    with alone_with(name, "up", settings, wait=options.wait):
        return _bring_up(options, settings)


def _bring_up(options: Options, settings: Settings) -> int:
    lab = wanted_lab(options.lab, options.stage, settings)  # at the stage that it is at by now
    warn_of_sites(lab)
    host, runtime = pick_for(lab, options.host or "", options.runtime or "", settings)
    warn_of_addresses(lab, runtime)
    warn_of_unmanaged(lab, runtime)
    out = console(stderr=options.format == "json")
    watcher = PhaseLines(out)
    out.print(f"{lab.name}: host {host}, runtime {runtime}")
    request = Request(
        host,
        runtime,
        bare=options.bare,
        timeout=options.timeout,
        suite=SUITES[options.frr] if options.frr else settings.suite,
        image=options.image or settings.image,
        guests=spread_over(options.guests, host, runtime, settings),
    )
    try:
        done = up(lab, request, settings, watcher)
    finally:
        watcher.stop()
    if options.bundle:
        _keep(options, done, settings)
    return _print_up(options, done)


def _keep(options: Options, done: Up, settings: Settings) -> None:
    """What was seen at the end; of a lab that is not configured, what can be seen of it."""
    from orchestrator.commands.bundles import keep_after  # noqa: PLC0415 -- 150 ms
    from orchestrator.evidence.gather import look_of  # noqa: PLC0415

    with joined(done.placement, settings) as running:
        faults = failed_in(done.lab, Store.of(settings))
        seen = [look_of(done.report, done.lab, faults, "up")] if done.report else []
        keep_after(options, running, done.lab, seen)


def _print_up(options: Options, done: Up) -> int:
    out = console()
    if not all(result.ok for result in done.pushed.values()):
        print_failures(done.pushed)
        out.print(
            f"{done.lab.name} is up but not configured: "
            f"fix the files and say `l3vpn push {shlex.quote(options.lab)}`"
        )
        return ExitCode.NODE
    if done.report is not None:
        code = print_report(done.report, options)
        if code:
            return code
    if options.format == "table":
        _print_next(options.lab, done)
    return ExitCode.PROVEN


def _print_next(given: str, done: Up) -> None:
    name = shlex.quote(given)
    pe = next(node.name for node in done.lab.nodes if node.role is Role.PE)
    state = "up, nothing configured" if done.report is None else "up and proven"
    start = f"  {program()} "
    hints = (
        (f"shell {name} {pe}", "vtysh of a PE: show bgp ipv4 vpn"),
        (f"exec {name} {pe} -- ip -M route", "what the kernel switches"),
        (f"verify {name}", "prove it again"),
        (f"down {name}", "take it down"),
    )
    if done.report is None:
        hints = (hints[0], (f"push {name}", "configure it from its files"), *hints[2:])
    lines = "\n".join(f"{start}{command:<40} {what}" for command, what in hints)
    console().print(f"\n{done.lab.name} is {state} after {done.total:.1f} s. Try:\n{lines}")
