"""EIGRP between PE and CE, by the speaker of this repository (RFC 7868 with classic metrics).

The VPN is to look like no hop at all: the composite metric travels as MED, and the far PE rebuilds a route
of the same distance from it. Cisco's PEs carry the whole vector in extended communities of their own, which
FRR can neither set nor keep; so the least bandwidth of the way is lost, and all that a route has gathered is
delay beyond the PE, on top of the bandwidth of Fast Ethernet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.pece import Eigrp
from orchestrator.model.pece_intent import FAST_ETHERNET
from orchestrator.pece.contribution import Contribution
from orchestrator.pece.held import Held, Source, Table, Vector, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Address, IPv4Network

    from orchestrator.model.lab import Attachment, Backdoor, Lab, Site, Timers, Vrf
    from orchestrator.model.pece import EigrpLink
    from orchestrator.pece.held import Routes, Standing

INTERNAL_DISTANCE: Final = 90
EXTERNAL_DISTANCE: Final = 170
_SCALE: Final = 256  # of delay and bandwidth in a packet (RFC 7868 5.6.1)
_REFERENCE: Final = 10_000_000  # kbit/s
_LOAD, _RELIABILITY = 1, 255  # what an idle and sound interface has
_INTERNAL: Final = 0


def attachments(lab: Lab, node: str, vrf: str | None = None) -> tuple[tuple[Site, Attachment, Eigrp], ...]:
    """The attachments of a PE (of one VRF, if named) or a CE that speak EIGRP."""
    return tuple(
        (site, one, one.protocol)
        for site, one in lab.attachments_of(node)
        if isinstance(one.protocol, Eigrp) and vrf in (None, one.vrf)
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


def timers(agreed: Eigrp, usual: Timers) -> tuple[int, int]:
    """Hello interval and hold time of an attachment, in seconds."""
    return agreed.hello or usual.eigrp_hello, agreed.hold or usual.eigrp_hold


def composite(vector: Vector, k: tuple[int, int, int, int, int]) -> int:
    """The number that routes are compared by (RFC 7868 5.6.1)."""
    k1, k2, k3, k4, k5 = k
    bandwidth = _REFERENCE // vector.bandwidth * _SCALE
    total = k1 * bandwidth + k2 * bandwidth // (_SCALE - _LOAD) + k3 * vector.delay
    return total * k5 // (k4 + _RELIABILITY) if k5 else total


def own_vector(link: EigrpLink) -> Vector:
    """The vector of a subnet at the router that is connected to it."""
    return Vector(link.bandwidth, link.delay * _SCALE)


def across(vector: Vector, link: EigrpLink) -> Vector:
    """A vector as seen from the far end of a link."""
    return replace(
        vector,
        bandwidth=min(vector.bandwidth, link.bandwidth),
        delay=vector.delay + link.delay * _SCALE,
    )


def rebuilt(metric: int) -> Vector:
    """What a PE makes of a MED: a route of that metric, with the bandwidth of Fast Ethernet.

    A route without a MED is none of EIGRP's; it gets the vector of a Fast Ethernet beside the PE.
    """
    if metric == 0:
        return own_vector(FAST_ETHERNET)
    bandwidth = _REFERENCE // FAST_ETHERNET.bandwidth * _SCALE
    return Vector(FAST_ETHERNET.bandwidth, max(metric - bandwidth, 1))


class EigrpPeCe:
    """EIGRP in the VRF by a speaker beside zebra, with routes redistributed both ways."""

    daemons: Final = ()

    def on_pe(self, lab: Lab, vrf: Vrf) -> Contribution:
        """What FRR has to do with it: bgpd takes EIGRP's routes from zebra, their metric as MED."""
        if process(lab, Table.of(vrf)) is None:
            return Contribution()
        return Contribution(unicast=("  redistribute eigrp",))

    def on_ce(self, lab: Lab, ce: str) -> Contribution:  # noqa: ARG002 -- the speaker does it all
        """Nothing: the speaker brings its routes to zebra by itself."""
        return Contribution()

    def learnt(self, network: Standing, table: Table, held: Mapping[Table, Routes]) -> Iterator[Held]:
        """What the neighbours of a table's EIGRP tell it, with the metric that the way adds up to."""
        own = process(network.lab, table)
        for port in own.ports if own else ():
            neighbour = _beyond(network, table, port)
            if own is None or neighbour is None:
                continue
            far, way = neighbour
            for prefix, vector in _told(network, far, port, held).items():
                here = across(vector, port.link)
                metric = composite(here, own.agreed.k)
                distance = EXTERNAL_DISTANCE if vector.external else INTERNAL_DISTANCE
                yield Held(prefix, "eigrp", (way,), (distance, metric), cost=metric, vector=here)


def _beyond(network: Standing, table: Table, port: Port) -> tuple[Table, Way] | None:
    """Who is met on an interface; None where nobody is."""
    if port.attachment is not None and network.stands(port.attachment):
        ends = Table.at_ce(port.attachment), Table.at_pe(port.attachment)
        far = ends[0] if table == ends[1] else ends[1]
        return far, Way(Source.PE_CE, far, port.attachment)
    if port.backdoor is not None and network.joins(port.backdoor):
        far = Table(port.backdoor.far_end(table.node)[0].node)
        if process(network.lab, far) is not None:
            return far, Way(Source.BACKDOOR, far, backdoor=port.backdoor)
    return None


def _told(
    network: Standing, table: Table, over: Port, held: Mapping[Table, Routes]
) -> Mapping[IPv4Network, Vector]:
    """What a table's EIGRP says over a link: all that it has, but what it has over that link."""
    told: dict[IPv4Network, Vector] = {}
    for prefix, route in held[table].items():
        if any(
            (over.attachment and way.attachment == over.attachment)
            or (over.backdoor and way.backdoor == over.backdoor)
            for way in route.ways
        ):
            continue
        if route.protocol == "eigrp" and route.vector is not None:
            told[prefix] = route.vector
        elif table.vrf and route.protocol == "bgp":
            told[prefix] = rebuilt(route.cost)
    return {**told, **_networks(network, table)}


def _networks(network: Standing, table: Table) -> Mapping[IPv4Network, Vector]:
    """The subnets of the interfaces that EIGRP runs on in a table, where they carry."""
    own = process(network.lab, table)
    ports = {port.name: port for port in own.ports} if own else {}
    return {
        one.address.network: own_vector(ports[one.name].link)
        for one in network.lab.interfaces_of(table.node)
        if one.name in ports and network.carries(one)
    }
