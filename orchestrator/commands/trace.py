"""`trace`: the journey of a customer's route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.resolve import joined_lab
from orchestrator.errors import ExitCode
from orchestrator.lifecycle.names import named_prefix, named_site
from orchestrator.lifecycle.observe import traced
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.terminal import console
from orchestrator.verification.report.journey import journey_to_json, journey_to_text

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    format: str
    site: str
    prefix: str
    to: str | None


def run(options: Options, settings: Settings) -> int:
    """Show how a customer's route travels from its site to the others, stage by stage, with the evidence.

    The way it is to take follows from the lab's intent; it is followed through what the nodes show until it
    is complete, or lost. One look, at the nodes on the way only. 0 if it is complete, 1 if it is lost.
    """
    with joined_lab(options, settings) as running:
        lab = intent_of(options.lab, running.placement)
        site = named_site(lab, options.site)
        prefix = named_prefix(site, options.prefix)
        to = named_site(lab, options.to) if options.to else None
        with fleet(running, lab) as sessions:
            found = traced(sessions, lab, site, prefix, to)
    if options.format == "json":
        print(journey_to_json(found))
    else:
        console().print(journey_to_text(found))
    return ExitCode.PROVEN if found.complete else ExitCode.UNPROVEN
