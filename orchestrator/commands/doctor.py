"""`doctor`: what this machine has, what is missing, and how to fix it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import ExitCode, UsageError
from orchestrator.hosts.doctor import Verdict, diagnose
from orchestrator.hosts.machine import probe
from orchestrator.hosts.ssh import SCHEME
from orchestrator.lifecycle.ssh_doctor import diagnose_machines
from orchestrator.terminal import console, table

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    format: str
    host: str | None


def run(options: Options, settings: Settings) -> int:
    """What this machine has and lacks, or those that are reached by ssh; 3 if no lab can run there."""
    host = options.host or settings.host
    others = host.startswith(SCHEME)
    if options.host and not others:
        raise UsageError(
            f"--host {options.host}: without --host, this machine is looked at for all its hosts"
        )
    found = diagnose_machines(host, settings) if others else diagnose(probe(settings))
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
            ("", "what", "there" if others else "here", "note"),
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
