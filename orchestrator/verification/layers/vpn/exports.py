"""What a PE exports, as it shows it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.family import Family
from orchestrator.verification.kit.tables import is_own_export, vpn_table

if TYPE_CHECKING:
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
