"""What bgpd sends of its neighbours' VPN routes by BMP (RFC 7854): bytes and values.

FRR 8.4.4, 10.3 and 10.7 with `bmp monitor ipv4 vpn post-policy` behave alike: peers that are up are said to
be so, all their routes follow, then End-of-RIB; later changes and withdrawals come as they happen; a session
that ends is a Peer Down, without withdrawals. The dump also lists the router's own exports, from peer 0.0.0.0
or of the type Loc-RIB; these are never brought up to date, so they are left out here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from typing import TYPE_CHECKING, Final, TypeAlias

from eigrp import community
from eigrp.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eigrp.community import Community

_VERSION: Final = 3
_HEADER: Final = struct.Struct("!BIB")
_PEER: Final = struct.Struct("!BB8s16s4s4s8x")
_LONGEST: Final = 1 << 17
_MONITORING, _DOWN, _UP, _INITIATION = 0, 2, 3, 4
_GLOBAL_PEER: Final = 0
_V6, _POST_POLICY, _OUT = 0x80, 0x40, 0x10
_SYSTEM: Final = 1

_BGP: Final = struct.Struct("!16sHB")
_UPDATE: Final = 2
_EXTENDED_LENGTH: Final = 0x10
_MED, _REACH, _UNREACH, _COMMUNITIES, _LARGE = 4, 14, 15, 16, 32
_VPN4: Final = struct.pack("!HB", 1, 128)
_NEXT_HOP: Final = 12
_LABEL, _RD, _V4_BITS = 3, 8, 32
_LARGE_SIZE: Final = 12

LargeCommunity: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True, order=True)
class Nlri:
    """A VPN route's key: route distinguisher and prefix."""

    rd: str
    prefix: IPv4Network


@dataclass(frozen=True, slots=True)
class VpnPath:
    """A VPN route as one BGP neighbour announces it.

    Attributes:
        nlri: its key.
        next_hop: the far PE.
        label: the VPN label; 0 where bgpd does not say (FRR 8.4).
        med: None: it carries none.
        route_targets: what VRFs import by.
        site: site of origin.
        large: large communities (RFC 8092).
    """

    nlri: Nlri
    next_hop: IPv4Address
    label: int = 0
    med: int | None = None
    route_targets: frozenset[Community] = frozenset()
    site: Community | None = None
    large: tuple[LargeCommunity, ...] = ()


@dataclass(frozen=True, slots=True)
class Initiation:
    """Who sends, in its own words, such as `FRRouting 10.3`."""

    system: str


@dataclass(frozen=True, slots=True)
class PeerUp:
    """A BGP session is up; what was known of this neighbour is no longer."""

    peer: str


@dataclass(frozen=True, slots=True)
class PeerDown:
    """A BGP session has ended, and all its routes with it."""

    peer: str


@dataclass(frozen=True, slots=True)
class Monitoring:
    """A neighbour's routes that have passed the policy; with neither: End-of-RIB."""

    peer: str
    announced: tuple[VpnPath, ...] = ()
    withdrawn: tuple[Nlri, ...] = ()


Message: TypeAlias = Initiation | PeerUp | PeerDown | Monitoring


def split(data: bytearray) -> Iterator[bytes]:
    """Whole messages; they are taken off `data`, a partial one stays.

    Raises:
        DecodeError: this is not BMP.
    """
    while len(data) >= _HEADER.size:
        version, length, _ = _HEADER.unpack_from(data)
        if version != _VERSION or not _HEADER.size <= length <= _LONGEST:
            raise DecodeError(f"not BMP: version {version}, length {length}")
        if len(data) < length:
            return
        message = bytes(data[:length])
        del data[:length]
        yield message


def decode(data: bytes) -> Message | None:
    """What a whole message says; None where that is of no use here.

    Raises:
        DecodeError: it breaks a rule; no other exception, whatever the bytes are.
    """
    _, _, kind = _HEADER.unpack_from(data)
    body = data[_HEADER.size :]
    if kind == _INITIATION:
        return Initiation(_system(body))
    if kind not in {_MONITORING, _DOWN, _UP}:
        return None
    if len(body) < _PEER.size:
        raise DecodeError(f"{len(body)} bytes are no per-peer header")
    peer_kind, flags, rd, address, _, _ = _PEER.unpack_from(body)
    peer = str(IPv6Address(address) if flags & _V6 else IPv4Address(address[12:]))
    if peer_kind != _GLOBAL_PEER or flags & _OUT or not any(address):
        return None  # our own routes, those that we send, and those of VRFs
    if any(rd):
        peer = f"{peer} ({community.distinguisher(rd)})"
    if kind == _UP:
        return PeerUp(peer)
    if kind == _DOWN:
        return PeerDown(peer)
    return _monitoring(peer, body[_PEER.size :]) if flags & _POST_POLICY else None


