"""`up` and `down`."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from orchestrator.commands.apart import warn_of_sites_apart
from orchestrator.commands.configuration import tell_failures
from orchestrator.commands.meaning import alone_with, state_store, wanted_lab, wanted_place
from orchestrator.commands.proof import tell_report
from orchestrator.errors import ExitCode
from orchestrator.hosts.recipe import SUITES
from orchestrator.lifecycle.down import take_down
from orchestrator.lifecycle.machine import chosen_image
from orchestrator.lifecycle.running import NotUp, find
from orchestrator.lifecycle.up import Wish, up
from orchestrator.model.topology import Role
from orchestrator.terminal import PhaseLines, console, program

if TYPE_CHECKING:
    import argparse

    from orchestrator.lifecycle.up import Up


def run_up(given: argparse.Namespace) -> int:
    """Bring a lab up, or a running one to its files, and prove it."""
    with alone_with(given, wanted_lab(given).name):
        return _bring_up(given)


def _bring_up(given: argparse.Namespace) -> int:
    lab = wanted_lab(given)  # at the stage that it is at by now
    warn_of_sites_apart(lab)
    host, runtime = wanted_place(given)
    out = console(stderr=given.format == "json")
    watcher = PhaseLines(out)
    out.print(f"{lab.name}: host {host}, runtime {runtime}")
    try:
        done = up(
            lab,
            Wish(
                host, runtime, given.bare, given.timeout, _suite(given), given.image or chosen_image() or ""
            ),
            state_store(),
            watcher,
        )
    finally:
        watcher.stop()
    return _tell_up(given, done)


def _suite(given: argparse.Namespace) -> str:
    """The Debian release of the nodes that is asked for; "" if none is."""
    return SUITES[given.frr] if given.frr else os.environ.get("L3VPN_SUITE", "")


def _tell_up(given: argparse.Namespace, done: Up) -> int:
    out = console()
    if not all(result.ok for result in done.pushed.values()):
        tell_failures(done.pushed)
        out.print(
            f"{done.lab.name} is up but not configured: "
            f"mend the files and say `l3vpn push {shlex.quote(given.lab)}`"
        )
        return ExitCode.NODE
    if done.report is not None:
        code = tell_report(given, done.report)
        if code:
            return code
    if given.format == "table":
        _tell_next(given, done)
    return ExitCode.PROVEN


def _tell_next(given: argparse.Namespace, done: Up) -> None:
    name = shlex.quote(given.lab)
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


def run_down(given: argparse.Namespace) -> int:
    """Take a lab down; no error if it is not up."""
    store = state_store()
    out = console()
    try:
        placement = find(given.lab, store)
    except NotUp:
        out.print(f"{given.lab} is not up")
        return ExitCode.PROVEN
    watcher = PhaseLines(out)
    watcher.begin("down")
    try:
        with alone_with(given, placement.lab):
            removed = take_down(placement, store, watcher.step, force=given.force)
    finally:
        watcher.stop()
    out.print(f"{placement.lab} is down" if removed else f"{placement.lab} was not up; what was left is gone")
    return ExitCode.PROVEN
