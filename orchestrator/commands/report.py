"""`report`: verify a running lab and show it as a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands import verify

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    timeout: float
    stage: str | None
    healthy: bool
    once: bool
    html: str


def run(options: Options, settings: Settings) -> int:
    """Verify it and write the page; 1 if a check does not hold."""
    return verify.run(
        verify.Options(
            lab=options.lab,
            host=options.host,
            runtime=options.runtime,
            timeout=options.timeout,
            format="table",
            stage=options.stage,
            path=None,
            healthy=options.healthy,
            once=options.once,
            watch=False,
            bundle=None,
            pcap=False,
            with_secrets=False,
            sign=None,
            html=options.html,
        ),
        settings,
    )
