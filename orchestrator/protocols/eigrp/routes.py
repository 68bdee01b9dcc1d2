"""Which routes EIGRP brings into a table, and what the VPN's routes are to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from orchestrator.model.memory import remembered
from orchestrator.model.metric import FAST_ETHERNET
from orchestrator.protocols.eigrp.metric import (
    EigrpAttributes,
    EigrpMetric,
    across,
    composite,
    own_vector,
    rebuilt,
    vector_of,
)
from orchestrator.protocols.eigrp.process import Port, Process, process
from orchestrator.protocols.eigrp.values import Eigrp
from orchestrator.routing.routes import BGP, NextHop, Preference, Route, RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Attachment, Lab
    from orchestrator.model.rd_rt import RouteTarget
    from orchestrator.routing.routes import NetworkState, Routes


INTERNAL_DISTANCE: Final = 90
EXTERNAL_DISTANCE: Final = 170


@dataclass(frozen=True, slots=True)
class _Announced:
    """A route as one router advertises it to another, or to itself from the VPN."""

    vector: EigrpMetric
    site: RouteTarget | None = None

    def rank(self, k: tuple[int, int, int, int, int]) -> tuple[bool, int]:
        """What EIGRP compares: internal before external, then the metric."""
        return self.vector.external, composite(self.vector, k)


def learnt(network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:
    """What the neighbours of a table's EIGRP advertise to it, as far as the VPN has nothing as near."""
    lab, own = network.lab, process(network.lab, table)
    if own is None:
        return
    for port in own.ports:
        if (neighbour := _beyond(network, table, port)) is None:
            continue
        far, hop = neighbour
        mine = _site_at(lab, table, port)
        for prefix, announced in _announced(network, far, port, held).items():
            if announced.site is not None and announced.site == mine:
                continue
            vector = across(announced.vector, port.link)
            route = _Announced(vector, announced.site or (None if vector.tagged else mine))
            carried = _carried(network, own, prefix, held)
            # What is equally far stays with EIGRP: two PEs that both have a backdoor's own subnet would
            # each leave it to the other.
            if carried is not None and carried.rank(own.agreed.k) < route.rank(own.agreed.k):
                continue
            external, metric = route.rank(own.agreed.k)
            yield Route(
                prefix,
                Eigrp.name,
                (hop,),
                Preference(EXTERNAL_DISTANCE if external else INTERNAL_DISTANCE, (metric,)),
                EigrpAttributes(med=metric, site_of_origin=route.site, vector=route.vector),
                # What came with a mark has been across the provider, or with a tag from another protocol.
                not_exported=bool(table.vrf) and route.site != mine,
            )


def subnet_route(lab: Lab, route: Route, attachment: Attachment) -> Route:
    """The subnet of an attachment as a PE exports it: with EIGRP's metric, and the mark of the site."""
    agreed = attachment.protocol
    if not isinstance(agreed, Eigrp):
        return route
    vector = own_vector(agreed.link)
    mark = next(lab.site_of_origin(site) for site in lab.sites if attachment in site.attachments)
    attributes = EigrpAttributes(med=composite(vector, agreed.k), site_of_origin=mark, vector=vector)
    return replace(route, attributes=attributes)


@remembered
def _site_at(lab: Lab, table: Table, port: Port) -> RouteTarget | None:
    """What a PE marks the routes with that it hears on an interface; a CE marks nothing."""
    if not table.vrf or port.attachment is None:
        return None
    (site,) = (site for site, one in lab.attachments_of(table.node) if one == port.attachment)
    return lab.site_of_origin(site)


