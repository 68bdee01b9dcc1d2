"""`doctor`, `status` and `list`: looking without changing anything."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.commands.meaning import state_store
from orchestrator.errors import ExitCode
from orchestrator.hosts.doctor import Verdict, diagnose
from orchestrator.hosts.machine import probe
from orchestrator.lifecycle.catalogue import entry
from orchestrator.lifecycle.drift import compared
from orchestrator.lifecycle.failing import failed_in, state_of, told_failed
from orchestrator.lifecycle.folders import known_labs
from orchestrator.lifecycle.running import find, fleet, intent_of, joined, looks
from orchestrator.runtimes.base import NodeState, RunningLab
from orchestrator.shipped import LABS
from orchestrator.terminal import console, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from orchestrator.fleet.push import PushResult
    from orchestrator.lifecycle.running import Running
    from orchestrator.lifecycle.store import Placement

_SHIPPED: Final = "shipped"


def run_doctor(given: argparse.Namespace) -> int:
    """What this machine has and lacks; 3 if no lab can run here."""
    found = diagnose(probe())
    code = ExitCode.PROVEN if found.host else ExitCode.MACHINE
    if given.format == "json":
        rows = [
            {
                "name": row.name,
                "has": row.has,
                "verdict": row.verdict.value,
                "note": row.note,
                "mend": row.mend,
                "blocks": sorted(row.blocks),
            }
            for row in found.rows
        ]
        picked = {"host": found.host, "runtime": found.runtime, "why": found.why}
        print(json.dumps({"rows": rows} | picked, indent=2))
        return code
    out = console()
    marks = {Verdict.GOOD: "ok", Verdict.NOTE: "-", Verdict.LACKS: "lacks"}
    out.print(
        table(
            ("", "what", "here", "note"),
            [(marks[row.verdict], row.name, row.has, row.note) for row in found.rows],
        )
    )
    mends = [(row.name, row.mend) for row in found.rows if row.mend]
    if mends:
        out.print("\nWhat would mend a lack:")
        out.print(table(("", ""), mends))
    place = f"host {found.host}, runtime {found.runtime}: " if found.host else ""
    out.print(f"\n{place}{found.why}", markup=False)
    return code


def run_status(given: argparse.Namespace) -> int:
    """Nodes of one lab, and whether they are as its files want; or of all labs that are up."""
    store = state_store()
    if given.lab is None:
        seen = list(looks(store))
        if given.format == "json":
            print(json.dumps([_status_json(placement, lab) for placement, lab in seen], indent=2))
        for placement, lab in seen if given.format == "table" else ():
            _tell_status(placement, lab)
        if not seen and given.format == "table":
            console().print("no lab is up")
        return ExitCode.PROVEN
    with joined(find(given.lab, store)) as running:
        wanted = _compared(given.lab, running)
    if given.format == "json":
        print(json.dumps(_status_json(running.placement, running.lab, wanted), indent=2))
    else:
        _tell_status(running.placement, running.lab, wanted)
    return ExitCode.PROVEN


def _compared(given: str, running: Running) -> dict[str, str]:
    """For each node that runs, whether its configuration is what the lab's files want."""
    lab = intent_of(given, running.placement)
    there = {node.name for node in running.lab.nodes if node.state is NodeState.RUNNING}
    faults = failed_in(lab, state_store())
    with fleet(running) as sessions:
        results = compared(sessions, lab, faults, but={node.name for node in lab.nodes} - there)
    lost = dict.fromkeys(state_of(faults).nodes_down, "lost")
    return lost | {name: _as_wanted(result) for name, result in results.items()}


def _as_wanted(result: PushResult) -> str:
    if result.failure is not None:
        return "unknown"
    return "differs" if result.differs else "as wanted"


def _tell_status(
    placement: Placement, lab: RunningLab | Exception, wanted: Mapping[str, str] | None = None
) -> None:
    out = console()
    stage = f", stage {placement.stage}" if placement.stage else ""
    out.print(
        f"{placement.lab}  {placement.folder}  host {placement.host}, runtime {placement.runtime}{stage}"
    )
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
    for fault in told_failed(placement, state_store()):
        out.print(f"failed: {fault}", markup=False)


def _age(since: datetime | None) -> str:
    """Hours, minutes and seconds, as FRR prints them."""
    if since is None:
        return "-"
    minutes, seconds = divmod(max(0, int((datetime.now(UTC) - since).total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def _status_json(
    placement: Placement, lab: RunningLab | Exception, wanted: Mapping[str, str] | None = None
) -> dict[str, object]:
    about: dict[str, object] = {
        "lab": placement.lab,
        "folder": placement.folder,
        "host": placement.host,
        "runtime": placement.runtime,
        "stage": placement.stage or None,
    }
    about["failed"] = list(told_failed(placement, state_store()))
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
    return about | {"nodes": nodes}


def run_list(given: argparse.Namespace) -> int:
    """The labs there are, what they are about, and which of them are up."""
    there = {folder.resolve(): name for name, folder in known_labs().items()}
    up = {Path(one.folder): (one, lab) for one, lab in looks(state_store())}
    labs = []
    for folder in sorted({*there, *up}):
        placement, lab = up.get(folder, (None, None))
        name = placement.lab if placement else there[folder]
        state = "-" if lab is None else "up" if isinstance(lab, RunningLab) else "broken"
        labs.append((name, state, placement.host if placement else "-", folder, entry(folder)))
    if given.format == "json":
        told = [
            {"lab": name, "state": state, "host": host, "folder": str(folder)} | asdict(about)
            for name, state, host, folder, about in labs
        ]
        print(json.dumps(told, indent=2))
        return ExitCode.PROVEN
    rows = [
        (
            name,
            state,
            host,
            " ".join(about.protocols) or "-",
            "-" if about.nodes is None else str(about.nodes),
            about.title or "-",
            _from_here(folder),
        )
        for name, state, host, folder, about in labs
    ]
    console().print(table(("lab", "state", "host", "PE-CE", "nodes", "title", "folder"), rows))
    if any(folder == _SHIPPED for *_, folder in rows):
        print(f"{_SHIPPED}: {LABS}")
    return ExitCode.PROVEN


def _from_here(folder: Path) -> str:
    """A folder as one would type it here; a lab that travels with the program needs none."""
    here = Path.cwd()
    if folder.is_relative_to(here):
        return str(folder.relative_to(here))
    return _SHIPPED if folder.parent == LABS else str(folder)
