"""EIGRP packets: the header, its checksum, and the TLVs behind it (RFC 7868 section 6.5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Final

from eigrp import tlv
from eigrp.errors import DecodeError

if TYPE_CHECKING:
    from eigrp.tlv import Tlv

HEADER: Final = struct.Struct("!BBHIIIHH")
_CHECKSUM: Final = slice(2, 4)
_VERSION: Final = 2


class Opcode(IntEnum):
    """What a packet is for. An acknowledgement is a hello with an acknowledge number."""

    UPDATE = 1
    QUERY = 3
    REPLY = 4
    HELLO = 5
    SIA_QUERY = 10
    SIA_REPLY = 11


class Flag(IntFlag):
    """Header flags."""

    NONE = 0
    INIT = 1
    """First update to a new neighbour."""
    CR = 2
    """Conditional receive: only for those whom the hello before did not name."""
    RS = 4
    """The sender restarts gracefully."""
    EOT = 8
    """Last update of the whole table."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet. Sequence 0: needs no acknowledgement; ack 0: acknowledges nothing."""

    opcode: Opcode
    asn: int
    tlvs: tuple[Tlv, ...] = ()
    flags: Flag = Flag.NONE
    sequence: int = 0
    ack: int = 0
    vrid: int = 0


def checksum(data: bytes) -> int:
    """The Internet checksum over data; 0 over data whose checksum is right."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:  # noqa: PLR2004 -- sixteen bits, folded
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def with_checksum(data: bytes) -> bytes:
    """The packet with its checksum filled in."""
    blank = bytearray(data)
    blank[_CHECKSUM] = b"\0\0"
    blank[_CHECKSUM] = checksum(bytes(blank)).to_bytes(2)
    return bytes(blank)


def without_checksum(data: bytes) -> bytes:
    """The packet with a checksum of zero, as authentication sees it."""
    return data[: _CHECKSUM.start] + b"\0\0" + data[_CHECKSUM.stop :]


def encode(packet: Packet) -> bytes:
    """Its bytes, checksum included."""
    head = HEADER.pack(
        _VERSION, packet.opcode, 0, packet.flags, packet.sequence, packet.ack, packet.vrid, packet.asn
    )
    return with_checksum(head + b"".join(tlv.encode(one) for one in packet.tlvs))


def decode(data: bytes) -> Packet:
    """The packet in these bytes (an IP payload).

    Raises:
        DecodeError: they are not an EIGRP packet; no other exception, whatever the bytes are.
    """
    if len(data) < HEADER.size:
        raise DecodeError(f"{len(data)} bytes are no EIGRP header")
    version, opcode, _, flags, sequence, ack, vrid, asn = HEADER.unpack_from(data)
    if version != _VERSION:
        raise DecodeError(f"EIGRP version {version}")
    if checksum(data):
        raise DecodeError("bad checksum")
    try:
        known = Opcode(opcode)
    except ValueError:
        raise DecodeError(f"opcode {opcode}") from None
    return Packet(known, asn, tuple(tlv.decode(data[HEADER.size :])), Flag(flags & 0xF), sequence, ack, vrid)
