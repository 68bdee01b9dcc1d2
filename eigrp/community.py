"""Extended communities (RFC 4360) as far as a VPN's sites need them: route target and site of origin."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final

from eigrp.errors import DecodeError

SIZE: Final = 8
ROUTE_TARGET: Final = 2
SITE_OF_ORIGIN: Final = 3
"""Subtypes. The site of origin is RFC 4360's "route origin"."""

_AS2, _ADDRESS, _AS4 = 0, 1, 2
_TWO_BYTES: Final = 0xFFFF
_FOUR_BYTES: Final = 0xFFFFFFFF
_LAYOUTS: Final = {_AS2: struct.Struct("!HI"), _ADDRESS: struct.Struct("!IH"), _AS4: struct.Struct("!IH")}


@dataclass(frozen=True, slots=True, order=True)
class Community:
    """Administrator and number, `65000:3` or `192.0.2.1:3`; what it is for is said where it stands.

    Attributes:
        kind: 0 the administrator is an AS of two bytes, 1 an address, 2 an AS of four bytes.
        administrator: AS, or address as a number.
        number: what the administrator has assigned; four bytes long in kind 0, else two.
    """

    kind: int
    administrator: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Community:
        """From `65000:3`, `192.0.2.1:3` or `4200000000:3`.

        Raises:
            ValueError: it is none of these.
        """
        head, _, tail = text.rpartition(":")
        if not (tail.isascii() and tail.isdigit()):
            raise ValueError(f"expected AS:NUMBER or ADDRESS:NUMBER, found {text}")
        if "." in head:
            kind, administrator = _ADDRESS, int(IPv4Address(head))
        elif head.isascii() and head.isdigit():
            administrator = int(head)
            kind = _AS2 if administrator <= _TWO_BYTES else _AS4
        else:
            raise ValueError(f"expected AS:NUMBER or ADDRESS:NUMBER, found {text}")
        most = _FOUR_BYTES if kind == _AS2 else _TWO_BYTES
        if administrator > _FOUR_BYTES or int(tail) > most:
            raise ValueError(f"too large a number in {text}")
        return cls(kind, administrator, int(tail))

    @classmethod
    def read(cls, body: bytes) -> Community:
        """From kind, subtype and six bytes, or a route distinguisher: two bytes of kind and six.

        Raises:
            DecodeError: not of a kind known here.
        """
        layout = _LAYOUTS.get(body[0] & 0x3F) if len(body) == SIZE else None
        if layout is None:
            raise DecodeError(f"community {body.hex()} is of no known kind")
        return cls(body[0] & 0x3F, *layout.unpack_from(body, 2))

    def packed(self, subtype: int) -> bytes:
        """Its eight bytes, as one of that subtype."""
        return bytes((self.kind, subtype)) + _LAYOUTS[self.kind].pack(self.administrator, self.number)

    def __str__(self) -> str:
        head = IPv4Address(self.administrator) if self.kind == _ADDRESS else self.administrator
        return f"{head}:{self.number}"


def distinguisher(raw: bytes) -> str:
    """A route distinguisher (RFC 4364 section 4.2) in words; hexadecimal where its type is not known."""
    kind = int.from_bytes(raw[:2])
    if kind not in _LAYOUTS:
        return raw.hex()
    return str(Community.read(bytes((kind, 0)) + raw[2:]))


def among(raw: bytes, subtype: int) -> tuple[Community, ...]:
    """Those of one subtype in a list of extended communities; kinds that are not known are passed over.

    Raises:
        DecodeError: not a whole number of communities.
    """
    if len(raw) % SIZE:
        raise DecodeError(f"{len(raw)} bytes are no list of extended communities")
    each = (raw[at : at + SIZE] for at in range(0, len(raw), SIZE))
    return tuple(Community.read(one) for one in each if one[0] & ~0x40 in _LAYOUTS and one[1] == subtype)
