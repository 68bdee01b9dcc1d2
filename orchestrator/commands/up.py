"""`up`: bring a lab up, or a running one to its files, and verify it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.differences import tell_failures
from orchestrator.commands.reports import tell_report
from orchestrator.commands.resolve import alone_with, wanted_lab
from orchestrator.commands.warn import warn_of_sites_apart
from orchestrator.errors import ExitCode
from orchestrator.hosts.recipe import SUITES
from orchestrator.lifecycle.factory import pick
from orchestrator.lifecycle.up import Request, up
from orchestrator.model.topology import Role
from orchestrator.terminal import PhaseLines, console, program

if TYPE_CHECKING:
    from orchestrator.lifecycle.up import Up
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    wait: bool
    timeout: float
    junit: str | None
    format: str
    stage: str | None
    frr: str | None
    image: str | None
    bare: bool


def run(options: Options, settings: Settings) -> int:
    """Bring it up; 4 if a node refuses its configuration, 1 if a check does not hold."""
    name = wanted_lab(options.lab, options.stage, settings).name
    with alone_with(name, "up", settings, wait=options.wait):
        return _bring_up(options, settings)


def _bring_up(options: Options, settings: Settings) -> int:
    lab = wanted_lab(options.lab, options.stage, settings)  # at the stage that it is at by now
    warn_of_sites_apart(lab)
    host, runtime = pick(options.host or "", options.runtime or "", settings)
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
    )
    try:
        done = up(lab, request, settings, watcher)
    finally:
        watcher.stop()
    return _tell_up(options, done)


def _tell_up(options: Options, done: Up) -> int:
    out = console()
    if not all(result.ok for result in done.pushed.values()):
        tell_failures(done.pushed)
        out.print(
            f"{done.lab.name} is up but not configured: "
            f"fix the files and say `l3vpn push {shlex.quote(options.lab)}`"
        )
        return ExitCode.NODE
    if done.report is not None:
        code = tell_report(done.report, options)
        if code:
            return code
    if options.format == "table":
        _tell_next(options.lab, done)
    return ExitCode.PROVEN


def _tell_next(given: str, done: Up) -> None:
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