def _beyond(network: NetworkState, table: Table, port: Port) -> tuple[Table, NextHop] | None:
    """Who is met on an interface; None where nobody is."""
    if port.attachment is not None and network.exchanges(port.attachment):
        ends = Table.at_ce(port.attachment), Table.at_pe(port.attachment)
        far = ends[0] if table == ends[1] else ends[1]
        return far, NextHop(RouteSource.PE_CE, far, port.attachment)
    if port.backdoor is not None and network.backdoor_forwards(port.backdoor):
        far = Table(port.backdoor.far_end(table.node)[0].node)
        if process(network.lab, far) is not None:
            return far, NextHop(RouteSource.BACKDOOR, far, backdoor=port.backdoor)
    return None


def _announced(
    network: NetworkState, table: Table, over: Port, held: Mapping[Table, Routes]
) -> Mapping[IpNetwork, _Announced]:
    """What a table's EIGRP says over a link: all but what it has over that link, or from that site."""
    own = process(network.lab, table)
    if own is None:
        return {}
    announced: dict[IpNetwork, _Announced] = {}
    for prefix, route in held[table].items():
        if route.protocol == Eigrp.name and (vector := vector_of(route)) is not None:
            if not any(_leads_over(hop, over) for hop in route.next_hops):
                announced[prefix] = _Announced(vector, route.attributes.site_of_origin)
        elif (brought := _brought(network, own, route, held)) is not None:
            announced[prefix] = brought
    there = next(
        (_site_at(network.lab, table, one) for one in own.ports if one.attachment == over.attachment), None
    )
    return {
        prefix: one
        for prefix, one in {**announced, **_networks(network, own)}.items()
        if one.site is None or one.site != there
    }


def _leads_over(hop: NextHop, over: Port) -> bool:
    """Whether a way leads over the link that an interface is an end of."""
    return (over.attachment is not None and hop.attachment == over.attachment) or (
        over.backdoor is not None and hop.backdoor == over.backdoor
    )


def _brought(
    network: NetworkState, own: Process, route: Route, held: Mapping[Table, Routes]
) -> _Announced | None:
    """What a PE's EIGRP makes of a route of its VRF that is not its own; a CE brings in nothing."""
    if not own.table.vrf:
        return None
    carried = _carried(network, own, route.prefix, held) if route.protocol == BGP else None
    return carried or _Announced(_FOREIGN)


def _carried(
    network: NetworkState, own: Process, prefix: IpNetwork, held: Mapping[Table, Routes]
) -> _Announced | None:
    """The nearest of the routes that other PEs export to a VRF, as EIGRP sees it."""
    if not own.table.vrf:
        return None
    vrf = network.lab.vrf(own.table.node, own.table.vrf)
    found = [
        _from_vpn(network, own, Table.of(other), route)
        for other in network.lab.imported_into(vrf)
        if other.pe != vrf.pe and network.receives_vpnv4(vrf.pe, other.pe)
        if (route := held[Table.of(other)].get(prefix)) is not None
        if route.source is not RouteSource.IMPORT and not route.not_exported
    ]
    return min(found, key=lambda one: one.rank(own.agreed.k), default=None)


def _from_vpn(network: NetworkState, own: Process, table: Table, route: Route) -> _Announced:
    """A route of a far VRF: internal again, if it was internal there in this very AS."""
    there, vector, carried = process(network.lab, table), vector_of(route), route.attributes
    if vector is None or there is None:
        return _Announced(_FOREIGN, carried.site_of_origin)
    external = vector.external or there.agreed.asn != own.agreed.asn
    return _Announced(rebuilt(carried.med, external=external), carried.site_of_origin)


@remembered
def _networks(network: NetworkState, own: Process) -> Mapping[IpNetwork, _Announced]:
    """The subnets of the interfaces that EIGRP runs on in a table, where they carry."""
    ports = {port.name: port for port in own.ports}
    return {
        one.address.network: _Announced(own_vector(ports[one.name].link))
        for one in network.lab.interfaces_of(own.table.node)
        if one.name in ports and network.carries(one)
    }


_FOREIGN: Final = replace(own_vector(FAST_ETHERNET), external=True, tagged=True)
"""What a route that is none of EIGRP's gets when a PE brings it in."""
