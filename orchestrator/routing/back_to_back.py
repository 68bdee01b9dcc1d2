"""Which routes VRFs of two providers get from each other by eBGP between them (RFC 4364 10 a)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.interconnect import back_to_back
from orchestrator.routing.routes import (
    BGP,
    EBGP_DISTANCE,
    NextHop,
    PathAttributes,
    Preference,
    Route,
    RouteSource,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Lab
    from orchestrator.routing.routes import NetworkState, Routes


def from_other_providers(
    network: NetworkState, table: Table, held: Mapping[Table, Routes]
) -> Iterator[Route]:
    """What the ASBRs of other providers advertise to a VRF."""
    for link in back_to_back(network.lab, table.node, table.vrf):
        if network.interconnect_forwards(link):
            yield from _over(network.lab, link, table, held)


def _over(lab: Lab, link: Interconnect, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:
    """What the far ASBR advertises of its VRF: not what has been in this AS, nor what it has from here.

    No extended community crosses: neither route targets nor a site of origin. Nor does a MED, which is the
    other provider's (RFC 4271 5.1.4).
    """
    far = link.seen_from(table.node)[1].node
    here, there = lab.provider_of(table.node).asn, lab.provider_of(far).asn
    hop = NextHop(RouteSource.INTERCONNECT, Table(far, table.vrf), interconnect=link)
    for chosen in held[Table(far, table.vrf)].values():
        # What a route map keeps from bgpd it can't advertise; it may have another path of its own.
        route = chosen.bgp_best if chosen.not_exported else chosen
        if route is None or route.leads_across(link):
            continue
        path = (there, *route.attributes.as_path)
        if here not in path:
            rank = Preference(EBGP_DISTANCE, (0, len(path), 0, 0))
            yield Route(route.prefix, BGP, (hop,), rank, PathAttributes(path))
