"""`doctor`: what this machine has, what is missing, and how to fix it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import ExitCode, UsageError
from orchestrator.hosts.cluster_doctor import diagnose_cluster
from orchestrator.hosts.doctor import Verdict, diagnose
from orchestrator.hosts.kubectl import SCHEME as K8S
from orchestrator.hosts.machine import probe
from orchestrator.lifecycle.factory import ELSEWHERE, namespace
from orchestrator.lifecycle.ssh_doctor import diagnose_machines
from orchestrator.terminal import console, table

if TYPE_CHECKING:
    from orchestrator.hosts.doctor import Diagnosis
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    format: str
    host: str | None


def run(options: Options, settings: Settings) -> int:
    """What this machine has and lacks, or those elsewhere, or a cluster; 3 if no lab can run there."""
    host = options.host or settings.host
    others = host.startswith(ELSEWHERE)
    if options.host and not others:
        raise UsageError(
            f"--host {options.host}: without --host, this machine is looked at for all its hosts"
        )
    found = _look(host, settings)
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


def _look(host: str, settings: Settings) -> Diagnosis:
    if host.startswith(K8S):
        return diagnose_cluster(namespace(host))
    return diagnose_machines(host, settings) if host.startswith(ELSEWHERE) else diagnose(probe(settings))
