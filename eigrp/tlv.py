"""The type-length-values of EIGRP packets, classic IPv4 (RFC 7868 sections 6.7 and 6.8): bytes and values.

Decoding is strict: a TLV of a known type that is not exactly what the RFC says is a `DecodeError`. A type
that is not known is kept as it is: later versions add some, and they must not end an adjacency.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from eigrp import community
from eigrp.errors import DecodeError
from eigrp.metric import KValues, VectorMetric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eigrp.community import Community

_HEAD: Final = struct.Struct("!HH")
_PARAMETERS: Final = struct.Struct("!6BH")
_AUTHENTICATION: Final = struct.Struct("!HHII8x")
_METRIC: Final = struct.Struct("!II3sBBBBB")
_EXTERNAL: Final = struct.Struct("!IIIIHBB")
_COMMUNITIES: Final = struct.Struct("!HH")
_MD5: Final = 2
_DIGEST: Final = 16
_V4_LENGTH: Final = 4
_V4_BITS: Final = 32
_SENDER: Final = IPv4Address(0)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What neighbours must agree on, and how long the sender is to be believed alive (seconds)."""

    type: ClassVar[int] = 0x0001
    k: KValues
    hold: int

    def payload(self) -> bytes:
        """The value part."""
        k = self.k
        return _PARAMETERS.pack(k.k1, k.k2, k.k3, k.k4, k.k5, k.k6, self.hold)

    @classmethod
    def read(cls, value: bytes) -> Parameters:
        """From the value part."""
        _exactly(value, _PARAMETERS.size, "parameter")
        *weights, hold = _PARAMETERS.unpack(value)
        return cls(KValues(*weights), hold)


@dataclass(frozen=True, slots=True)
class Authentication:
    """MD5 authentication. `sequence` never falls as long as the sender keeps running."""

    type: ClassVar[int] = 0x0002
    key_id: int
    sequence: int
    digest: bytes = bytes(_DIGEST)

    def payload(self) -> bytes:
        """The value part."""
        return _AUTHENTICATION.pack(_MD5, _DIGEST, self.key_id, self.sequence) + self.digest

    @classmethod
    def read(cls, value: bytes) -> Authentication:
        """From the value part."""
        _exactly(value, _AUTHENTICATION.size + _DIGEST, "authentication")
        kind, length, key_id, sequence = _AUTHENTICATION.unpack_from(value)
        if (kind, length) != (_MD5, _DIGEST):
            raise DecodeError(f"authentication of type {kind} with {length} bytes; only MD5 (2, 16) is known")
        return cls(key_id, sequence, value[_AUTHENTICATION.size :])


@dataclass(frozen=True, slots=True)
class SequenceList:
    """Who is *not* to take the next multicast packet, because they still owe acknowledgements."""

    type: ClassVar[int] = 0x0003
    addresses: tuple[IPv4Address, ...]

    def payload(self) -> bytes:
        """The value part."""
        return bytes([_V4_LENGTH]) + b"".join(address.packed for address in self.addresses)

    @classmethod
    def read(cls, value: bytes) -> SequenceList:
        """From the value part."""
        if not value or value[0] != _V4_LENGTH or (len(value) - 1) % _V4_LENGTH:
            raise DecodeError("sequence TLV is not a list of IPv4 addresses")
        ends = range(1, len(value), _V4_LENGTH)
        return cls(tuple(IPv4Address(value[at : at + _V4_LENGTH]) for at in ends))


@dataclass(frozen=True, slots=True)
class SoftwareVersion:
    """Versions of the sender's software and of its EIGRP."""

    type: ClassVar[int] = 0x0004
    software: tuple[int, int]
    eigrp: tuple[int, int]

    def payload(self) -> bytes:
        """The value part."""
        return bytes((*self.software, *self.eigrp))

    @classmethod
    def read(cls, value: bytes) -> SoftwareVersion:
        """From the value part."""
        _exactly(value, 4, "software version")
        return cls((value[0], value[1]), (value[2], value[3]))


