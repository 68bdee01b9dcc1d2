"""`trace --from`: the journey of a customer's route when a bundle was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.offline.opening import Offline, case
from orchestrator.commands.reports import print_journey
from orchestrator.errors import UsageError
from orchestrator.lifecycle.names import named_prefix, named_site, no_route

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Offline):
    """What the command line said."""

    format: str
    site: str
    prefix: str
    to: str | None


def run(options: Options, settings: Settings) -> int:
    """Show how a route had travelled; 1 if it was lost."""
    del settings
    there = case(options)
    site = named_site(there.lab, options.site)
    prefix = named_prefix(site, options.prefix)
    to = named_site(there.lab, options.to) if options.to else None
    found = there.journey(site, prefix, to)
    if found is None:
        raise UsageError(no_route(there.lab, site, prefix, to))
    return print_journey(found, options.format)
