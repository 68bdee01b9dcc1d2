"""How customer routes propagate through VRFs and CEs until route exchange has converged.

Each table chooses among what its neighbours advertise, round after round. The loop prevention of a protocol
is part of what it advertises: AS path (RFC 4271 9.1.2), split horizon (RFC 7868 4.1), VPN Route Tag (RFC 4577
4.2.5.2), site of origin (RFC 4364 7). Between protocols zebra's distance decides; bgpd compares its own paths
first, whatever their distance. The result is a function of the lab and of what has failed.

The steps of a decision: what a neighbour may advertise is the protocol's (`learnt`); a VRF imports by route
target (RFC 4364 4.3.1) from the PEs whose VPNv4 routes reach its own; of BGP's paths the local preference
decides (RFC 4271 9.1.1), then AS path, MED, and external before internal (9.1.2.2 a, c, d), and what is still
equal stands side by side (multipath, or one of them); a path that another VRF of the PE exports is compared
as the one it was made from (`bgp_get_imported_bpi_ultimate` of FRR 8.4 to 10.7); OSPF's kinds of path are
those of RFC 2328 16.4, and RFC 4577 4.2.7.4 says what a sham link's route leaves to BGP; between two
providers the VRFs of their ASBRs advertise to each other as PE and CE do (RFC 4364 10 a).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestrator.errors import L3vpnError
from orchestrator.routing.back_to_back import from_other_providers
from orchestrator.routing.crossing import crossing, receives_exports
from orchestrator.routing.routes import (
    BGP,
    STATIC,
    NextHop,
    PathAttributes,
    Preference,
    Route,
    RouteSource,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.routing.routes import NetworkState, Routes, RoutingProtocol

IMPORTED_DISTANCE: Final = 200
_STATIC_DISTANCE: Final = 1
_WEIGHED: Final = -1000
"""Before every local preference."""
_ROUNDS: Final = 100


class UnsettledError(L3vpnError):
    """Route exchange never converges: two policies contradict each other."""


def propagate(
    network: NetworkState,
    protocols: Sequence[RoutingProtocol],
    before: Mapping[Table, Routes] | None = None,
) -> Mapping[Table, Routes]:
    """What each table of the lab holds once route exchange has converged.

    Args:
        network: the lab, and which part of it works.
        protocols: the PE-CE protocols of its attachments.
        before: what the tables held until now. Where the protocols are free of loops it makes no difference:
            what nobody originates any more dies out.

    Raises:
        UnsettledError: it never converges.
    """
    tables = _tables(network.lab)
    held: dict[Table, Routes] = {table: (before or {}).get(table, {}) for table in tables}
    for _ in range(_ROUNDS):
        last = dict(held)
        for table in tables:
            held[table] = _chosen(_candidates(network, protocols, table, held))
        if held == last:
            return held
    raise UnsettledError(f"the routes of lab {network.lab.name} never come to rest: {_restless(last, held)}")


def _restless(before: Mapping[Table, Routes], held: Mapping[Table, Routes]) -> str:
    """The prefixes of each table that a round has still changed."""
    moving = []
    for table, routes in held.items():
        moved = {prefix for prefix, _ in routes.items() ^ before[table].items()}
        if moved:
            where = f"VRF {table.vrf} of {table.node}" if table.vrf else table.node
            moving.append(f"{', '.join(map(str, sorted(moved)))} in {where}")
    return "; ".join(moving)


def _tables(lab: Lab) -> tuple[Table, ...]:
    ces = dict.fromkeys(Table.at_ce(one) for site in lab.sites for one in site.attachments)
    return (*ces, *(Table.of(vrf) for vrf in lab.vrfs))


def _candidates(
    network: NetworkState,
    protocols: Sequence[RoutingProtocol],
    table: Table,
    held: Mapping[Table, Routes],
) -> Iterator[Route]:
    lab = network.lab
    yield from _own(network, protocols, table)
    for protocol in protocols:
        yield from protocol.learnt(network, table, held)
    if table.vrf:
        yield from from_other_providers(network, table, held)
        yield from _imported(network, lab.vrf(table.node, table.vrf), held)


def _own(network: NetworkState, protocols: Sequence[RoutingProtocol], table: Table) -> Iterator[Route]:
    for one in network.lab.interfaces_of(table.node):
        if one.vrf == table.vrf and network.carries(one):
            if one.stands_for is not None:
                yield Route(one.stands_for, STATIC, (NextHop(RouteSource.OWN),), Preference(_STATIC_DISTANCE))
            attachment = next(
                (
                    attachment
                    for _, attachment in network.lab.attachments_of(table.node)
                    if one.name in (attachment.pe.interface, attachment.ce.interface)
                    and one.address.network == attachment.subnet
                ),
                None,
            )
            subnet = Route(
                one.address.network, "connected", (NextHop(RouteSource.OWN, None, attachment),), Preference(0)
            )
            for protocol in protocols if table.vrf and attachment else ():
                if attachment is not None and protocol.name == attachment.protocol.name:
                    subnet = protocol.subnet(network.lab, subnet, attachment)
            yield subnet


def _imported(network: NetworkState, vrf: Vrf, held: Mapping[Table, Routes]) -> Iterator[Route]:
    """What other VRFs export under the right route target, here or on a PE whose VPNv4 routes arrive."""
    for other in network.lab.imported_into(vrf):
        if not receives_exports(network, vrf, other):
            continue
        origin = Table.of(other)
        across = crossing(network, vrf, other) is not None
        for chosen in held[origin].values():
            if (own := chosen.exported) is not None:
                route = _sent_across(network.lab, own, vrf, other) if across else own
                if route is None:
                    continue
                carried = route.attributes
                yield Route(
                    route.prefix,
                    BGP,
                    (NextHop(RouteSource.IMPORT, origin),),
                    Preference(IMPORTED_DISTANCE, _rank(route, here=other.pe == vrf.pe)),
                    PathAttributes(carried.as_path, carried.med, carried.site_of_origin),
                )


def _sent_across(lab: Lab, route: Route, reader: Vrf, origin: Vrf) -> Route | None:
    """A route as another provider has it: with the AS of its own, without its MED; None if that is a loop."""
    path = (lab.provider_of(origin.pe).asn, *route.attributes.as_path)
    if lab.provider_of(reader.pe).asn in path:
        return None
    return replace(route, attributes=replace(route.attributes, as_path=path, med=0))


def _rank(route: Route, *, here: bool) -> tuple[int, ...]:
    """What bgpd compares an imported path by: as internal, or from the same PE as what it was made from.

    What a VRF redistributes has weight 32768 there, which stands before all else and stays with the PE.
    """
    carried = route.attributes
    redistributed = route.protocol != BGP
    favour = _WEIGHED if here and redistributed else 0
    return (favour, len(carried.as_path), carried.med, int(not here or redistributed))


def _chosen(candidates: Iterable[Route]) -> dict[IpNetwork, Route]:
    """BGP's best path first, then the smallest distance; what is equally good is kept side by side."""
    by_prefix: dict[IpNetwork, list[Route]] = {}
    for one in candidates:
        by_prefix.setdefault(one.prefix, []).append(one)
    return {prefix: _best(ones) for prefix, ones in by_prefix.items()}