def _system(body: bytes) -> str:
    at = 0
    while at + 4 <= len(body):
        kind, length = struct.unpack_from("!HH", body, at)
        if kind == _SYSTEM:
            return body[at + 4 : at + 4 + length].decode("utf-8", "replace")
        at += 4 + length
    return "unknown"


def _monitoring(peer: str, update: bytes) -> Monitoring | None:
    """From a BGP UPDATE (RFC 4271 section 4.3)."""
    if len(update) < _BGP.size + 4:
        raise DecodeError(f"{len(update)} bytes are no BGP update")
    _, length, kind = _BGP.unpack_from(update)
    if length != len(update) or kind != _UPDATE:
        raise DecodeError(f"BGP message of type {kind} and length {length} in {len(update)} bytes")
    (old,) = struct.unpack_from("!H", update, _BGP.size)
    at = _BGP.size + 2 + old
    if at + 2 > len(update):
        raise DecodeError("withdrawn routes longer than their update")
    (size,) = struct.unpack_from("!H", update, at)
    if at + 2 + size > len(update):
        raise DecodeError("path attributes longer than their update")
    attributes = dict(_attributes(update[at + 2 : at + 2 + size]))
    reach, unreach = attributes.get(_REACH, b""), attributes.get(_UNREACH, b"")
    if _VPN4 not in {reach[:3], unreach[:3]}:
        return None  # another family
    announced = tuple(_announced(reach[3:], attributes)) if reach[:3] == _VPN4 else ()
    withdrawn = tuple(nlri for nlri, _ in _nlris(unreach[3:])) if unreach[:3] == _VPN4 else ()
    return Monitoring(peer, announced, withdrawn)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        long = data[at] & _EXTENDED_LENGTH
        head = 4 if long else 3
        if at + head > len(data):
            raise DecodeError("path attribute without a length")
        length = int.from_bytes(data[at + 2 : at + head])
        if at + head + length > len(data):
            raise DecodeError(f"path attribute {data[at + 1]} is longer than its update")
        yield data[at + 1], data[at + head : at + head + length]
        at += head + length


def _announced(reach: bytes, attributes: dict[int, bytes]) -> Iterator[VpnPath]:
    if not reach or len(reach) < reach[0] + 2:
        raise DecodeError("reachable routes without a next hop")
    end = 1 + reach[0]
    if reach[0] != _NEXT_HOP:
        return  # an IPv6 next hop: no route for an IPv4 core
    next_hop = IPv4Address(reach[end - 4 : end])
    med = attributes.get(_MED)
    if med is not None and len(med) != 4:  # noqa: PLR2004 -- a number of four bytes
        raise DecodeError(f"MED of {len(med)} bytes")
    communities = attributes.get(_COMMUNITIES, b"")
    sites = community.among(communities, community.SITE_OF_ORIGIN)
    targets = frozenset(community.among(communities, community.ROUTE_TARGET))
    large = _large(attributes.get(_LARGE, b""))
    for nlri, label in _nlris(reach[end + 1 :]):
        yield VpnPath(
            nlri,
            next_hop,
            label,
            None if med is None else int.from_bytes(med),
            targets,
            sites[0] if sites else None,
            large,
        )


def _large(raw: bytes) -> tuple[LargeCommunity, ...]:
    if len(raw) % _LARGE_SIZE:
        raise DecodeError(f"{len(raw)} bytes are no list of large communities")
    return tuple(struct.iter_unpack("!III", raw))


def _nlris(data: bytes) -> Iterator[tuple[Nlri, int]]:
    """Labelled VPN-IPv4 routes, one label each (RFC 8277 section 2.2, RFC 4364 section 4.3.4)."""
    at = 0
    while at < len(data):
        bits = data[at] - 8 * (_LABEL + _RD)
        size = -(-bits // 8)
        start = at + 1 + _LABEL + _RD
        if not 0 <= bits <= _V4_BITS or start + size > len(data):
            raise DecodeError(f"VPN route of {data[at]} bits with {len(data) - at - 1} bytes left")
        label = int.from_bytes(data[at + 1 : at + 1 + _LABEL]) >> 4
        address = data[start : start + size].ljust(4, b"\0")
        prefix = IPv4Network((address, bits), strict=False)
        yield Nlri(community.distinguisher(data[at + 1 + _LABEL : start]), prefix), label
        at = start + size
