"""Which routes PE-CE BGP brings into a table (RFC 4271 9.1, 9.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.mpbgp.transit import OWN_AS_ON_PE, returns_to_provider
from orchestrator.model.lans import EVERYTHING
from orchestrator.protocols.bgp.sessions import (
    PREPENDED,
    Session,
    backdoor_sessions,
    customer_as,
    offered,
    sessions,
)
from orchestrator.protocols.bgp.values import OwnAs, PrivateAs, is_private
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

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Backdoor, Lab, Vrf
    from orchestrator.model.rd_rt import RouteTarget
    from orchestrator.routing.routes import NetworkState, Routes


INTERNAL_DISTANCE: Final = 200
_FAVOURED, _UNFAVOURED, _LAST = -1, 0, 1  # by local preference: 200 before 100, and that before 50


def learnt(network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:
    """What the neighbours of a table's sessions advertise to it."""
    for one in sessions(network.lab, table.node):
        ce, pe = Table.at_ce(one.attachment), Table.at_pe(one.attachment)
        if table in (ce, pe) and network.exchanges(one.attachment):
            yield from (
                _sent_by_pe(network.lab, one, held[pe])
                if table == ce
                else _sent_by_ce(network.lab, one, held[ce])
            )
    for backdoor in backdoor_sessions(network.lab, table.node):
        if network.backdoor_forwards(backdoor):
            far, _ = backdoor.far_end(table.node)
            yield from _sent_by_other_ce(network.lab, backdoor, table.node, held[Table(far.node)])


def _sent_by_ce(lab: Lab, session: Session, at_ce: Routes) -> Iterator[Route]:
    """The CE's BGP routes, but those that the PE itself advertised or whose AS path has been here."""
    allowed = OWN_AS_ON_PE if returns_to_provider(lab, session.site, session.attachment) else 0
    offers = offered(lab, session)
    hop = NextHop(RouteSource.PE_CE, Table.at_ce(session.attachment), session.attachment)
    for chosen in at_ce.values():
        originated = chosen.source is RouteSource.OWN and chosen.prefix in session.site.prefixes
        # A connected network that the CE does not originate is none of bgpd's: it sends what it got.
        route = chosen if originated or chosen.protocol == BGP else chosen.bgp_best
        if route is None or route.learnt_over(session.attachment):
            continue
        if offers is not None and route.prefix not in offers:
            continue
        detour = PREPENDED if session.bgp.backup or route.source is RouteSource.BACKDOOR else 0
        path = (session.bgp.asn,) * (1 + detour) + route.attributes.as_path
        if all(path.count(asn) <= allowed for asn in (session.vrf_as, session.provider_as)):
            yield _external(route.prefix, hop, path, site=lab.site_of_origin(session.site))


def _sent_by_pe(lab: Lab, session: Session, at_pe: Routes) -> Iterator[Route]:
    """The VRF's routes, but those that came from here or that the CE takes for a loop."""
    own = session.bgp.asn
    allowed = session.bgp.own_as_times if session.bgp.own_as is OwnAs.ALLOWAS_IN else 0
    hop = NextHop(RouteSource.PE_CE, Table.at_pe(session.attachment), session.attachment)
    # The mark keeps a site's routes from coming back to it, whatever the AS path says.
    mine = lab.site_of_origin(session.site)
    favour = _FAVOURED if lab.backdoors_of(session.attachment.ce.node) else _UNFAVOURED
    favour = _LAST if session.bgp.backup else favour
    if session.bgp.default_originate:
        yield _external(EVERYTHING, hop, (session.provider_as,), favour)
    for chosen in at_pe.values():
        if session.bgp.default_originate and chosen.prefix == EVERYTHING:
            continue
        # What a route map keeps from bgpd it can't advertise; it may have another path of its own.
        route = chosen.bgp_best if chosen.not_exported else chosen
        if route is None or (mine is not None and route.attributes.site_of_origin == mine):
            continue
        path = (session.provider_as, *_rewritten(session, route.attributes.as_path))
        if not route.learnt_over(session.attachment) and path.count(own) <= allowed:
            yield _external(route.prefix, hop, path, favour)


def _sent_by_other_ce(lab: Lab, backdoor: Backdoor, ce: str, at_far: Routes) -> Iterator[Route]:
    """What the CE at the other end of a backdoor has in BGP, but what it has over the backdoor itself."""
    far = backdoor.far_end(ce)[0].node
    own, other = customer_as(lab, ce), customer_as(lab, far)
    prefixes = {prefix for site, _ in lab.attachments_of(far) for prefix in site.prefixes}
    hop = NextHop(RouteSource.BACKDOOR, Table(far), backdoor=backdoor)
    for chosen in at_far.values():
        originated = chosen.source is RouteSource.OWN and chosen.prefix in prefixes
        route = chosen if originated or chosen.protocol == BGP else chosen.bgp_best
        if route is None or route.source is RouteSource.BACKDOOR or own is None or other is None:
            continue
        internal = own == other
        own_path = route.attributes.as_path
        path = own_path if internal else (other, *own_path)
        if own not in path:
            distance = INTERNAL_DISTANCE if internal else EBGP_DISTANCE
            rank = Preference(distance, (_UNFAVOURED, len(path), 0, int(internal)))
            yield Route(route.prefix, BGP, (hop,), rank, PathAttributes(path))


def _rewritten(session: Session, path: tuple[int, ...]) -> tuple[int, ...]:
    """A path as a PE sends it, but for what it puts before it.

    bgpd takes private AS numbers out first, but for the CE's own, and then overrides that one.
    """
    own = session.bgp.asn
    if session.bgp.private_as is not None:
        replaced = (session.vrf_as,) if session.bgp.private_as is PrivateAs.REPLACE else ()
        kept = ((asn,) if asn == own or not is_private(asn) else replaced for asn in path)
        path = tuple(asn for several in kept for asn in several)
    if session.bgp.own_as is OwnAs.AS_OVERRIDE:
        path = tuple(session.vrf_as if asn == own else asn for asn in path)
    return path


def _external(
    prefix: IpNetwork,
    hop: NextHop,
    path: tuple[int, ...],
    favour: int = _UNFAVOURED,
    site: RouteTarget | None = None,
) -> Route:
    """An eBGP route: the shorter AS path wins, and at equal length eBGP before what is imported."""
    rank = Preference(EBGP_DISTANCE, (favour, len(path), 0, 0))
    return Route(prefix, BGP, (hop,), rank, PathAttributes(path, site_of_origin=site))


def possible_non_best_exports(lab: Lab, vrf: Vrf, held: Mapping[Table, Routes]) -> frozenset[IpNetwork]:
    """What CEs of several providers may advertise to a VRF that has better: they have it from elsewhere.

    FRR (seen with 10.3) exports a path from a CE also where the VRF prefers an imported one. Which of two
    equally good providers a CE uses, and so advertises to the other, is not known.
    """
    return frozenset(
        prefix
        for one in sessions(lab, vrf.pe)
        if one.attachment.vrf == vrf.name
        for prefix in offered(lab, one) or ()
        for route in [held[Table.at_ce(one.attachment)].get(prefix)]
        if route is not None and any(hop.attachment != one.attachment for hop in route.next_hops)
    )
