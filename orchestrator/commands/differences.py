"""How nodes differ from a lab's files, printed: for `push` and `diff`."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from orchestrator.commands.exit_codes import complain
from orchestrator.errors import ExitCode
from orchestrator.fleet.change_summary import owner, tally
from orchestrator.terminal import console, diff_text, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.fleet.change_summary import Tally
    from orchestrator.fleet.comparing import PushResult
    from orchestrator.model.lab import Lab


def print_json(lab: Lab, results: Mapping[str, PushResult]) -> None:
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


def print_differences(lab: Lab, results: Mapping[str, PushResult]) -> None:
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


def print_failures(results: Mapping[str, PushResult]) -> int:
    """One line on standard error per node that is not as it should be."""
    failed = [result for result in results.values() if result.failure is not None]
    for result in failed:
        said = str(result.failure)
        complain(said if said.startswith(f"{result.node}:") else f"{result.node}: {said}")
    return ExitCode.NODE if failed else ExitCode.PROVEN


def print_difference(lab: Lab, results: Mapping[str, PushResult], form: str) -> int:
    """Print what a push would send; the exit code: 1 if there is anything."""
    if form == "json":
        print_json(lab, results)
    else:
        print_differences(lab, results)
        if all(result.ok and not result.differs for result in results.values()):
            console().print("no difference")
    return print_failures(results) or (
        ExitCode.UNPROVEN if any(result.differs for result in results.values()) else ExitCode.PROVEN
    )
