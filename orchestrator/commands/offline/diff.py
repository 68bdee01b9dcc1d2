"""`diff --from`: how nodes differed from a lab's files when a bundle was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.differences import print_difference
from orchestrator.commands.offline.opening import Offline, case
from orchestrator.lifecycle.names import named_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Offline):
    """What the command line said."""

    format: str
    stage: str | None
    limit: Sequence[str]


def run(options: Options, settings: Settings) -> int:
    """Show what a push would have sent; 1 if there is anything."""
    del settings
    there = case(options, options.stage)
    named = set(named_nodes(there.lab, options.limit))
    return print_difference(
        there.lab, there.differences([one for one in there.standing if one in named]), options.format
    )
