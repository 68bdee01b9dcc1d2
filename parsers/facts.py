"""What the nodes said, as values: the vocabulary that every parser of this package speaks.

A fact holds what one command printed about one thing, in the field's words and in types that compare
(:mod:`ipaddress` addresses and networks, :class:`Label`, ints), never a judgement about it.
``None`` means that the command printed that there is none, or left the column empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
InterfaceAddress: TypeAlias = IPv4Interface | IPv6Interface


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """An MPLS label value, 0 to 1048575 (RFC 3032, 20 bits).

    Values below 16 are reserved; 3 (implicit null) is never on the wire: it asks the neighbour to pop.

    Raises:
        ValueError: The value does not fit into 20 bits.
    """

    value: int

    def __post_init__(self) -> None:
        if not 0 <= self.value <= _LABEL_MAX:
            raise ValueError(f"label {self.value} is not within 0..{_LABEL_MAX}")

    @classmethod
    def parse(cls, text: str) -> Label:
        """Read one label as ldpd (``imp-null``), zebra (``implicit-null``) or iproute2 (``3``) print it.

        ldpd prints ``exp-null`` for both the IPv4 and the IPv6 explicit null; it is read as the IPv4 one.

        Raises:
            ValueError: The text names no label.
        """
        if text in _LABEL_WORDS:
            return cls(_LABEL_WORDS[text])
        if match := re.fullmatch(r"(?:Reserved \()?([0-9]{1,7})\)?", text):
            return cls(int(match[1]))
        raise ValueError(f"{text!r} is no MPLS label")

    @classmethod
    def stack(cls, text: str) -> tuple[Label, ...]:
        """Read a label stack, outermost label first: ``17/80``.

        Raises:
            ValueError: A part of the text names no label.
        """
        return tuple(cls.parse(part) for part in text.split("/"))

    def __str__(self) -> str:
        """Write the label as zebra prints it (``label2str``, FRR 8.4.4 and 10.3)."""
        if self.value in _LABEL_NAMES:
            return _LABEL_NAMES[self.value]
        return str(self.value) if self.value >= _FIRST_FREE_LABEL else f"Reserved ({self.value})"


_LABEL_MAX: Final = 2**20 - 1
_FIRST_FREE_LABEL: Final = 16
_LABEL_NAMES: Final[Mapping[int, str]] = {
    0: "IPv4 Explicit Null",
    1: "Router Alert",
    2: "IPv6 Explicit Null",
    3: "implicit-null",
    7: "Entropy Label Indicator",
    13: "Generic Associated Channel",
    14: "OAM Alert",
    15: "Extension",
}
_LABEL_WORDS: Final[Mapping[str, int]] = {name: value for value, name in _LABEL_NAMES.items()} | {
    "imp-null": 3,
    "exp-null": 0,
    "explicit-null": 0,
}

EXPLICIT_NULL: Final = Label(0)
IMPLICIT_NULL: Final = Label(3)


@dataclass(frozen=True, slots=True)
class FrrVersion:
    """First line of ``show version``."""

    version: str
    hostname: str
    system: str


@dataclass(frozen=True, slots=True)
class OspfNeighbor:
    """One row of ``show ip ospf neighbor``.

    ``state`` is the neighbour state (``Full``, ``2-Way``, ``Init``, ...), ``role`` the neighbour's part on a
    broadcast network (``DR``, ``Backup``, ``DROther``) or ``-`` on a point-to-point link. ``router_id`` is
    ``None`` for a configured NBMA neighbour that has not been heard yet. ``up_for`` counts from the last
    state change, ``dead_in`` is ``None`` when no dead timer runs.
    """

    vrf: str
    router_id: IPv4Address | None
    priority: int
    state: str
    role: str
    address: IPv4Address
    interface: str
    local_address: IPv4Address | None
    up_for: timedelta
    dead_in: timedelta | None
    retransmissions: int
    requests: int
    summaries: int


@dataclass(frozen=True, slots=True)
class OspfInterface:
    """One interface of ``show ip ospf interface``.

    ``running`` is false for an interface that is down or that OSPF is not enabled on; all that OSPF would
    know about it is then ``None``. ``area_type`` is ``""`` for a normal area, else ``Stub`` or ``NSSA``.
    ``hello`` and ``dead`` are seconds; ``authentication`` is ``None`` when the interface sets none.
    """

    vrf: str
    name: str
    up: bool
    mtu: int
    running: bool
    address: IPv4Interface | None = None
    area: IPv4Address | None = None
    area_type: str = ""
    mtu_check: bool | None = None
    router_id: IPv4Address | None = None
    network_type: str | None = None
    cost: int | None = None
    state: str | None = None
    priority: int | None = None
    hello: float | None = None
    dead: int | None = None
    passive: bool = False
    neighbors: int = 0
    adjacent: int = 0
    authentication: str | None = None


@dataclass(frozen=True, slots=True)
class OspfKey:
    """A key of an interface in ospfd's running configuration; ``key_id`` is ``None`` for a plain password."""

    interface: str
    key_id: int | None
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EigrpKey:
    """The key of an interface in the configuration of the EIGRP speaker."""

    interface: str
    key_id: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BgpPassword:
    """The password of a BGP neighbour in bgpd's running configuration (RFC 2385)."""

    vrf: str
    peer: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LdpNeighbor:
    """One LDP session of ``show mpls ldp neighbor`` (states of RFC 5036, 2.5.4; up is ``OPERATIONAL``)."""

    lsr_id: IPv4Address
    state: str
    remote_address: Address
    up_for: timedelta


