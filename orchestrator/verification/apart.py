"""Sites that cannot reach each other, or cannot be seen to: reported before a lab starts."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING

from orchestrator.model.lans import EVERYTHING, holders
from orchestrator.protocols.registry import effective_lab
from orchestrator.routing.routes import Table
from orchestrator.verification.kit.wording import listed
from orchestrator.verification.pairs import are_joined, have_routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.document import Document
    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Site
    from orchestrator.model.mistakes import Mistake
    from orchestrator.routing.effective_lab import EffectiveLab


def sites_apart(lab: Lab, intent: Document) -> Iterator[Mistake]:
    """One line for each site and another whose prefixes it does not get, at the other.

    Args:
        lab: the lab, with nothing down.
        intent: what it was read from, for the lines.
    """
    healthy = effective_lab(lab)
    for here, there in permutations(lab.sites, 2):
        if are_joined(healthy, here, there) and (missing := _missing(healthy, here, there)):
            why, right = _reason(healthy, here, there, missing[0])
            what = f"site {here.name} gets no route to {listed(missing)} of site {there.name}: {why}"
            yield intent.mistake(("vpns", there.vpn, "sites", there.name), what, right)


def empty_sites(lab: Lab, intent: Document) -> Iterator[Mistake]:
    """One line for each site without a prefix, which nothing can be sent to; a transit site needs none."""
    for site in lab.sites:
        if not site.prefixes and not any(one.protocol.is_transit for one in site.attachments):
            what = f"site {site.name} has no prefixes: no packet can prove that it is reached"
            yield intent.mistake(("vpns", site.vpn, "sites", site.name), what, "give it one: prefixes: […]")


def idle_interconnects(lab: Lab, intent: Document) -> Iterator[Mistake]:
    """One line for each VPN that is said to cross to another provider and has sites at one alone."""
    for number, link in enumerate(lab.interconnects):
        for position, vpn in enumerate(link.vpns):
            at = {
                lab.provider_of(one.pe.node).name
                for site in lab.sites
                if site.vpn == vpn
                for one in site.attachments
            }
            if len(at) == 1:
                what = f"the interconnect at {link.a.end} is for VPN {vpn}, whose sites are all at {min(at)}"
                right = "nothing crosses: attach a site to the other provider, or leave it out"
                yield intent.mistake(("interconnects", number, "vpns", position), what, right)


def joined_by_default(lab: Lab, intent: Document) -> Iterator[Mistake]:
    """One line for each two VPNs that no route target joins, and whose sites a default route leads together.

    Both send what they have no other route for to a site that has routes to both.
    """
    if not any(EVERYTHING in site.prefixes for site in lab.sites):
        return
    healthy, known = effective_lab(lab), set[tuple[str, str]]()
    for here, there in combinations(lab.sites, 2):
        pair = here.vpn, there.vpn
        if here.vpn == there.vpn or pair in known or are_joined(healthy, here, there):
            continue
        if have_routes(healthy, here, there):
            known.add(pair)
            sites = f"sites {here.name} and {there.name} of VPNs {here.vpn} and {there.vpn}"
            what = f"{sites} reach each other by 0.0.0.0/0"
            right = "the site that has it has routes to both: give each VPN a way out of its own"
            yield intent.mistake(("vpns", there.vpn, "sites", there.name), what, right)


def _missing(lab: EffectiveLab, here: Site, there: Site) -> tuple[IpNetwork, ...]:
    """The prefixes of one site that packets from some CE of another do not get to."""
    ces = {one.ce.node for one in here.attachments}
    return tuple(
        prefix
        for prefix in there.prefixes
        for known in [holders(lab.lab, there.vpn, prefix)]
        if here not in known and not all(_reaches_one(lab, ce, prefix, known) for ce in ces)
    )


def _reaches_one(lab: EffectiveLab, ce: str, prefix: IpNetwork, known: tuple[Site, ...]) -> bool:
    """Whether packets from a CE to a prefix get to one of the sites that have it."""
    ends = {one.ce.node for site in known for one in site.attachments}
    return any(lab.journey(ce, prefix, end) is not None for end in ends)


def _reason(lab: EffectiveLab, here: Site, there: Site, prefix: IpNetwork) -> tuple[str, str]:
    """Why a site gets no route to a prefix of another, and how to fix it."""
    rivals = [site.name for site in lab.lab.sites if site != there and _overlaps(site, prefix)]
    tables = {Table(one.ce.node) for one in here.attachments} | {Table.at_pe(one) for one in here.attachments}
    if rivals and any(prefix in lab.routing[table] for table in tables):
        return f"{listed(rivals)} has it, too", "sites that reach each other need prefixes of their own"
    own = _as_numbers(here) & _as_numbers(there)
    if own:
        number = min(own)
        return (
            f"both have AS {number}, and BGP takes a path with its own AS number for a loop",
            "give one another asn, or both own-as: as-override",
        )
    return "no protocol brings it there", "`l3vpn trace` shows how far it comes"


def _overlaps(site: Site, prefix: IpNetwork) -> bool:
    return any(prefix.overlaps(one) for one in site.prefixes)


def _as_numbers(site: Site) -> frozenset[int]:
    dropped = (one.protocol.own_as_dropped for one in site.attachments)
    return frozenset(one for one in dropped if one is not None)
