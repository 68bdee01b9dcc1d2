"""`status`: the nodes of a lab, or of all that are up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.text_map import text_map
from orchestrator.errors import ExitCode
from orchestrator.lifecycle import factory
from orchestrator.lifecycle.drift import compared
from orchestrator.lifecycle.failing import described_faults, failed_in, state_of
from orchestrator.lifecycle.running import find, fleet, intent_of, joined, looks
from orchestrator.lifecycle.store import Store
from orchestrator.model.topology import UNMANAGED
from orchestrator.runtimes.base import NodeState, RunningLab
from orchestrator.terminal import console, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.fleet.comparing import PushResult
    from orchestrator.lifecycle.running import LabOnHost
    from orchestrator.lifecycle.store import Placement
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings

_NO_MAP: Final = "no map in letters would show these links truly: l3vpn graph LAB -o map.svg"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str | None
    format: str


def run(options: Options, settings: Settings) -> int:
    """Nodes of one lab, and whether they are as its files want; or of all labs that are up."""
    if options.lab is None:
        return _run_all(options, settings)
    with joined(find(options.lab, settings), settings) as running:
        lab = intent_of(options.lab, running.placement)
        wanted = _compared(lab, running)
    failed = described_faults(running.placement, Store.of(settings))
    if options.format == "json":
        about = _status_json(running.placement, running.lab, failed, wanted)
        print(json.dumps(about | {UNMANAGED: list(lab.topology.unmanaged)}, indent=2))
    else:
        _print_status(running.placement, running.lab, failed, wanted)
        for name in lab.topology.unmanaged:
            console().print(f"{name}: {UNMANAGED}, left alone", markup=False)
        console().print(f"\n{text_map(lab) or _NO_MAP}", markup=False)
    return ExitCode.PROVEN


def _run_all(options: Options, settings: Settings) -> int:
    store = Store.of(settings)
    seen = [(placement, lab, described_faults(placement, store)) for placement, lab in looks(settings)]
    if options.format == "json":
        print(json.dumps([_status_json(*one) for one in seen], indent=2))
        return ExitCode.PROVEN
    for one in seen:
        _print_status(*one)
    if not seen:
        console().print("no lab is up")
    return ExitCode.PROVEN


def _compared(lab: Lab, running: LabOnHost) -> dict[str, str]:
    """For each node that runs, whether its configuration is what the lab's files want."""
    there = {node.name for node in running.lab.nodes if node.state is NodeState.RUNNING}
    faults = failed_in(lab, Store.of(running.settings))
    with fleet(running) as sessions:
        results = compared(sessions, lab, faults, but={node.name for node in lab.nodes} - there)
    lost = dict.fromkeys(state_of(faults).nodes_down, "lost")
    return lost | {name: _as_wanted(result) for name, result in results.items()}


def _as_wanted(result: PushResult) -> str:
    if result.failure is not None:
        return "unknown"
    return "differs" if result.differs else "as wanted"


def _print_status(
    placement: Placement,
    lab: RunningLab | Exception,
    failed: Iterable[str],
    wanted: Mapping[str, str] | None = None,
) -> None:
    out = console()
    stage = f", stage {placement.stage}" if placement.stage else ""
    where = f"host {factory.host_words(placement)}, runtime {placement.runtime}"
    out.print(f"{placement.lab}  {placement.folder}  {where}{stage}")
    if not isinstance(lab, RunningLab):
        out.print(f"  {lab}")
        return
    headings = ["node", "role", "address", "state", "for"]
    rows = [
        [node.name, node.role.value, str(node.address), node.state.value, _age(node.since)]
        for node in lab.nodes
    ]
    if wanted is not None:
        headings.append("configuration")
        rows = [[*row, wanted.get(row[0], "-")] for row in rows]
    out.print(table(headings, rows))
    for reason in lab.unreachable:
        out.print(f"unreachable: {reason}", markup=False)
    for fault in failed:
        out.print(f"failed: {fault}", markup=False)


def _age(since: datetime | None) -> str:
    """Hours, minutes and seconds, as FRR prints them."""
    if since is None:
        return "-"
    minutes, seconds = divmod(max(0, int((datetime.now(UTC) - since).total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def _status_json(
    placement: Placement,
    lab: RunningLab | Exception,
    failed: Iterable[str],
    wanted: Mapping[str, str] | None = None,
) -> dict[str, object]:
    about: dict[str, object] = {
        "lab": placement.lab,
        "folder": placement.folder,
        "host": placement.host,
        "runtime": placement.runtime,
        "guests": placement.guests,
        "stage": placement.stage or None,
    }
    about["failed"] = list(failed)
    if not isinstance(lab, RunningLab):
        return about | {"nodes": [], "problem": str(lab)}
    nodes: list[dict[str, str | None]] = [
        {
            "name": node.name,
            "role": node.role.value,
            "address": str(node.address),
            "state": node.state.value,
            "since": node.since.isoformat() if node.since else None,
        }
        for node in lab.nodes
    ]
    if wanted is not None:
        nodes = [node | {"configuration": wanted.get(str(node["name"]))} for node in nodes]
    if lab.unreachable:
        about["problem"] = "; ".join(lab.unreachable)
    return about | {"nodes": nodes}