@dataclass(frozen=True, slots=True)
class LdpInterface:
    """One row of ``show mpls ldp interface``; ``hello`` and ``hold`` are seconds."""

    name: str
    state: str
    up_for: timedelta
    hello: int
    hold: int
    adjacencies: int


@dataclass(frozen=True, slots=True)
class LdpAdjacency:
    """One hello adjacency of ``show mpls ldp discovery``.

    ``kind`` is ``link`` or ``targeted``; ``source`` the interface, or for a targeted one the peer's address.
    """

    lsr_id: IPv4Address
    kind: str
    source: str
    hold: int


@dataclass(frozen=True, slots=True)
class LdpSync:
    """One interface of ``show mpls ldp igp-sync``: what ldpd tells the IGP of it (RFC 5443).

    ``complete``: the first labels have been exchanged, the IGP may use the link. ``peer`` is the LSR-id of
    the session over the link, ``None`` without one.
    """

    interface: str
    complete: bool
    wait: int
    peer: IPv4Address | None


@dataclass(frozen=True, slots=True)
class OspfSync:
    """One interface of ``show ip ospf mpls ldp-sync``: what ospfd makes of it.

    ``enabled``: ospfd waits for LDP here. ``achieved``: it has what it waited for, and announces the link's
    own cost rather than 65535; ``None`` where nothing is said of it, as of an interface that is down.
    """

    interface: str
    enabled: bool
    achieved: bool | None


@dataclass(frozen=True, slots=True)
class BfdTimers:
    """What one end of a BFD session has announced; milliseconds."""

    multiplier: int
    receive: int
    transmit: int


@dataclass(frozen=True, slots=True)
class BfdPeer:
    """One session of ``show bfd peers``; ``status`` is a state of RFC 5880 4.1 or ``shutdown``.

    ``remote`` is what the far end said last; before it said anything, a slow session's 1000 ms.
    """

    peer: Address
    vrf: str
    interface: str | None
    multihop: bool
    status: str
    diagnostics: str
    remote_diagnostics: str
    local: BfdTimers
    remote: BfdTimers

    @property
    def sends_every(self) -> int:
        """Milliseconds between two packets to the far end: what both can bear (RFC 5880 6.8.7)."""
        return max(self.local.transmit, self.remote.receive)

    @property
    def detects_within(self) -> int:
        """Milliseconds of silence after which the far end is down (RFC 5880 6.8.4)."""
        return self.remote.multiplier * max(self.local.receive, self.remote.transmit)


@dataclass(frozen=True, slots=True)
class LdpBinding:
    """One FEC and one peer of ``show mpls ldp binding``.

    ``peer`` is the LSR-id of the neighbour that sent ``remote_label``; it is 0.0.0.0 and ``remote_label`` is
    ``None`` when no neighbour sent one. ``in_use``: this neighbour is the IGP next hop, the label is used.
    """

    prefix: IPv4Network
    peer: IPv4Address
    local_label: Label | None
    remote_label: Label | None
    in_use: bool


