"""`compare`: what changed between two evidence bundles."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from orchestrator.errors import ExitCode
from orchestrator.evidence.compare import KINDS, changes
from orchestrator.evidence.judge import opened
from orchestrator.terminal import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.compare import Change
    from orchestrator.evidence.judge import Case
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    before: str
    after: str
    format: str


def run(options: Options, settings: Settings) -> int:
    """Print what changed from one bundle's last look to the other's; 1 if anything did."""
    del settings
    before, after = (opened(Path(one)) for one in (options.before, options.after))
    found = changes(before, after)
    if options.format == "json":
        looks = {"before": _about(before), "after": _about(after)}
        print(json.dumps({**looks, "changes": [asdict(one) for one in found]}, indent=2))
    else:
        _tell(found)
    return ExitCode.UNPROVEN if found else ExitCode.PROVEN


def _about(case: Case) -> dict[str, str]:
    seen = case.seen
    return {"lab": case.lab.name, "stage": seen.stage, "title": seen.title, "at": seen.at}


def _tell(found: Sequence[Change]) -> None:
    out = console()
    for (kind, node, table), ones in groupby(found, key=lambda one: (one.kind, one.node, one.table)):
        out.print(Text(" ".join(filter(None, (f"{kind}s", node, table))), "bold"))
        for one in ones:
            out.print(Text(f"  {one.name}"))
            out.print(Text(f"    was {one.before}", "red"))
            out.print(Text(f"    is  {one.after}", "green"))
    counts = ((kind, sum(one.kind == kind for one in found)) for kind in KINDS)
    said = ", ".join(f"{number} {kind}{'s' if number > 1 else ''}" for kind, number in counts if number)
    out.print(f"changed: {said}" if said else "no change")
