"""`diff`: how nodes differ from the lab's files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.differences import configured, tell_differences, tell_failures, tell_json
from orchestrator.errors import ExitCode
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


def run(options: Options, settings: Settings) -> int:
    """Show what a push would send; 1 if there is anything."""
    lab, results = configured(options, "diff", settings, dry_run=True)
    if options.format == "json":
        tell_json(lab, results)
    else:
        tell_differences(lab, results)
        if all(result.ok and not result.differs for result in results.values()):
            console().print("no difference")
    return tell_failures(results) or (
        ExitCode.UNPROVEN if any(result.differs for result in results.values()) else ExitCode.PROVEN
    )
