"""`diff`: how nodes differ from the lab's files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.configuring import configured
from orchestrator.commands.differences import print_difference

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
    return print_difference(lab, results, options.format)
