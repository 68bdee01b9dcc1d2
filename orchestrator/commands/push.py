"""`push`: send what differs from the lab's files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.differences import configured, tell_differences, tell_failures, tell_json
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
        tell_json(lab, results)
        return tell_failures(results)
    tell_differences(lab, results)
    changed = [result.node for result in results.values() if result.differs and result.ok]
    verb = "would change" if options.dry_run else "changed"
    if changed:
        console().print(f"{verb} {' '.join(changed)}")
    elif all(result.ok for result in results.values()):
        console().print("no difference")
    return tell_failures(results)
