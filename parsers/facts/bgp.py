"""What bgpd says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta
    from ipaddress import IPv4Address, IPv4Network

    from parsers.facts.addresses import Address
    from parsers.facts.label import Label


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
