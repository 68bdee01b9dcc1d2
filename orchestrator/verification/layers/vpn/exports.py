"""What a PE exports, as it shows it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.family import Family
from orchestrator.verification.kit.check import Judgement
from orchestrator.verification.kit.tables import is_own_export, vpn_table
from orchestrator.verification.kit.wording import listed
from parsers.bgp import VPN_ROUTES

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import VpnPrefix
    from orchestrator.verification.kit.facts import Facts
    from parsers.bgp import VpnRoute


def own_export(facts: Facts, pe: str, rd: str, prefix: IpNetwork) -> VpnRoute | None:
    """What a PE exports; under an RD that it shares another PE's path may be better."""
    own = [
        one
        for one in facts.about(pe, vpn_table(Family.of(prefix)), rd_and_prefix, (rd, prefix))
        if is_own_export(one) and one.valid
    ]
    return min(own, key=lambda one: not one.best, default=None)


def rd_and_prefix(route: VpnRoute) -> tuple[str, IpNetwork]:
    """What tells VPN routes apart."""
    return route.rd, route.prefix


def communities(origin: VpnPrefix) -> list[str]:
    """The extended communities of an exported route: RTs and site of origin, which FRR prints alike."""
    marks = () if origin.site_of_origin is None else (str(origin.site_of_origin),)
    return sorted((*map(str, origin.vrf.exports), *marks))


def judge_unchanged(facts: Facts, *, node: str, origin: VpnPrefix, next_hop: IPv4Address) -> Judgement:
    """The best path of a speaker is as the PE exports it: next hop, route targets, label."""
    own = own_export(facts, origin.vrf.pe, str(origin.vrf.rd), origin.prefix)
    label = own.label if own is not None else None
    expected = f"next hop {next_hop}, RT {listed(communities(origin))}, label {label}"
    seen = [
        f"next hop {one.nexthop}, RT {listed(sorted(one.communities))}, label {one.label}"
        for one in facts.about(node, VPN_ROUTES, rd_and_prefix, (str(origin.vrf.rd), origin.prefix))
        if one.best
    ]
    return Judgement(label is not None and seen == [expected], expected, listed(seen, "no such route"))
