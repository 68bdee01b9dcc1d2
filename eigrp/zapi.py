"""Zebra's client protocol, version 6, as far as a routing daemon of type EIGRP needs it: bytes and values.

Its numbers move between FRR releases without the protocol's version saying so, so they stand in a table by
release (read off lib/zclient.h, lib/zclient.c and lib/route_types.txt of each) and an unknown one is refused.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from eigrp.errors import ZebraError
from eigrp.origins import Offer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Address

HEADER: Final = struct.Struct("!HBBIH")
_MARKER: Final = 254
_VERSION: Final = 6
_AF_INET: Final = 2
_AFI_IP: Final = 1
_SAFI_UNICAST: Final = 1
_LONGEST: Final = 1 << 14

_HAS_NEXTHOP, _HAS_DISTANCE, _HAS_METRIC, _HAS_TAG = 0x01, 0x02, 0x04, 0x08
_HAS_SOURCE, _HAS_BACKUPS, _HAS_GROUP, _HAS_COLOR = 0x20, 0x40, 0x80, 0x200
_IFINDEX, _V4, _V4_IFINDEX, _V6, _V6_IFINDEX, _BLACKHOLE = 1, 2, 3, 4, 5, 6
_GATEWAY_BYTES: Final = {_IFINDEX: 4, _V4: 8, _V4_IFINDEX: 8, _V6: 20, _V6_IFINDEX: 20, _BLACKHOLE: 1}
_LABELS, _WEIGHT, _BACKUP, _SEG6, _SEG6_LOCAL, _EVPN = 0x02, 0x04, 0x08, 0x10, 0x20, 0x40


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one generation of FRR says.

    Attributes:
        route_add: command number, as the next eight are.
        types: route types by the name used here.
        hello_notify: HELLO has a byte that asks for notifications (before FRR 10).
        label_type: a label stack is preceded by its type (FRR 9 and later).
        weight: bytes of a next hop's weight.
    """

    route_add: int
    route_delete: int
    redistribute_add: int
    redistribute_delete: int
    hello: int
    redistributed: int
    unredistributed: int
    vrf_add: int
    vrf_delete: int
    types: Mapping[str, int]
    hello_notify: bool
    label_type: bool
    weight: int


_FRR8: Final = Dialect(
    8, 9, 11, 12, 18, 30, 31, 33, 34,
    {"kernel": 1, "connected": 2, "static": 3, "rip": 4, "ospf": 6, "bgp": 9, "eigrp": 11},
    hello_notify=True, label_type=False, weight=4,
)  # fmt: skip
_FRR10: Final = Dialect(
    9, 10, 12, 13, 19, 31, 32, 33, 34,
    {"kernel": 1, "connected": 2, "static": 4, "rip": 5, "ospf": 7, "bgp": 10, "eigrp": 12},
    hello_notify=False, label_type=True, weight=8,
)  # fmt: skip
DIALECTS: Final[Mapping[str, Dialect]] = {
    "8.4": _FRR8,
    "8.5": _FRR8,
    "10.3": _FRR10,
    "10.4": _FRR10,
    "10.5": _FRR10,
    "10.6": _FRR10,
    "10.7": _FRR10,
}


def dialect_of(show_version: str) -> tuple[str, Dialect]:
    """FRR's version and what it speaks, from the text of `show version`.

    Raises:
        ZebraError: no version in it, or one that is not in the table.
    """
    found = re.search(r"^FRRouting (\d+\.\d+)(\S*)", show_version, re.MULTILINE)
    if found is None:
        raise ZebraError("zebra does not say which version of FRRouting it is")
    release, version = found[1], found[1] + found[2]
    if release not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise ZebraError(f"FRRouting {version}: its zebra protocol is not known here (known: {known})")
    return version, DIALECTS[release]


@dataclass(frozen=True, slots=True)
class Hop:
    """A next hop: gateway and the index of the interface."""

    gateway: IPv4Address
    index: int


@dataclass(frozen=True, slots=True)
class RibRoute:
    """A route of ours for zebra; a tag of 0 is none."""

    prefix: IPv4Network
    hops: tuple[Hop, ...]
    metric: int
    distance: int
    tag: int


@dataclass(frozen=True, slots=True)
class Redistributed:
    """Zebra says that another protocol has a route, or (None) has it no longer."""

    vrf: int
    source: str
    prefix: IPv4Network
    offer: Offer | None


def message(command: int, vrf: int, body: bytes) -> bytes:
    """A whole message."""
    return HEADER.pack(HEADER.size + len(body), _MARKER, _VERSION, vrf, command) + body


def hello(dialect: Dialect) -> bytes:
    """Who we are: the daemon of route type EIGRP, one instance, asynchronous."""
    notify = b"\0" if dialect.hello_notify else b""
    body = struct.pack("!BHI", dialect.types["eigrp"], 0, 0) + notify + b"\0"
    return message(dialect.hello, 0, body)


def redistribute(dialect: Dialect, vrf: int, source: str, *, wanted: bool) -> bytes:
    """Ask for the routes of another protocol in a VRF, or no longer."""
    body = struct.pack("!BBH", _AFI_IP, dialect.types[source], 0)
    return message(dialect.redistribute_add if wanted else dialect.redistribute_delete, vrf, body)


