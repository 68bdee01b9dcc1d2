"""`push`: send what differs from the lab's files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.configuring import configured
from orchestrator.commands.differences import print_differences, print_failures, print_json
from orchestrator.terminal import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    wait: bool
    format: str
    stage: str | None
    limit: Sequence[str]
    dry_run: bool


def run(options: Options, settings: Settings) -> int:
    """Send it; 4 if a node is not as it should be afterwards."""
    lab, results = configured(options, "push", settings, dry_run=options.dry_run)
    if options.format == "json":
        print_json(lab, results)
        return print_failures(results)
    print_differences(lab, results)
    changed = [result.node for result in results.values() if result.differs and result.ok]
    verb = "would change" if options.dry_run else "changed"
    if changed:
        console().print(f"{verb} {' '.join(changed)}")
    elif all(result.ok for result in results.values()):
        console().print("no difference")
    return print_failures(results)