@dataclass(frozen=True, slots=True)
class NextMulticast:
    """Sequence number of the next multicast packet that needs an acknowledgement."""

    type: ClassVar[int] = 0x0005
    sequence: int

    def payload(self) -> bytes:
        """The value part."""
        return struct.pack("!I", self.sequence)

    @classmethod
    def read(cls, value: bytes) -> NextMulticast:
        """From the value part."""
        _exactly(value, 4, "next multicast sequence")
        return cls(int.from_bytes(value))


@dataclass(frozen=True, slots=True)
class PeerTermination:
    """In a hello: the sender has let go of the neighbour with that address."""

    type: ClassVar[int] = 0x0007
    address: IPv4Address

    def payload(self) -> bytes:
        """The value part."""
        return bytes([_V4_LENGTH]) + self.address.packed

    @classmethod
    def read(cls, value: bytes) -> PeerTermination:
        """From the value part."""
        _exactly(value, 5, "peer termination")
        if value[0] != _V4_LENGTH:
            raise DecodeError("peer termination TLV without an IPv4 address")
        return cls(IPv4Address(value[1:]))


@dataclass(frozen=True, slots=True)
class External:
    """Where an external route came into EIGRP.

    Attributes:
        router: router id of the redistributing router.
        asn: autonomous system it came from (BGP or EIGRP), or 0.
        tag: administrator's tag.
        metric: its metric in that protocol.
        protocol: number of that protocol (RFC 7868 section 6.8.3): 3 static, 9 BGP, 11 connected, …
        flags: bit 0 external, bit 1 candidate default.
    """

    router: IPv4Address
    asn: int = 0
    tag: int = 0
    metric: int = 0
    protocol: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """What a router says of one destination, apart from the destination: metric and origin.

    An internal route has no `external`. The site of origin travels in a TLV of its own (`SiteTlv`).
    """

    metric: VectorMetric
    external: External | None = None
    site: Community | None = None


@dataclass(frozen=True, slots=True)
class RouteTlv:
    """One destination in an update, query or reply.

    Attributes:
        prefix: the destination.
        route: metric and origin; an unreachable one has the infinite delay.
        next_hop: where to send packets, if not to the sender itself (0.0.0.0).
    """

    INTERNAL: ClassVar[int] = 0x0102
    EXTERNAL: ClassVar[int] = 0x0103
    prefix: IPv4Network
    route: Route
    next_hop: IPv4Address = _SENDER

    @property
    def type(self) -> int:
        """0x0102 internal, 0x0103 external."""
        return self.INTERNAL if self.route.external is None else self.EXTERNAL

    def payload(self) -> bytes:
        """The value part."""
        return (
            self.next_hop.packed
            + _origin(self.route.external)
            + _vector(self.route.metric)
            + _nlri(self.prefix)
        )

    @classmethod
    def read(cls, value: bytes, *, external: bool) -> RouteTlv:
        """From the value part."""
        fixed = _V4_LENGTH + (_EXTERNAL.size if external else 0) + _METRIC.size
        if len(value) <= fixed:
            raise DecodeError(f"route TLV of {len(value)} bytes ends before its prefix")
        origin = None
        if external:
            router, asn, tag, metric, _, protocol, flags = _EXTERNAL.unpack_from(value, _V4_LENGTH)
            origin = External(IPv4Address(router), asn, tag, metric, protocol, flags)
        delay, bandwidth, mtu, *rest = _METRIC.unpack_from(value, fixed - _METRIC.size)
        vector = VectorMetric(delay, bandwidth, int.from_bytes(mtu), *rest)
        return cls(_prefix(value[fixed:]), Route(vector, origin), IPv4Address(value[:_V4_LENGTH]))