@dataclass(frozen=True, slots=True)
class LfibEntry:
    """One next hop of one incoming label in ``show mpls table``.

    Either ``nexthop`` is set, or ``interface``: then the label is popped and the packet is routed in what
    this device belongs to (a VRF device, for a per-VRF VPN label). ``out_labels`` is the stack that replaces
    ``in_label``, outermost first; implicit null means pop. It is empty where FRR prints ``-``.
    """

    in_label: Label
    protocol: str
    nexthop: Address | None
    interface: str | None
    out_labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class BgpPeer:
    """One neighbour in one address family, from a BGP summary.

    ``state`` is the session state (``Established``, ``Idle``, ``Active``, ...); ``reason`` is what FRR adds
    to it: ``Admin`` (shut down), ``PfxCt`` (maximum-prefix), ``Policy`` (eBGP without a policy: nothing is
    accepted, RFC 8212), ``NoNeg`` (this address family was not negotiated), else ``""``.
    ``prefixes_received`` and ``prefixes_sent`` are ``None`` where FRR prints one of these instead of a number
    or the session is not up. ``peer`` is a string for an unnumbered session (the interface name).
    ``up_for`` counts from the last change of state, ``None``: it has never been up. ``description`` is the
    configured one, else what FRR 10 shows in its place, the neighbour's software version.
    """

    vrf: str
    afi: str
    safi: str
    router_id: IPv4Address
    local_as: int
    peer: Address | str
    remote_as: int
    state: str
    reason: str
    prefixes_received: int | None
    prefixes_sent: int | None
    up_for: timedelta | None
    dynamic: bool
    description: str


@dataclass(frozen=True, slots=True)
class VpnRoute:
    """One path of one VPNv4 prefix in ``show bgp ipv4 vpn`` (RFC 4364).

    ``nexthop_vrf_id`` is set for a route that this node exported itself from the VRF with that id.
    ``communities`` are the extended communities as FRR prints them in ``EC{...}``, in which a route target
    cannot be told from a site of origin. ``valid`` includes stale paths, which FRR goes on using. ``as_path``
    holds the segments as printed, nearest AS first. ``origin`` is ``i`` (IGP), ``e`` (EGP) or ``?``
    (incomplete).
    """

    rd: str
    prefix: IPv4Network
    valid: bool
    best: bool
    multipath: bool
    internal: bool
    nexthop: Address
    nexthop_vrf_id: int | None
    label: Label | None
    communities: tuple[str, ...]
    med: int | None
    local_pref: int | None
    weight: int
    as_path: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class BgpRoute:
    """One path of one prefix in ``show bgp ipv4 unicast``; the fields are those of :class:`VpnRoute`."""

    prefix: IPv4Network
    valid: bool
    best: bool
    multipath: bool
    internal: bool
    nexthop: Address
    med: int | None
    local_pref: int | None
    weight: int
    as_path: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class LinkEcho:
    """Whether a neighbour answers over a link, without and with a label.

    ``mac`` is the link layer address that the kernel has for the neighbour, ``None`` if it has none.
    """

    interface: str
    mac: str | None
    plain: bool
    labelled: bool


@dataclass(frozen=True, slots=True)
class VrfPolicy:
    """What a running configuration says of one VRF's exchange of routes with the VPN (RFC 4364 4.3).

    ``rd`` is ``None`` and the route targets are empty where nothing is configured. ``importing`` and
    ``exporting`` tell whether ``import vpn`` and ``export vpn`` are there, without which nothing passes.
    """

    vrf: str
    rd: str | None
    imports: tuple[str, ...]
    exports: tuple[str, ...]
    importing: bool
    exporting: bool


@dataclass(frozen=True, slots=True)
class BgpConfiguration:
    """What only bgpd's running configuration shows: neighbours' passwords, and each VRF's RD and RTs."""

    passwords: tuple[BgpPassword, ...]
    policies: tuple[VrfPolicy, ...]


