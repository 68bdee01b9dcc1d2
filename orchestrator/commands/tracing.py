"""`trace`: the journey of a customer's route."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.commands.meaning import joined_lab, named_site, nearest
from orchestrator.commands.outcome import UsageError
from orchestrator.errors import ExitCode
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.terminal import console
from orchestrator.verification.journey.trace import trace, ways_of
from orchestrator.verification.report.journey import journey_to_json, journey_to_text

if TYPE_CHECKING:
    import argparse

    from orchestrator.model.lab import Lab, Site


def run_trace(given: argparse.Namespace) -> int:
    """Show how a customer's route travels from its site to the others, stage by stage, with the evidence.

    The way it is to take follows from the lab's intent; it is followed through what the nodes show until it
    is complete, or lost. One look, at the nodes on the way only. 0 if it is complete, 1 if it is lost.
    """
    with joined_lab(given) as running:
        lab = intent_of(given.lab, running.placement)
        site = named_site(lab, given.site)
        prefix = named_prefix(site, given.prefix)
        to = named_site(lab, given.to) if given.to else None
        ways = ways_of(lab, site, prefix, to)
        if not ways:
            raise UsageError(nowhere(lab, site, prefix, to))
        with fleet(running, lab) as sessions:
            found = trace(sessions, lab, site, prefix, ways)
    if given.format == "json":
        print(journey_to_json(found))
    else:
        console().print(journey_to_text(found))
    return ExitCode.PROVEN if found.complete else ExitCode.UNPROVEN


def named_prefix(site: Site, text: str) -> IPv4Network:
    """The prefix of a site that is meant: as it is written, or an address in it.

    Raises:
        UsageError: the site has no such prefix.
    """
    try:
        wanted = IPv4Network(text, strict=False)
    except ValueError:
        wanted = None
    for prefix in site.prefixes:
        if wanted is not None and wanted.subnet_of(prefix) and wanted.prefixlen in (prefix.prefixlen, 32):
            return prefix
    names = [str(prefix) for prefix in site.prefixes]
    hint = nearest(text, names) or f"it has {' '.join(names)}"
    raise UsageError(f"site '{site.name}' has no prefix '{text}': {hint}")


def nowhere(lab: Lab, site: Site, prefix: IPv4Network, to: Site | None) -> str:
    """Why nobody is to have a prefix: the route targets of the VRFs say."""
    exports = {str(rt) for one in site.attachments for rt in lab.vrf(one.pe.node, one.vrf).exports}
    said = f"{prefix} of {site.name} is exported with RT {', '.join(sorted(exports)) or 'none'}"
    if to is None:
        return f"no other site is to have {prefix} of {site.name}: {said}"
    if to == site:
        return f"{prefix} is {site.name}'s own: trace it to another site"
    imports = {str(rt) for one in to.attachments for rt in lab.vrf(one.pe.node, one.vrf).imports}
    return f"{to.name} is not to have it: {said}, and {to.name}'s VRF imports {', '.join(sorted(imports))}"
