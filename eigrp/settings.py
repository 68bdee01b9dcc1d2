"""The settings of an EIGRP process: values only; `config` reads them from a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final

from eigrp.metric import KValues, VectorMetric, link_metric

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Interface

    from eigrp.authentication import Key
    from eigrp.community import Community
    from eigrp.tlv import Route

NO_ADDRESS: Final = IPv4Address(0)


@dataclass(frozen=True, slots=True)
class InterfaceSettings:
    """One interface that takes part.

    Attributes:
        bandwidth: kbit/s, for the metric only.
        delay: tens of microseconds, for the metric only.
        hello: seconds between hellos.
        hold: seconds after which neighbours shall take us for dead.
        passive: announce its subnet, but meet nobody there.
        key: authenticate all packets with it.
        site: site of origin of what is on this interface (`eigrp.vpn`).
    """

    bandwidth: int = 100_000
    delay: int = 10
    hello: int = 5
    hold: int = 15
    passive: bool = False
    key: Key | None = None
    site: Community | None = None

    def metric(self, mtu: int) -> VectorMetric:
        """What it adds to a route."""
        return link_metric(self.bandwidth, self.delay, mtu)


@dataclass(frozen=True, slots=True)
class Redistribution:
    """Take routes of another protocol into EIGRP.

    Attributes:
        internal: announce them as internal routes (a VPN that joins sites of one AS), else as external ones.
        asn: the AS that external ones are said to come from.
        tag: tag of external ones; None: the tag that zebra has for the route.
        metric: seed metric; None: rebuilt from the route's own metric (the MED), default where that is 0.
    """

    internal: bool = False
    asn: int = 0
    tag: int | None = None
    metric: VectorMetric | None = None


@dataclass(frozen=True, slots=True)
class VpnSettings:
    """What a PE takes of its VPN's routes (`eigrp.vpn`).

    Attributes:
        port: on 127.0.0.1, where bgpd's `bmp connect` goes; 0: none, this router is no PE.
        imports: route targets.
        redistribute: whether the routes are announced in EIGRP.
        metric: of those that come from no EIGRP; None: the default.
        tag: of those, too; what a neighbour says with it has been across the provider. 0: none.
    """

    port: int = 0
    imports: frozenset[Community] = frozenset()
    redistribute: bool = False
    metric: VectorMetric | None = None
    tag: int = 0

    def from_vpn(self, route: Route) -> bool:
        """Whether a PE of this VPN has brought a route into EIGRP that is none of EIGRP's own."""
        return bool(self.tag) and route.external is not None and route.external.tag == self.tag


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """One autonomous system in one VRF.

    Attributes:
        asn: 1-65535.
        vrf: name; `default` is the one without a name.
        router_id: NO_ADDRESS: the highest address of its interfaces.
        interfaces: by name.
        redistribute: by source, `connected`, `static`, `ospf`, `bgp` or `kernel`.
        active_time: seconds that a route may be active before neighbours are asked why (RFC 7868: 90).
    """

    asn: int
    vrf: str = "default"
    router_id: IPv4Address = NO_ADDRESS
    k: KValues = KValues()  # noqa: RUF009 -- frozen
    interfaces: Mapping[str, InterfaceSettings] = field(default_factory=dict)
    redistribute: Mapping[str, Redistribution] = field(default_factory=dict)
    distance_internal: int = 90
    distance_external: int = 170
    maximum_paths: int = 4
    active_time: int = 90
    vpn: VpnSettings = VpnSettings()


@dataclass(frozen=True, slots=True)
class Link:
    """An interface as the kernel has it, up, with its addresses."""

    name: str
    index: int
    mtu: int
    addresses: tuple[IPv4Interface, ...]
