"""EIGRP between PE and CE, by the speaker of this repository (RFC 7868 with classic metrics).

The VPN is to look like no hop at all: the composite metric travels as MED, and the far PE rebuilds a route
of the same distance from it. Cisco's PEs carry the whole vector in extended communities of their own, which
FRR can neither set nor keep; so the least bandwidth of the way is lost, and all that a route has gathered is
delay beyond the PE, on top of the bandwidth of Fast Ethernet. `eigrp/vpn.py` has the whole mapping.

A PE compares what the VPN has with what it hears over EIGRP, by EIGRP's own metric, whatever zebra selected:
bgpd tells the speaker of the VPN's routes by BMP. So a backdoor is used while it is better, and no longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from orchestrator.core.mpbgp import vpn_import
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.memory import remembered
from orchestrator.model.pece import Eigrp
from orchestrator.model.pece_intent import FAST_ETHERNET
from orchestrator.protocols.agreement import MTU, End, Outcome, Setting
from orchestrator.protocols.contribution import Contribution
from orchestrator.routing.routes import EigrpMetric, NextHop, Preference, Route, RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Address, IPv4Network

    from orchestrator.model.administered import RouteTarget
    from orchestrator.model.lab import Attachment, Backdoor, Lab, Site, Vrf
    from orchestrator.model.pece import EigrpLink, Md5Key
    from orchestrator.routing.routes import NetworkState, Routes

INTERNAL_DISTANCE: Final = 90
EXTERNAL_DISTANCE: Final = 170
_SCALE: Final = 256  # of delay and bandwidth in a packet (RFC 7868 5.6.1)
_REFERENCE: Final = 10_000_000  # kbit/s
_LOAD, _RELIABILITY = 1, 255  # what an idle and sound interface has
_BMP_PORT: Final = 11019  # what monitoring stations usually listen on


@remembered
def attachments(lab: Lab, node: str, vrf: str | None = None) -> tuple[tuple[Site, Attachment, Eigrp], ...]:
    """The attachments of a PE (of one VRF, if named) or a CE that speak EIGRP, as that end has it."""
    end = End.PE if lab.node(node).role.in_provider else End.CE
    return tuple(
        (site, one, spoken)
        for site, one in lab.attachments_of(node)
        for spoken in [end.spoken(one)]
        if isinstance(spoken, Eigrp) and vrf in (None, one.vrf)
    )


@dataclass(frozen=True, slots=True)
class Port:
    """An interface that EIGRP runs on.

    Attributes:
        name: of the interface.
        link: what it adds to metrics.
        attachment: that it is an end of, with what was agreed for it; None on other interfaces.
        backdoor: that it is an end of.
        passive: its subnet is announced, and nobody met there.
    """

    name: str
    link: EigrpLink
    attachment: Attachment | None = None
    backdoor: Backdoor | None = None
    passive: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    """EIGRP in one table: on a PE in a VRF, on a CE in its only one."""

    table: Table
    agreed: Eigrp
    router_id: IPv4Address
    ports: tuple[Port, ...]


@remembered
def process(lab: Lab, table: Table) -> Process | None:
    """EIGRP as it runs in a table; None where it does not."""
    own = attachments(lab, table.node, table.vrf or None)
    if not own:
        return None
    agreed = own[0][2]
    access = tuple(
        Port((one.pe if table.vrf else one.ce).interface, eigrp.link, one) for _, one, eigrp in own
    )
    if table.vrf:
        return Process(table, agreed, own[0][1].pe_address.ip, access)
    backdoors = tuple(
        Port(one.near_end(table.node)[0].interface, one.link, backdoor=one)
        for one in lab.backdoors_of(table.node)
    )
    lans = tuple(
        Port(one.name, FAST_ETHERNET, passive=True)
        for one in lab.interfaces_of(table.node, InterfaceKind.LAN)
    )
    return Process(table, agreed, lab.router_id(table.node), (*access, *backdoors, *lans))


def processes(lab: Lab, node: str) -> tuple[Process, ...]:
    """All of EIGRP on a node: VRF by VRF on a PE, at most one on a CE."""
    tables = [Table.of(vrf) for vrf in lab.vrfs_of(node)] or [Table(node)]
    return tuple(one for table in tables if (one := process(lab, table)) is not None)


def composite(vector: EigrpMetric, k: tuple[int, int, int, int, int]) -> int:
    """The number that routes are compared by (RFC 7868 5.6.1)."""
    k1, k2, k3, k4, k5 = k
    total = k1 * vector.bandwidth + k2 * vector.bandwidth // (_SCALE - _LOAD) + k3 * vector.delay
    return total * k5 // (k4 + _RELIABILITY) if k5 else total


def own_vector(link: EigrpLink) -> EigrpMetric:
    """The vector of a subnet at the router that is connected to it."""
    return EigrpMetric(_REFERENCE // link.bandwidth * _SCALE, link.delay * _SCALE)


def across(vector: EigrpMetric, link: EigrpLink) -> EigrpMetric:
    """A vector as seen from the far end of a link."""
    own = own_vector(link)
    return replace(vector, bandwidth=max(vector.bandwidth, own.bandwidth), delay=vector.delay + own.delay)


def rebuilt(metric: int, *, external: bool) -> EigrpMetric:
    """What a PE makes of a MED: a route of that metric, the bandwidth Fast Ethernet's, the rest delay.

    A metric that is less than that bandwidth alone comes from faster links: it is bandwidth but for the least
    delay there is.
    """
    bandwidth = min(own_vector(FAST_ETHERNET).bandwidth, metric - 1)
    return EigrpMetric(bandwidth, metric - bandwidth, external=external)


@dataclass(frozen=True, slots=True)
class _Told:
    """A route as one router tells it to another, or to itself from the VPN."""

    vector: EigrpMetric
    site: RouteTarget | None = None

    def rank(self, k: tuple[int, int, int, int, int]) -> tuple[bool, int]:
        """What EIGRP compares: internal before external, then the metric."""
        return self.vector.external, composite(self.vector, k)


def settings(asn: int, k: tuple[int, ...], key: Md5Key | None) -> tuple[Setting, ...]:
    """What the two ends of a link must be set to alike."""
    unsigned = Setting("authentication", "none")
    return (
        Setting("EIGRP AS", str(asn)),
        Setting("K values", " ".join(map(str, k))),
        unsigned if key is None else Setting("authentication", f"by MD5, key {key.number}", key.secret),
    )


class EigrpPeCe:
    """EIGRP in the VRF by a speaker beside zebra, with routes redistributed both ways."""

    daemons: Final = ()

    def on_pe(self, lab: Lab, vrf: Vrf) -> Contribution:
        """FRR takes the speaker's routes, their metric as MED, and tells it what the VPN has (BMP)."""
        if process(lab, Table.of(vrf)) is None:
            return Contribution()
        name = f"eigrp-{vrf.name}"
        return Contribution(
            connected=f"{name}-connected",
            unicast=(f"  redistribute eigrp route-map {name}",),
            vpn=(vpn_import.LINE,),
            provider=(
                " !",
                f" bmp targets {name}",
                "  bmp monitor ipv4 vpn post-policy",
                f"  bmp connect 127.0.0.1 port {bmp_port(lab, vrf)} min-retry 100 max-retry 1000",
                " exit",
            ),
            blocks=(*_marks(lab, vrf, name), *_marks_of_subnets(lab, vrf, name), vpn_import.BLOCK),
        )

    def on_ce(self, lab: Lab, ce: str) -> Contribution:  # noqa: ARG002 -- the speaker does it all
        """Nothing: the speaker brings its routes to zebra by itself."""
        return Contribution()

    def settings(self, lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:  # noqa: ARG002 -- as of all
        """What a router looks at before it takes another for a neighbour (RFC 7868 5.3.4, 6.5)."""
        spoken = end.spoken(attachment)
        if not isinstance(spoken, Eigrp):
            return ()
        return settings(spoken.asn, spoken.k, spoken.key)

    def outcome(self, attachment: Attachment, different: frozenset[str]) -> Outcome:  # noqa: ARG002 -- as of all
        """Hellos that differ in anything but the MTU are refused."""
        return Outcome.NO_SESSION if different - {MTU} else Outcome.WORKS

    def learnt(self, network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:
        """What the neighbours of a table's EIGRP tell it, as far as the VPN has nothing as near."""
        lab, own = network.lab, process(network.lab, table)
        if own is None:
            return
        for port in own.ports:
            if (neighbour := _beyond(network, table, port)) is None:
                continue
            far, way = neighbour
            mine = _site_at(lab, table, port)
            for prefix, told in _told(network, far, port, held).items():
                if told.site is not None and told.site == mine:
                    continue
                vector = across(told.vector, port.link)
                route = _Told(vector, told.site or (None if vector.tagged else mine))
                carried = _carried(network, own, prefix, held)
                # What is equally far stays with EIGRP: two PEs that both have a backdoor's own subnet would
                # otherwise each leave it to the other.
                if carried is not None and carried.rank(own.agreed.k) < route.rank(own.agreed.k):
                    continue
                external, metric = route.rank(own.agreed.k)
                yield Route(
                    prefix,
                    "eigrp",
                    (way,),
                    Preference(EXTERNAL_DISTANCE if external else INTERNAL_DISTANCE, (metric,)),
                    cost=metric,
                    site_of_origin=route.site,
                    vector=route.vector,
                    # What came with a mark has been across the provider, or with a tag from another protocol.
                    not_exported=bool(table.vrf) and route.site != mine,
                )


def bmp_port(lab: Lab, vrf: Vrf) -> int:
    """Where the speaker listens for what bgpd tells of the VPN's routes: one port for each of its VRFs."""
    speaking = [one for one in lab.vrfs_of(vrf.pe) if attachments(lab, one.pe, one.name)]
    return _BMP_PORT + speaking.index(vrf)


def _marks(lab: Lab, vrf: Vrf, name: str) -> Iterator[tuple[str, ...]]:
    """The route map that makes communities of tags: one entry for each site here, internal and external.

    Another site's routes, which have been across the provider, match none of them and stay here.
    """
    provider = lab.provider_of(vrf.pe).asn
    own = {lab.site_of_origin(site): agreed.asn for site, _, agreed in attachments(lab, vrf.pe, vrf.name)}
    tags = {
        site.number << 1 | external: (site, asn, external)
        for site, asn in own.items()
        if site is not None
        for external in (0, 1)
    }
    for position, tag in enumerate(sorted(tags), 1):
        site, asn, external = tags[tag]
        yield (
            f"route-map {name} permit {10 * position}",
            f" match tag {tag}",
            f" set extcommunity soo {site}",
            f" set large-community {provider}:{asn}:{external}",
            "exit",
        )


def _marks_of_subnets(lab: Lab, vrf: Vrf, name: str) -> Iterator[tuple[str, ...]]:
    """The same for the PE-CE subnets, which zebra has as connected: they are internal routes of EIGRP too."""
    provider = lab.provider_of(vrf.pe).asn
    own = attachments(lab, vrf.pe, vrf.name)
    for position, (site, one, agreed) in enumerate(own, 1):
        subnet = f"{name}-{one.pe.interface}"
        yield (f"ip prefix-list {subnet} seq 5 permit {one.subnet}",)
        yield (
            f"route-map {name}-connected permit {10 * position}",
            f" match ip address prefix-list {subnet}",
            f" set extcommunity soo {lab.site_of_origin(site)}",
            f" set large-community {provider}:{agreed.asn}:0",
            f" set metric {composite(own_vector(agreed.link), agreed.k)}",
            "exit",
        )
    yield (f"route-map {name}-connected permit {10 * len(own) + 10}", "exit")


def subnet_route(lab: Lab, route: Route, attachment: Attachment) -> Route:
    """The subnet of an attachment as a PE exports it: with EIGRP's metric, and the mark of the site."""
    agreed = attachment.protocol
    if not isinstance(agreed, Eigrp):
        return route
    vector = own_vector(agreed.link)
    mark = next(lab.site_of_origin(site) for site in lab.sites if attachment in site.attachments)
    return replace(route, cost=composite(vector, agreed.k), site_of_origin=mark, vector=vector)


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
    if port.backdoor is not None and network.joins(port.backdoor):
        far = Table(port.backdoor.far_end(table.node)[0].node)
        if process(network.lab, far) is not None:
            return far, NextHop(RouteSource.BACKDOOR, far, backdoor=port.backdoor)
    return None


def _told(
    network: NetworkState, table: Table, over: Port, held: Mapping[Table, Routes]
) -> Mapping[IPv4Network, _Told]:
    """What a table's EIGRP says over a link: all but what it has over that link, or from that site."""
    own = process(network.lab, table)
    if own is None:
        return {}
    told: dict[IPv4Network, _Told] = {}
    for prefix, route in held[table].items():
        if route.protocol == "eigrp" and route.vector is not None:
            if not any(_leads_over(way, over) for way in route.ways):
                told[prefix] = _Told(route.vector, route.site_of_origin)
        elif (brought := _brought(network, own, route, held)) is not None:
            told[prefix] = brought
    there = next(
        (_site_at(network.lab, table, one) for one in own.ports if one.attachment == over.attachment), None
    )
    return {
        prefix: one
        for prefix, one in {**told, **_networks(network, own)}.items()
        if one.site is None or one.site != there
    }


def _leads_over(way: NextHop, over: Port) -> bool:
    """Whether a way leads over the link that an interface is an end of."""
    return (over.attachment is not None and way.attachment == over.attachment) or (
        over.backdoor is not None and way.backdoor == over.backdoor
    )


def _brought(network: NetworkState, own: Process, route: Route, held: Mapping[Table, Routes]) -> _Told | None:
    """What a PE's EIGRP makes of a route of its VRF that it has not heard itself; a CE brings in nothing."""
    if not own.table.vrf:
        return None
    carried = _carried(network, own, route.prefix, held) if route.protocol == "bgp" else None
    return carried or _Told(_FOREIGN)


def _carried(
    network: NetworkState, own: Process, prefix: IPv4Network, held: Mapping[Table, Routes]
) -> _Told | None:
    """The nearest of the routes that other PEs export to a VRF, as EIGRP sees it."""
    if not own.table.vrf:
        return None
    vrf = network.lab.vrf(own.table.node, own.table.vrf)
    found = [
        _from_vpn(network, own, Table.of(other), route)
        for other in network.lab.vrfs
        if other.pe != vrf.pe and vrf.imports_from(other) and network.hears(vrf.pe, other.pe)
        if (route := held[Table.of(other)].get(prefix)) is not None
        if route.source is not RouteSource.IMPORT and not route.not_exported
    ]
    return min(found, key=lambda one: one.rank(own.agreed.k), default=None)


def _from_vpn(network: NetworkState, own: Process, table: Table, route: Route) -> _Told:
    """A route of a far VRF: internal again, if it was internal there in this very AS."""
    there = process(network.lab, table)
    if route.vector is None or there is None:
        return _Told(_FOREIGN, route.site_of_origin)
    external = route.vector.external or there.agreed.asn != own.agreed.asn
    return _Told(rebuilt(route.cost, external=external), route.site_of_origin)


@remembered
def _networks(network: NetworkState, own: Process) -> Mapping[IPv4Network, _Told]:
    """The subnets of the interfaces that EIGRP runs on in a table, where they carry."""
    ports = {port.name: port for port in own.ports}
    return {
        one.address.network: _Told(own_vector(ports[one.name].link))
        for one in network.lab.interfaces_of(own.table.node)
        if one.name in ports and network.carries(one)
    }


_FOREIGN: Final = replace(own_vector(FAST_ETHERNET), external=True, tagged=True)
"""What a route that is none of EIGRP's gets when a PE brings it in."""
