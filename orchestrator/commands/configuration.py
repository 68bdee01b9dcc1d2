"""`push`, `diff` and `render`: what nodes are to be, and how they differ."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from orchestrator.commands.apart import warn_of_sites_apart
from orchestrator.commands.meaning import held_lab, named_nodes, staged, state_store, still_failed
from orchestrator.commands.outcome import UsageError, complain
from orchestrator.errors import ExitCode
from orchestrator.faults.doing import held_down
from orchestrator.fleet.push import push
from orchestrator.fleet.tally import owner, tally
from orchestrator.lifecycle.failing import failed_in, standing_nodes
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.machine import chosen_image
from orchestrator.lifecycle.proof import repair_imports
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.loading import load_lab
from orchestrator.protocols.registry import speaker_configuration
from orchestrator.render.frr import frr_configuration
from orchestrator.render.plumbing import plumbing
from orchestrator.render.quirks import UnknownFrrVersion
from orchestrator.runtimes.containerlab_plan import preview
from orchestrator.terminal import PhaseLines, console, diff_text, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.fleet.push import PushResult
    from orchestrator.fleet.tally import Tally
    from orchestrator.model.lab import Lab


def _bring(given: argparse.Namespace, *, dry_run: bool) -> tuple[Lab, dict[str, PushResult]]:
    """Push, or find out what a push would send; and what is wanted."""
    watcher = PhaseLines(console(stderr=given.format == "json"))
    with held_lab(given) as running:
        watcher.begin("compare" if dry_run else "push")
        placement = staged(given, running.placement)
        lab = intent_of(given.lab, placement)
        nodes = named_nodes(lab, given.limit)
        faults = failed_in(lab, state_store())
        standing = standing_nodes(lab, faults)
        if not dry_run:
            # Before anything is sent: a push that is cut off is finished by the next one.
            state_store().put(placement)
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
    return lab, results


def run_push(given: argparse.Namespace) -> int:
    """Send what differs; 4 if a node is not as it should be afterwards."""
    lab, results = _bring(given, dry_run=given.dry_run)
    if given.format == "json":
        _tell_json(lab, results)
        return tell_failures(results)
    _tell_differences(lab, results)
    changed = [result.node for result in results.values() if result.differs and result.ok]
    verb = "would change" if given.dry_run else "changed"
    if changed:
        console().print(f"{verb} {' '.join(changed)}")
    elif all(result.ok for result in results.values()):
        console().print("no difference")
    return tell_failures(results)


def run_diff(given: argparse.Namespace) -> int:
    """Show what a push would send; 1 if there is anything."""
    lab, results = _bring(given, dry_run=True)
    if given.format == "json":
        _tell_json(lab, results)
    else:
        _tell_differences(lab, results)
        if all(result.ok and not result.differs for result in results.values()):
            console().print("no difference")
    return tell_failures(results) or (
        ExitCode.UNPROVEN if any(result.differs for result in results.values()) else ExitCode.PROVEN
    )


def _tell_json(lab: Lab, results: Mapping[str, PushResult]) -> None:
    """By node: whose it is, what its kernel, FRR and EIGRP change, how many lines, and what failed."""
    sizes = {one.node: one for one in tally(lab, results.values())}
    nodes = [
        {
            "node": result.node,
            "owner": owner(lab, result.node),
            "added": sizes[result.node].added if result.node in sizes else 0,
            "removed": sizes[result.node].removed if result.node in sizes else 0,
            "kernel": list(result.plumbing),
            "frr": result.configuration,
            "eigrp": result.eigrp,
            "failure": str(result.failure) if result.failure else None,
        }
        for result in results.values()
    ]
    print(json.dumps(nodes, indent=2))


def _tell_differences(lab: Lab, results: Mapping[str, PushResult]) -> None:
    """The differences node by node, and how many lines change on whose routers."""
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
    sizes = tally(lab, results.values())
    if sizes:
        headings = ("changes at", "node", "lines", "", "kernel")
        out.print()
        out.print(table(headings, _sizes(sizes)))


def _sizes(sizes: Sequence[Tally]) -> Iterator[tuple[str, str, str, str, str]]:
    """A row for each node, and one for each owner of several."""
    for whose, ones in groupby(sizes, key=lambda one: one.owner):
        nodes = list(ones)
        if len(nodes) > 1:
            added, removed = sum(one.added for one in nodes), sum(one.removed for one in nodes)
            yield whose, f"{len(nodes)} nodes", f"+{added}", f"-{removed}", ""
        for one in nodes:
            name = whose if len(nodes) == 1 else ""
            yield name, one.node, f"+{one.added}", f"-{one.removed}", "too" if one.kernel else "-"


def tell_failures(results: Mapping[str, PushResult]) -> int:
    """One line on standard error per node that is not as it should be."""
    failed = [result for result in results.values() if result.failure is not None]
    for result in failed:
        said = str(result.failure)
        complain(said if said.startswith(f"{result.node}:") else f"{result.node}: {said}")
    return ExitCode.NODE if failed else ExitCode.PROVEN


def run_render(given: argparse.Namespace) -> int:
    """The configuration of a node, or of all, without a lab; or what containerlab would deploy."""
    lab = load_lab(lab_folder(given.lab), given.stage or "")
    warn_of_sites_apart(lab)
    if given.topology:
        print(preview(lab.topology, str(lab.folder), chosen_image()), end="")
        return ExitCode.PROVEN
    try:
        for name in named_nodes(lab, [given.node] if given.node else []):
            print(f"# {name}: Linux\n{plumbing(lab, name)}")
            print(f"! {name}: FRR {given.frr}\n{frr_configuration(lab, name, given.frr)}")
            if speaker := speaker_configuration(lab, name):
                print(f"! {name}: EIGRP\n{speaker}")
    except UnknownFrrVersion as error:
        raise UsageError(str(error)) from None
    return ExitCode.PROVEN
