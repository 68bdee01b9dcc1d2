"""What the EIGRP speaker says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta
    from ipaddress import IPv4Address, IPv4Interface, IPv4Network

    from parsers.facts.label import Label


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