@dataclass(frozen=True, slots=True)
class Hop:
    """One next hop of a route in zebra's table.

    ``vrf`` is set when the next hop lies in another VRF than the route. A ``recursive`` hop (a BGP next hop)
    is followed by the ``resolver`` hops that it resolves to; only these are forwarded to. ``fib``: this hop
    is in the kernel. ``active``: zebra found it usable. ``blackhole`` is set instead of a gateway or an
    interface: ``reject``, ``prohibited``, ``blackhole`` or ``unspecified``.
    """

    gateway: Address | None
    interface: str | None
    vrf: str | None
    labels: tuple[Label, ...]
    active: bool
    recursive: bool
    resolver: bool
    fib: bool
    onlink: bool
    blackhole: str | None
    weight: int | None


@dataclass(frozen=True, slots=True)
class Route:
    """One route in zebra's table (``show ip route``), all candidates of a prefix, not only the best.

    ``protocol`` is zebra's name (``connected``, ``ospf``, ``bgp``, ...). ``selected``: the best route of its
    prefix (``>``). ``fib``: installed in the kernel (``*``). ``rejected``: the kernel refused it (``r``).
    ``queued``: not yet handed to the kernel (``q``).
    """

    vrf: str
    prefix: IPv4Network
    protocol: str
    distance: int
    metric: int
    selected: bool
    fib: bool
    rejected: bool
    queued: bool
    hops: tuple[Hop, ...]
    age: timedelta


@dataclass(frozen=True, slots=True)
class KernelHop:
    """One next hop of a kernel route; ``labels`` are what it pushes or swaps to, outermost first.

    ``flags`` are the kernel's remarks, such as ``linkdown``, ``dead`` or ``onlink``.
    """

    gateway: Address | None
    device: str | None
    labels: tuple[Label, ...]
    weight: int | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KernelMplsRoute:
    """One entry of the kernel's LFIB (``ip -M route``); a hop without labels pops."""

    in_label: Label
    protocol: str | None
    hops: tuple[KernelHop, ...]


@dataclass(frozen=True, slots=True)
class KernelRoute:
    """One route of ``ip route show table all``.

    ``kind`` is ``unicast``, ``local``, ``broadcast``, ``unreachable``, ``blackhole``, ...; ``table`` the
    number of the table (main is 254, local is 255). ``protocol`` is ``None`` where iproute2 leaves it out.
    """

    kind: str
    prefix: Network
    table: int
    protocol: str | None
    metric: int | None
    source: Address | None
    hops: tuple[KernelHop, ...]


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The ends of a GRE tunnel, and the device by whose VRF its packets are routed, if any."""

    local: IPv4Address
    remote: IPv4Address
    device: str | None


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """One network device from ``ip -d link`` or ``ip -d addr``.

    ``up`` is the administrative state, ``lower_up`` the carrier, ``operstate`` the kernel's summary.
    ``kind`` is what iproute2 calls the type (``vrf``, ``veth``, ``dummy``, ``gre``, ...), ``loopback`` or
    ``ether`` for a device without one. ``vrf_table`` is the table of a VRF device, for an enslaved one that
    of its master. ``tunnel`` is set for a GRE tunnel with a fixed far end. ``addresses`` is empty for
    ``ip -d link``, which does not show them.
    """

    index: int
    name: str
    peer: str | None
    up: bool
    lower_up: bool
    operstate: str
    mtu: int
    master: str | None
    kind: str
    vrf_table: int | None
    mac: str | None
    alias: str | None
    addresses: tuple[InterfaceAddress, ...]
    tunnel: Tunnel | None = None


@dataclass(frozen=True, slots=True)
class Sysctl:
    """One kernel setting; ``value`` is ``None`` where this kernel has no such key (no MPLS, no device)."""

    key: str
    value: str | None


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule of policy routing: ``selector`` is all that ``ip rule`` prints behind the preference."""

    preference: int
    selector: str


@dataclass(frozen=True, slots=True)
class Qdisc:
    """One queueing discipline of a device. The kernel's own has no handle, which is printed as ``0:``."""

    device: str
    discipline: str
    own: bool


@dataclass(frozen=True, slots=True)
class Ping:
    """The outcome of one ``ping`` (iputils).

    ``target`` is ``None``, and all counts are 0, when this node has no route to it and sent nothing.
    ``size`` is the ICMP payload in bytes. ``errors`` are all complaints in the order they were printed,
    without the packet number: ``From 10.1.0.2: Destination Net Unreachable``, ``message too long, mtu=1500``.
    ``rtt_ms`` is the average round trip. ``loss`` is in percent.
    """

    target: Address | None
    size: int
    transmitted: int
    received: int
    duplicates: int
    loss: float
    errors: tuple[str, ...]
    rtt_ms: float | None


