"""`verify --from`: judge a bundle again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.files import Files, put
from orchestrator.commands.offline.opening import Offline, case
from orchestrator.commands.reports import print_paths, print_report
from orchestrator.diagrams.annotations import positions, positions_in
from orchestrator.lifecycle.names import two_places
from orchestrator.page.page import page
from orchestrator.page.times import timed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Offline, Files):
    """What the command line said."""

    format: str
    stage: str | None
    path: Sequence[str] | None
    healthy: bool
    html: str | None

    @property
    def lab(self) -> str:
        """The lab, as it is to be called in messages: there is none but the bundle."""
        return ""


def run(options: Options, settings: Settings) -> int:
    """Judge it, or show the path between two sites, as if the lab were up; 1 if not all is as intended."""
    del settings
    there = case(options, options.stage, public=bool(options.html))
    if options.path:
        a, b = two_places(there.lab, *options.path)
        found = there.paths(a, b, healthy=options.healthy)
        return print_paths(there.lab.name, found, () if options.healthy else there.faults, options.format)
    report = timed(there.report(healthy=options.healthy), there.seen.report)
    if options.html:
        placed = positions(there.lab) if options.other else positions_in(there.bundle.files, there.lab)
        put(options.html, page(there, report, placed))
    return print_report(report, options)