def _best(candidates: list[Route]) -> Route:
    if len(candidates) == 1:
        return candidates[0]
    bgp_best = _merged([one for one in candidates if one.protocol == BGP])
    # bgpd compares its own paths first, whatever zebra's distance is, and offers zebra the best.
    best = _merged(
        [one for one in (*candidates, bgp_best) if one and (one.protocol != BGP or one is bgp_best)]
    )
    assert best is not None  # noqa: S101 -- there is at least one candidate
    outside = [one for one in candidates if one.protocol == BGP and one.source.is_external]
    return replace(
        best,
        bgp_best=None if bgp_best is best else bgp_best,
        bgp_best_from_outside=_merged(outside) if best.source is RouteSource.IMPORT else None,
    )


def _merged(candidates: list[Route]) -> Route | None:
    """The best of a few, with the ways of all that are equally good. Among BGP paths distance is nothing."""
    if not candidates:
        return None
    if all(one.protocol == BGP for one in candidates):
        paths = [one.preference.metric for one in candidates]
        equal = [one for one, path in zip(candidates, paths, strict=True) if path == min(paths)]
    else:
        least = min(one.preference for one in candidates)
        equal = [one for one in candidates if one.preference == least]
    best = equal[0]
    if len(equal) == 1:
        return best
    return replace(best, next_hops=tuple(dict.fromkeys(hop for one in equal for hop in one.next_hops)))
