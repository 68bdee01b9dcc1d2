"""`report --from`: what a bundle has, as a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.offline import verify
from orchestrator.commands.offline.opening import Offline

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Offline):
    """What the command line said."""

    stage: str | None
    healthy: bool
    html: str


def run(options: Options, settings: Settings) -> int:
    """Judge it and write the page; 1 if a check does not hold."""
    return verify.run(
        verify.Options(
            source=options.source,
            other=options.other,
            look=options.look,
            signed_by=options.signed_by,
            format="table",
            stage=options.stage,
            path=None,
            healthy=options.healthy,
            html=options.html,
        ),
        settings,
    )
