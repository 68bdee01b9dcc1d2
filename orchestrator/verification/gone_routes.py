"""Detecting routes that zebra still has from the kernel, and the kernel no more.

When a port moves from one VRF to another, the kernel has its subnet in the main table for a moment and takes
the route away without a word; zebra (seen with 10.3) keeps it as a kernel route of the default VRF.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.family import Family
from orchestrator.verification.kit.facts import CouldNotLook, Query
from orchestrator.verification.kit.tables import MAIN_TABLE, in_kernel, routes_in
from parsers import DEFAULT_VRF
from parsers.kernel import KERNEL_ROUTES
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.facts import Facts


@dataclass(frozen=True, slots=True)
class GoneRoute:
    """A route that a PE's zebra has from the kernel, which has it no more.

    Attributes:
        pe: its name.
        prefix: in the default VRF.
        device: that it leaves by.
    """

    pe: str
    prefix: IpNetwork
    device: str


def gone_route_queries(lab: Lab) -> tuple[Query, ...]:
    """What `gone_routes` reads: only PEs have VRFs that a port can move between."""
    return tuple(Query(pe, command) for pe in _pes(lab) for command in (ROUTES, KERNEL_ROUTES))


def gone_routes(lab: Lab, facts: Facts) -> tuple[GoneRoute, ...]:
    """The kernel routes of zebra that no kernel has. A PE that could not be looked at has none."""
    return tuple(gone for pe in _pes(lab) for gone in _at(facts, pe))


def _pes(lab: Lab) -> tuple[str, ...]:
    return tuple(dict.fromkeys(vrf.pe for vrf in lab.vrfs))


def _at(facts: Facts, pe: str) -> Iterator[GoneRoute]:
    try:
        for route in routes_in(facts, pe, DEFAULT_VRF, Family.IPV4):
            if route.protocol == "kernel" and in_kernel(facts, pe, MAIN_TABLE, route.prefix) is None:
                devices = [hop.interface for hop in route.hops if hop.interface is not None]
                yield from (GoneRoute(pe, route.prefix, device) for device in devices[:1])
    except CouldNotLook:
        return
