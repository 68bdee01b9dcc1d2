"""MD5 authentication of packets (RFC 7868 section 6.7.2).

The digest covers the header, the authentication TLV up to the digest, the secret padded to 16 bytes, and all
TLVs behind. The key sequence carries the sender's clock in seconds, and a neighbour refuses one that falls: a
recorded packet of an earlier second is no use to an attacker.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import Final

from eigrp import packet as packets
from eigrp.errors import DecodeError
from eigrp.packet import HEADER, Packet
from eigrp.tlv import Authentication

_SECRET: Final = 16
_TLV: Final = 40
_DIGEST_AT: Final = HEADER.size + _TLV - 16


@dataclass(frozen=True, slots=True)
class Key:
    """A shared secret and the number that neighbours know it by."""

    id: int
    secret: bytes


def sign(packet: Packet, key: Key, clock: int) -> bytes:
    """The packet's bytes, authenticated; `clock` in whole seconds."""
    blank = Authentication(key.id, clock & 0xFFFFFFFF)
    data = packets.encode(replace(packet, tlvs=(blank, *packet.tlvs)))
    signed = data[:_DIGEST_AT] + _digest(data, key) + data[HEADER.size + _TLV :]
    return packets.with_checksum(signed)


def check(packet: Packet, data: bytes, key: Key | None, newest: int) -> int:
    """The key sequence of an authentic packet (`newest` again where there is no key).

    Args:
        packet: what `data` decodes to.
        data: the bytes.
        key: what this interface demands; None: no authentication.
        newest: the highest key sequence so far from this neighbour.

    Raises:
        DecodeError: it is not authentic; the text says why.
    """
    first = packet.tlvs[0] if packet.tlvs else None
    signature = first if isinstance(first, Authentication) else None
    if key is None:
        if any(isinstance(one, Authentication) for one in packet.tlvs):
            raise DecodeError("authenticated, but no key is configured here")
        return newest
    if signature is None:
        raise DecodeError("not authenticated, but a key is configured here")
    if signature.key_id != key.id:
        raise DecodeError(f"authenticated with key {signature.key_id} instead of {key.id}")
    if not hmac.compare_digest(_digest(data, key), signature.digest):
        raise DecodeError("authenticated with another secret")
    if signature.sequence < newest:
        raise DecodeError(f"replayed: key sequence {signature.sequence} after {newest}")
    return signature.sequence


def _digest(data: bytes, key: Key) -> bytes:
    plain = packets.without_checksum(data)
    secret = key.secret[:_SECRET].ljust(_SECRET, b"\0")
    covered = plain[:_DIGEST_AT] + secret + plain[HEADER.size + _TLV :]
    return hashlib.md5(covered, usedforsecurity=False).digest()