@dataclass(frozen=True, slots=True)
class EigrpNeighbor:
    """One row of the EIGRP speaker's ``show neighbors``.

    ``state`` is ``pending`` until both have each other's topology, then ``up``. ``hold_in`` is the time in
    which it must be heard again.
    """

    asn: int
    vrf: str
    address: IPv4Address
    interface: str
    hold_in: timedelta
    up_for: timedelta
    srtt_ms: int
    rto_ms: int
    queued: int
    sequence: int
    state: str


@dataclass(frozen=True, slots=True)
class EigrpRefusal:
    """Somebody whose packets the EIGRP speaker refuses, and why, in its own words."""

    asn: int
    vrf: str
    address: IPv4Address
    interface: str
    reason: str
    count: int
    ago: timedelta


@dataclass(frozen=True, slots=True)
class EigrpInterface:
    """One row of the EIGRP speaker's ``show interfaces``, with what stands above all of the process's.

    ``bandwidth`` is in kbit/s, ``delay`` in tens of microseconds, ``hello`` and ``hold`` in seconds.
    ``address`` is ``None`` while the interface is down; ``key`` the number of the MD5 key; ``site`` marks
    what is heard there (site of origin).
    """

    asn: int
    vrf: str
    router_id: IPv4Address
    k: tuple[int, ...]
    name: str
    up: bool
    address: IPv4Interface | None
    bandwidth: int
    delay: int
    peers: int
    hello: int
    hold: int
    passive: bool
    key: int | None
    site: str | None


@dataclass(frozen=True, slots=True)
class EigrpExternal:
    """Where an external EIGRP route came into EIGRP: from which AS, by which router, with which tag."""

    asn: int
    tag: int
    router: IPv4Address


@dataclass(frozen=True, slots=True)
class EigrpPath:
    """One path to a destination in the EIGRP topology table.

    ``via`` is the neighbour; ``None`` for the router itself, which ``origin`` then says more of
    (``connected``, ``redistributed``, ``vpnv4``); a VPN route has the far PE as ``next_hop``, and its ``rd``.
    ``distance`` is the composite metric, ``reported`` the neighbour's own, ``site`` the site of origin.
    """

    via: IPv4Address | None
    origin: str | None
    interface: str | None
    distance: int
    reported: int
    successor: bool
    feasible: bool
    external: EigrpExternal | None
    next_hop: IPv4Address | None
    rd: str | None
    site: str | None


@dataclass(frozen=True, slots=True)
class EigrpDestination:
    """One prefix of the EIGRP topology table; ``feasible_distance`` is ``None`` where it is unreachable."""

    asn: int
    vrf: str
    prefix: IPv4Network
    active: bool
    successors: int
    feasible_distance: int | None
    paths: tuple[EigrpPath, ...]


@dataclass(frozen=True, slots=True)
class EigrpSource:
    """One protocol that the EIGRP speaker redistributes from, and how it stands with zebra."""

    asn: int
    vrf: str
    zebra: str
    source: str
    kind: str
    routes: tuple[EigrpOffer, ...]


@dataclass(frozen=True, slots=True)
class EigrpOffer:
    """A redistributed route: its metric and tag in zebra; ``announced`` is ``None`` where it is not used."""

    prefix: IPv4Network
    metric: int
    tag: int
    announced: int | None


@dataclass(frozen=True, slots=True)
class EigrpVpnRoute:
    """A VPN-IPv4 route as bgpd told it to the EIGRP speaker of a PE (BMP), and what EIGRP makes of it.

    ``origin`` is ``AS 100 int`` or ``AS 100 ext`` by the large community, ``BGP`` without one. ``used``
    routes are brought into EIGRP; ``internal`` says how. ``label`` is ``None`` where bgpd does not tell it
    (FRR 8.4).
    """

    asn: int
    vrf: str
    prefix: IPv4Network
    rd: str
    next_hop: IPv4Address
    med: int | None
    label: Label | None
    origin: str
    site: str | None
    used: bool
    internal: bool
    reachable: bool
