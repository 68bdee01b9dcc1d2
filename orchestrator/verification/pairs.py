"""Pairs of sites: those that the intent joins, and which of them probes have shown to reach each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, permutations
from typing import TYPE_CHECKING

from orchestrator.model.lans import is_shared
from orchestrator.protocols.registry import effective_lab
from orchestrator.verification.layers.data import BETWEEN_SITES, may_talk, places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Lab, Site
    from orchestrator.model.state import State
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Finding
    from orchestrator.verification.kit.probes import Probe


@dataclass(frozen=True, slots=True)
class SitePair:
    """A site and another one that it is to reach.

    Attributes:
        here: the site that sends.
        there: the site that is to get it, and to answer.
        proven: probes between all their prefixes arrived and were answered.
    """

    here: str
    there: str
    proven: bool

    def __str__(self) -> str:
        return f"{self.here} - {self.there}"


def site_pairs(lab: Lab, findings: Iterable[Finding]) -> tuple[SitePair, ...]:
    """Every ordered pair of sites that are to reach each other with nothing down, and whether it is proven.

    Which there are is counted from the intent alone. One is proven when probes went from every prefix of the
    one site to every prefix of the other, and all of the pair's probes hold.
    """
    sites = {one.ce.node: site for site in lab.sites for one in site.attachments}
    sent: dict[tuple[Site, Site], list[tuple[Probe, bool]]] = {}
    for finding in findings:
        for probe in finding.check.probes:
            if probe.target is not None and finding.check.id.kind in BETWEEN_SITES:
                pair = sites[probe.ce], sites[probe.target]
                sent.setdefault(pair, []).append((probe, finding.holds))
    return tuple(
        SitePair(here.name, there.name, _is_proven(lab, here, there, sent.get((here, there), ())))
        for here, there in joined(lab)
    )


def _is_proven(lab: Lab, here: Site, there: Site, sent: Sequence[tuple[Probe, bool]]) -> bool:
    ends = ((_prefix_of(here, probe.source), _prefix_of(there, probe.destination)) for probe, _ in sent)
    between = {end for end in ends if None not in end}
    mine, others = (sum(not is_shared(lab, one, net) for net in one.prefixes) for one in (here, there))
    wanted = mine * others
    return bool(sent) and all(holds for _, holds in sent) and len(between) == wanted


def _prefix_of(site: Site, address: IpAddress) -> IpNetwork | None:
    around = (one for one in site.prefixes if address in one)
    return max(around, key=lambda one: one.prefixlen, default=None)


def lost_pairs(lab: Lab, state: State) -> tuple[str, ...]:
    """Sites that reach each other with nothing down and do not with what is down: what that has cost."""
    healthy, now = effective_lab(lab), effective_lab(lab, state)
    return tuple(
        f"{here.name} - {there.name}"
        for here, there in combinations(lab.sites, 2)
        if have_routes(healthy, here, there) and not have_routes(now, here, there)
    )


def joined(lab: Lab) -> Iterator[tuple[Site, Site]]:
    """The ordered pairs of sites that are to reach each other with nothing down.

    That is so where route targets bring each the other's routes, or a third site of the VPN carries their
    traffic, as a hub does.
    """
    healthy = effective_lab(lab)
    for here, there in permutations(lab.sites, 2):
        if are_joined(healthy, here, there) or (here.vpn == there.vpn and have_routes(healthy, here, there)):
            yield here, there


def are_joined(lab: EffectiveLab, here: Site, there: Site) -> bool:
    """Whether route targets bring each of two sites the other's routes, and both can advertise theirs."""
    ends = [tuple(one for one in site.attachments if lab.exchanges(one)) for site in (here, there)]
    return lab.imports_at(*ends) and lab.imports_at(*ends[::-1])


def have_routes(lab: EffectiveLab, here: Site, there: Site) -> bool:
    """Whether a CE of one site and a CE of the other have routes to each other."""
    mine, others = (tuple(one for one in places(lab) if one.site == site) for site in (here, there))
    return any(may_talk(lab, one, other) for one in mine for other in others)