@dataclass(frozen=True, slots=True)
class SiteTlv:
    """The site of origin of a destination in the same packet: the IPv4 community TLV.

    Prefix, two reserved bytes, length of the list, list of extended communities. Of a list that others send
    only a site of origin is kept. FRR's eigrpd (10.3) passes over this TLV.
    """

    type: ClassVar[int] = 0x0104
    prefix: IPv4Network
    site: Community | None

    def payload(self) -> bytes:
        """The value part."""
        listed = b"" if self.site is None else self.site.packed(community.SITE_OF_ORIGIN)
        return _nlri(self.prefix) + _COMMUNITIES.pack(0, len(listed)) + listed

    @classmethod
    def read(cls, value: bytes) -> SiteTlv:
        """From the value part."""
        size = 1 + max(1, -(-value[0] // 8)) if value else 1
        if len(value) < size + _COMMUNITIES.size:
            raise DecodeError(f"community TLV of {len(value)} bytes ends before its list")
        _, length = _COMMUNITIES.unpack_from(value, size)
        listed = value[size + _COMMUNITIES.size :]
        if length != len(listed):
            raise DecodeError(f"community list says {length} bytes, {len(listed)} are there")
        sites = community.among(listed, community.SITE_OF_ORIGIN)
        return cls(_prefix(value[:size]), sites[0] if sites else None)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A TLV of a type that this speaker does not use."""

    type: int
    value: bytes

    def payload(self) -> bytes:
        """The value part."""
        return self.value


Tlv: TypeAlias = (
    Parameters
    | Authentication
    | SequenceList
    | SoftwareVersion
    | NextMulticast
    | PeerTermination
    | RouteTlv
    | SiteTlv
    | Unknown
)

_GENERAL: Final = {
    kind.type: kind
    for kind in (
        Parameters,
        Authentication,
        SequenceList,
        SoftwareVersion,
        NextMulticast,
        PeerTermination,
        SiteTlv,
    )
}


def encode(tlv: Tlv) -> bytes:
    """Its bytes, head included."""
    payload = tlv.payload()
    return _HEAD.pack(tlv.type, _HEAD.size + len(payload)) + payload


def decode(data: bytes) -> Iterator[Tlv]:
    """The TLVs that follow a packet's header.

    Raises:
        DecodeError: a length that does not fit, or a value that its type does not allow.
    """
    at = 0
    while at < len(data):
        if len(data) - at < _HEAD.size:
            raise DecodeError(f"{len(data) - at} bytes after the last TLV")
        kind, length = _HEAD.unpack_from(data, at)
        if length < _HEAD.size or at + length > len(data):
            raise DecodeError(f"TLV {kind:#06x} says {length} bytes, {len(data) - at} are there")
        yield _value(kind, data[at + _HEAD.size : at + length])
        at += length


def _value(kind: int, value: bytes) -> Tlv:
    if kind in {RouteTlv.INTERNAL, RouteTlv.EXTERNAL}:
        return RouteTlv.read(value, external=kind == RouteTlv.EXTERNAL)
    reader = _GENERAL.get(kind)
    return Unknown(kind, value) if reader is None else reader.read(value)


def _exactly(value: bytes, size: int, name: str) -> None:
    if len(value) != size:
        raise DecodeError(f"{name} TLV with {len(value)} bytes of value instead of {size}")


def _origin(external: External | None) -> bytes:
    if external is None:
        return b""
    return _EXTERNAL.pack(
        int(external.router),
        external.asn,
        external.tag,
        external.metric,
        0,
        external.protocol,
        external.flags,
    )


def _vector(metric: VectorMetric) -> bytes:
    return _METRIC.pack(
        metric.delay,
        metric.bandwidth,
        min(metric.mtu, 0xFFFFFF).to_bytes(3),
        metric.hop_count,
        metric.reliability,
        metric.load,
        metric.tag,
        metric.flags,
    )


def _nlri(prefix: IPv4Network) -> bytes:
    # Even 0.0.0.0/0 carries one byte of address (FRR 10.3 eigrp_add_internalTLV_to_stream, Cisco alike).
    significant = max(1, -(-prefix.prefixlen // 8))
    return bytes([prefix.prefixlen]) + prefix.network_address.packed[:significant]


def _prefix(value: bytes) -> IPv4Network:
    length, address = value[0], value[1:]
    if length > _V4_BITS:
        raise DecodeError(f"prefix length {length}")
    if len(address) != max(1, -(-length // 8)):
        raise DecodeError(f"prefix of length {length} in {len(address)} bytes")
    try:
        return IPv4Network((address.ljust(_V4_LENGTH, b"\0"), length))
    except ValueError:
        raise DecodeError(f"prefix of length {length} with bits set behind it") from None
