"""`trace`: the journey of a customer's route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.bundles import keep
from orchestrator.commands.reports import print_journey
from orchestrator.commands.resolve import joined_lab
from orchestrator.evidence.gather import Remembered, unjudged
from orchestrator.lifecycle.failing import failed_in
from orchestrator.lifecycle.names import named_prefix, named_site
from orchestrator.lifecycle.observe import traced
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.lifecycle.store import Store

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
    bundle: str | None
    with_secrets: bool
    sign: str | None


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
        faults = failed_in(lab, Store.of(settings))
        with fleet(running, lab) as sessions:
            remembered = Remembered(sessions)
            found = traced(remembered, lab, site, prefix, to)
            title = f"trace {site.name} {prefix}"
            keep(options, running, sessions, lab, unjudged(remembered, lab, faults, title))
    return print_journey(found, options.format)
