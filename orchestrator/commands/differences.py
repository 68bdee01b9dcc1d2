"""How running nodes differ from a lab's files, found out or pushed, and printed: for `push` and `diff`."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from orchestrator.commands.exit_codes import complain
from orchestrator.commands.resolve import Changing, held_lab, staged, still_failed
from orchestrator.errors import ExitCode
from orchestrator.fleet.tally import owner, tally
from orchestrator.lifecycle.configure import configure
from orchestrator.lifecycle.failing import failed_in
from orchestrator.lifecycle.names import named_nodes
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.lifecycle.store import Store
from orchestrator.terminal import PhaseLines, console, diff_text, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.fleet.push import PushResult
    from orchestrator.fleet.tally import Tally
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings


class Configuring(Changing, Protocol):
    """Options of a verb that compares or configures nodes."""

    @property
    def format(self) -> str:
        """`table` or `json`."""

    @property
    def stage(self) -> str | None:
        """`--stage`."""

    @property
    def limit(self) -> Sequence[str]:
        """`--limit`: only these nodes; all if there are none."""


def configured(
    options: Configuring, verb: str, settings: Settings, *, dry_run: bool
) -> tuple[Lab, Mapping[str, PushResult]]:
    """Push, or find out what a push would send; and what is wanted."""
    watcher = PhaseLines(console(stderr=options.format == "json"))
    store = Store.of(settings)
    with held_lab(options, verb, settings) as running:
        watcher.begin("compare" if dry_run else "push")
        placement = staged(running.placement, options.stage)
        lab = intent_of(options.lab, placement)
        nodes = named_nodes(lab, options.limit)
        faults = failed_in(lab, store)
        if not dry_run:
            # Before anything is sent: a push that is cut off is finished by the next one.
            store.put(placement)
        try:
            with fleet(running, lab) as sessions:
                results = configure(sessions, lab, faults, watcher, nodes=nodes, dry_run=dry_run)
        finally:
            watcher.stop()
        if faults:
            watcher.say(still_failed(options.lab, faults))
    return lab, results


def tell_json(lab: Lab, results: Mapping[str, PushResult]) -> None:
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


def tell_differences(lab: Lab, results: Mapping[str, PushResult]) -> None:
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
