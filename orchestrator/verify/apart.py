"""Sites that route targets join and that get no routes to each other: told before a lab starts."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from orchestrator.model.pece import Bgp
from orchestrator.pece.held import Source, Table
from orchestrator.verify.pairs import are_joined, have_routes
from orchestrator.verify.state import LabInState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.document import Document
    from orchestrator.model.lab import Lab, Site
    from orchestrator.model.mistakes import Mistake


def sites_apart(lab: Lab, intent: Document) -> Iterator[Mistake]:
    """One line for each pair, at the second of its sites.

    Args:
        lab: the lab, with nothing down.
        intent: what it was read from, for the lines.
    """
    healthy = LabInState(lab)
    for one, other in combinations(lab.sites, 2):
        if are_joined(healthy, one, other) and not have_routes(healthy, one, other):
            why, right = _reason(healthy, one, other) or _reason(healthy, other, one) or _NO_WAY
            what = f"sites {one.name} and {other.name} have no routes to each other: {why}"
            yield intent.mistake(("vpns", other.vpn, "sites", other.name), what, right)


_NO_WAY = "no protocol brings the routes from one to the other", "`l3vpn trace` shows how far they come"


def _reason(lab: LabInState, here: Site, there: Site) -> tuple[str, str] | None:
    """Why one site does not get the other's routes, and what would mend it; None where that is not seen."""
    for attachment in here.attachments:
        held = lab.routing[Table.at_pe(attachment)]
        for prefix in there.prefixes:
            if (route := held.get(prefix)) is not None and prefix in here.prefixes:
                return f"both have {prefix}", "give each prefixes of its own"
            others = [
                site.name
                for site in lab.lab.sites
                if site != there and prefix in site.prefixes and route is not None
                if any(way.source in {Source.IMPORT, Source.PE_CE} for way in route.ways)
            ]
            if others:
                return f"{others[0]} has {prefix}, too, and is preferred", "give each prefixes of its own"
        spoken = attachment.protocol
        if isinstance(spoken, Bgp) and spoken.own_as is None and spoken.asn in _as_numbers(there):
            return (
                f"{here.name} takes routes with its own AS {spoken.asn} in the path for loops",
                "give one another asn, or both own-as: as-override",
            )
    return None


def _as_numbers(site: Site) -> frozenset[int]:
    spoken = (one.protocol for one in site.attachments)
    return frozenset(one.asn for one in spoken if isinstance(one, Bgp))
