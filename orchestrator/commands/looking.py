"""`doctor`, `status` and `list`: looking without changing anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.commands.meaning import state_store
from orchestrator.commands.outcome import ExitCode
from orchestrator.hosts.base import HostError
from orchestrator.hosts.doctor import Verdict, diagnose
from orchestrator.hosts.machine import probe
from orchestrator.lifecycle.folders import known_labs
from orchestrator.lifecycle.running import NotUp, find, looks
from orchestrator.runtimes.base import RunningLab
from orchestrator.terminal import console, table

if TYPE_CHECKING:
    import argparse

    from orchestrator.lifecycle.store import Placement


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
    """Nodes of a lab, or of all that are up, with roles, addresses and states."""
    store = state_store()
    wanted = find(given.lab, store) if given.lab else None
    seen = [one for one in looks(store) if wanted in (None, one[0])]
    if wanted and isinstance(seen[0][1], HostError | NotUp):
        raise seen[0][1]
    if given.format == "json":
        labs = [_status_json(placement, lab) for placement, lab in seen]
        print(json.dumps(labs[0] if wanted else labs, indent=2))
        return ExitCode.PROVEN
    out = console()
    for placement, lab in seen:
        out.print(f"{placement.lab}  {placement.folder}  host {placement.host}, runtime {placement.runtime}")
        if isinstance(lab, RunningLab):
            rows = [(node.name, node.role.value, str(node.address), node.state.value) for node in lab.nodes]
            out.print(table(("node", "role", "address", "state"), rows))
        else:
            out.print(f"  {lab}")
    if not seen:
        out.print("no lab is up")
    return ExitCode.PROVEN


def _status_json(placement: Placement, lab: RunningLab | Exception) -> dict[str, object]:
    about: dict[str, object] = {
        "lab": placement.lab,
        "folder": placement.folder,
        "host": placement.host,
        "runtime": placement.runtime,
    }
    if not isinstance(lab, RunningLab):
        return about | {"nodes": [], "problem": str(lab)}
    return about | {
        "nodes": [
            {
                "name": node.name,
                "role": node.role.value,
                "address": str(node.address),
                "state": node.state.value,
            }
            for node in lab.nodes
        ]
    }


def run_list(given: argparse.Namespace) -> int:
    """The labs there are, and which of them are up."""
    there = {folder.resolve(): name for name, folder in known_labs().items()}
    up = {Path(one.folder): (one, lab) for one, lab in looks(state_store())}
    rows = []
    for folder in sorted({*there, *up}):
        placement, lab = up.get(folder, (None, None))
        name = placement.lab if placement else there[folder]
        state = "-" if lab is None else "up" if isinstance(lab, RunningLab) else "broken"
        rows.append((name, state, placement.host if placement else "-", str(folder)))
    if given.format == "json":
        keys = ("lab", "state", "host", "folder")
        print(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=2))
    else:
        console().print(table(("lab", "state", "host", "folder"), rows))
    return ExitCode.PROVEN
