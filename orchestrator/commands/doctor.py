"""`doctor`: what this machine has, what is missing, and how to fix it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import ExitCode
from orchestrator.hosts.doctor import Verdict, diagnose
from orchestrator.hosts.machine import probe
from orchestrator.terminal import console, table

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    format: str


def run(options: Options, settings: Settings) -> int:
    """What this machine has and lacks; 3 if no lab can run here."""
    found = diagnose(probe(settings))
    code = ExitCode.PROVEN if found.host else ExitCode.MACHINE
    if options.format == "json":
        rows = [
            {
                "name": row.name,
                "has": row.has,
                "verdict": row.verdict.value,
                "note": row.note,
                "fix": row.fix,
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
    fixes = [(row.name, row.fix) for row in found.rows if row.fix]
    if fixes:
        out.print("\nHow to fix what is missing:")
        out.print(table(("", ""), fixes))
    place = f"host {found.host}, runtime {found.runtime}: " if found.host else ""
    out.print(f"\n{place}{found.why}", markup=False)
    return code