def route_add(dialect: Dialect, vrf: int, route: RibRoute) -> bytes:
    """Put a route into a VRF; it replaces the one that we had there."""
    contents = _HAS_NEXTHOP | _HAS_DISTANCE | _HAS_METRIC | (_HAS_TAG if route.tag else 0)
    body = _route_head(dialect, route.prefix, contents) + struct.pack("!H", len(route.hops))
    for hop in sorted(route.hops, key=lambda each: (each.gateway, each.index)):
        body += struct.pack("!IBBII", vrf, _V4_IFINDEX, 0, int(hop.gateway), hop.index)
    body += struct.pack("!BI", route.distance, route.metric)
    return message(dialect.route_add, vrf, body + (struct.pack("!I", route.tag) if route.tag else b""))


def route_delete(dialect: Dialect, vrf: int, prefix: IPv4Network) -> bytes:
    """Take our route for a prefix out of a VRF."""
    return message(dialect.route_delete, vrf, _route_head(dialect, prefix, 0))


def _route_head(dialect: Dialect, prefix: IPv4Network, contents: int) -> bytes:
    significant = prefix.network_address.packed[: -(-prefix.prefixlen // 8)]
    head = struct.pack("!BHIIB", dialect.types["eigrp"], 0, 0, contents, _SAFI_UNICAST)
    return head + bytes((_AF_INET, prefix.prefixlen)) + significant


def split(data: bytearray) -> Iterator[tuple[int, int, bytes]]:
    """Whole messages as (command, vrf, body); they are taken off `data`, a partial one stays.

    Raises:
        ZebraError: this is not the protocol.
    """
    while len(data) >= HEADER.size:
        length, marker, version, vrf, command = HEADER.unpack_from(data)
        if (marker, version) != (_MARKER, _VERSION) or not HEADER.size <= length <= _LONGEST:
            raise ZebraError(f"zebra speaks version {version} of its protocol, not {_VERSION}")
        if len(data) < length:
            return
        body = bytes(data[HEADER.size : length])
        del data[:length]
        yield command, vrf, body


def read_redistributed(dialect: Dialect, command: int, vrf: int, body: bytes) -> Redistributed | None:
    """What a message says of another protocol's IPv4 route; None where it says nothing of that.

    Raises:
        ZebraError: it does not follow the dialect.
    """
    if command not in {dialect.redistributed, dialect.unredistributed}:
        return None
    names = {number: name for name, number in dialect.types.items()}
    try:
        cursor = _Cursor(body)
        kind, _, _, contents, _ = cursor.take("!BHIIB")
        family, length = cursor.take("!BB")
        if family != _AF_INET or kind not in names:
            return None
        address = cursor.bytes(-(-length // 8)).ljust(4, b"\0")
        prefix = IPv4Network((address, length), strict=False)
        if command == dialect.unredistributed:
            return Redistributed(vrf, names[kind], prefix, None)
        return Redistributed(vrf, names[kind], prefix, _read_offer(dialect, cursor, contents))
    except (struct.error, ValueError) as error:
        raise ZebraError(f"zebra's message {command} is not of this release's form: {error}") from None


def _read_offer(dialect: Dialect, cursor: _Cursor, contents: int) -> Offer:
    if contents & _HAS_SOURCE:
        raise ValueError("an IPv4 route with a source prefix")
    if contents & _HAS_GROUP:
        cursor.take("!I")
    for present in (_HAS_NEXTHOP, _HAS_BACKUPS):
        if contents & present:
            (count,) = cursor.take("!H")
            for _ in range(count):
                _skip_hop(dialect, cursor, contents)
    if contents & _HAS_DISTANCE:
        cursor.take("!B")
    metric = cursor.take("!I")[0] if contents & _HAS_METRIC else 0
    tag = cursor.take("!I")[0] if contents & _HAS_TAG else 0
    return Offer(metric, tag)


def _skip_hop(dialect: Dialect, cursor: _Cursor, contents: int) -> None:
    _, kind, flags = cursor.take("!IBB")
    if kind not in _GATEWAY_BYTES or flags & (_SEG6 | _SEG6_LOCAL):
        raise ValueError(f"next hop of kind {kind} with flags {flags:#x}")
    cursor.bytes(_GATEWAY_BYTES[kind])
    if flags & _LABELS:
        (count,) = cursor.take("!B")
        cursor.bytes(4 * count + (1 if dialect.label_type else 0))
    if flags & _WEIGHT:
        cursor.bytes(dialect.weight)
    if flags & _EVPN:
        cursor.bytes(6)
    if contents & _HAS_COLOR:
        cursor.bytes(4)
    if flags & _BACKUP:
        (count,) = cursor.take("!B")
        cursor.bytes(count)


class _Cursor:
    """Reads on through a message."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, layout: str) -> tuple[int, ...]:
        """The next values."""
        values = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def bytes(self, count: int) -> bytes:
        """The next bytes."""
        if self._at + count > len(self._data):
            raise ValueError("it ends too early")
        self._at += count
        return self._data[self._at - count : self._at]
