"""Detecting FRR's lost imports: a start-up race of FRR 10.3 to 10.7 (FRR issue 22239)."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from orchestrator.model.family import Family
from orchestrator.verification.kit.facts import CouldNotLook, Query
from orchestrator.verification.kit.tables import is_own_export, routes_in
from parsers import DEFAULT_VRF
from parsers.bgp import VPN_ROUTES
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.verification.kit.facts import Facts


def lost_import_queries(lab: Lab) -> tuple[Query, ...]:
    """What `lost_imports` reads."""
    return tuple(
        Query(pe, command)
        for pe in dict.fromkeys(vrf.pe for vrf in lab.vrfs)
        for command in (VPN_ROUTES, ROUTES)
    )


def lost_imports(lab: Lab, facts: Facts) -> tuple[Vrf, ...]:
    """The VRFs that lack a route which is in their PE's VPNv4 table under an RT that they import.

    Re-entering the VRF's `rt vpn` repairs them. A route whose next hop cannot be reached is rightly not
    imported: of a PE that died, BGP's table has routes until its hold time is over. A PE that could not be
    looked at has none.
    """
    return tuple(vrf for vrf in lab.vrfs if _lacks_some(vrf, facts))


def _lacks_some(vrf: Vrf, facts: Facts) -> bool:
    imports = {str(target) for target in vrf.imports}
    try:
        reachable = {route.prefix for route in routes_in(facts, vrf.pe, DEFAULT_VRF, Family.IPV4)}
        importable = {
            route.prefix
            for route in facts.of(vrf.pe, VPN_ROUTES)
            if route.best and route.valid and not is_own_export(route) and imports & set(route.communities)
            if ip_network(route.nexthop) in reachable
        }
        held = {route.prefix for route in routes_in(facts, vrf.pe, vrf.name, Family.IPV4)}
    except CouldNotLook:
        return False
    return not importable <= held
