"""`push`, `diff` and `render`: what nodes are to be, and how they differ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.commands.meaning import joined_lab, named_nodes, state_store, still_failed
from orchestrator.commands.outcome import ExitCode, UsageError, complain
from orchestrator.faults.doing import held_down
from orchestrator.fleet.push import push
from orchestrator.lifecycle.failing import failed_in, standing_nodes
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.machine import chosen_image
from orchestrator.lifecycle.proof import repair_imports
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.model.load import load_lab
from orchestrator.render.eigrp import eigrp_configuration
from orchestrator.render.frr import frr_configuration
from orchestrator.render.plumbing import plumbing
from orchestrator.render.quirks import UnknownFrrVersion
from orchestrator.runtimes.containerlab_plan import preview
from orchestrator.terminal import PhaseLines, console, diff_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from orchestrator.fleet.push import PushResult


def _bring(given: argparse.Namespace, *, dry_run: bool) -> dict[str, PushResult]:
    """Push, or find out what a push would send."""
    watcher = PhaseLines(console(stderr=given.format == "json"))
    watcher.begin("compare" if dry_run else "push")
    with joined_lab(given) as running, state_store().lock(running.lab.name):
        lab = intent_of(given.lab, running.placement)
        nodes = named_nodes(lab, given.limit)
        faults = failed_in(lab, state_store())
        standing = standing_nodes(lab, faults)
        try:
            with fleet(running, lab) as sessions:
                results = push(
                    sessions,
                    lab,
                    [node for node in nodes if node in standing],
                    dry_run=dry_run,
                    progress=watcher.node_step,
                    failed=held_down(faults),
                )
                if not dry_run and all(result.ok for result in results.values()):
                    repair_imports(sessions, lab, watcher.say)
        finally:
            watcher.stop()
        if faults:
            watcher.say(still_failed(given.lab, faults))
    return results


def run_push(given: argparse.Namespace) -> int:
    """Send what differs; 4 if a node is not as it should be afterwards."""
    results = _bring(given, dry_run=given.dry_run)
    if given.format == "json":
        _tell_json(results)
        return tell_failures(results)
    _tell_differences(results)
    changed = [result.node for result in results.values() if result.differs and result.ok]
    verb = "would change" if given.dry_run else "changed"
    if changed:
        console().print(f"{verb} {' '.join(changed)}")
    elif all(result.ok for result in results.values()):
        console().print("no difference")
    return tell_failures(results)


def run_diff(given: argparse.Namespace) -> int:
    """Show what a push would send; 1 if there is anything."""
    results = _bring(given, dry_run=True)
    if given.format == "json":
        _tell_json(results)
    else:
        _tell_differences(results)
    return tell_failures(results) or (
        ExitCode.UNPROVEN if any(result.differs for result in results.values()) else ExitCode.PROVEN
    )


def _tell_json(results: Mapping[str, PushResult]) -> None:
    """For each node the commands for its kernel, how FRR's and EIGRP's part differ, and what failed."""
    nodes = [
        {
            "node": result.node,
            "kernel": list(result.plumbing),
            "frr": result.configuration,
            "eigrp": result.eigrp,
            "failure": str(result.failure) if result.failure else None,
        }
        for result in results.values()
    ]
    print(json.dumps(nodes, indent=2))


def _tell_differences(results: Mapping[str, PushResult]) -> None:
    out = console()
    for result in results.values():
        if result.plumbing:
            out.print(f"{result.node}: kernel", style="bold")
            for command in result.plumbing:
                out.print(command.rstrip(), markup=False)
        if result.configuration:
            out.print(f"{result.node}: FRR", style="bold")
            out.print(diff_text(result.configuration))
        if result.eigrp:
            out.print(f"{result.node}: EIGRP", style="bold")
            out.print(diff_text(result.eigrp))


def tell_failures(results: Mapping[str, PushResult]) -> int:
    """One line on standard error per node that is not as it should be."""
    failed = [result for result in results.values() if result.failure is not None]
    for result in failed:
        said = str(result.failure)
        complain(said if said.startswith(f"{result.node}:") else f"{result.node}: {said}")
    return ExitCode.NODE if failed else ExitCode.PROVEN


def run_render(given: argparse.Namespace) -> int:
    """The configuration of a node, or of all, without a lab; or what containerlab would deploy."""
    lab = load_lab(lab_folder(given.lab))
    if given.topology:
        print(preview(lab.topology, str(lab.folder), chosen_image()), end="")
        return ExitCode.PROVEN
    try:
        for name in named_nodes(lab, [given.node] if given.node else []):
            print(f"# {name}: Linux\n{plumbing(lab, name)}")
            print(f"! {name}: FRR {given.frr}\n{frr_configuration(lab, name, given.frr)}")
            if speaker := eigrp_configuration(lab, name):
                print(f"! {name}: EIGRP\n{speaker}")
    except UnknownFrrVersion as error:
        raise UsageError(str(error)) from None
    return ExitCode.PROVEN
