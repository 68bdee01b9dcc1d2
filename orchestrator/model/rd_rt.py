"""Route distinguishers and route targets: an administrator and a number it assigned (RFC 4364 4.2, 4.3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from typing import Self

_TWO_OCTETS = 0xFFFF
_FOUR_OCTETS = 0xFFFFFFFF
_LONGEST_TEXT = len("255.255.255.255:65535")


_DOTTED = re.compile(r"([0-9]{1,5})\.([0-9]{1,5})")


def dotted_as(text: str) -> int | None:
    """The AS number that is written with a dot (asdot, RFC 5396: `65000.1`); None where that is not so."""
    found = _DOTTED.fullmatch(text)
    high, low = map(int, found.groups()) if found else (0, _TWO_OCTETS + 1)
    return (high << 16) + low if max(high, low) <= _TWO_OCTETS else None


@dataclass(frozen=True, slots=True)
class Administered:
    """Eight octets on the wire: `ASN:number` (type 0 or 2) or `IPv4:number` (type 1).

    A two-octet AS number leaves four octets for the number; a four-octet one or an address leaves two.

    Raises:
        ValueError: the administrator or the number does not fit its octets.
    """

    administrator: int | IPv4Address
    number: int

    def __post_init__(self) -> None:
        if isinstance(self.administrator, int) and not 0 < self.administrator <= _FOUR_OCTETS:
            raise ValueError(f"AS number {self.administrator} is not within 1..{_FOUR_OCTETS}")
        if not 0 <= self.number <= self._largest_number:
            raise ValueError(
                f"number {self.number} is not within 0..{self._largest_number} "
                f"(what administrator {self.administrator} leaves room for)"
            )

    @property
    def _largest_number(self) -> int:
        two_octet_as = isinstance(self.administrator, int) and self.administrator <= _TWO_OCTETS
        return _FOUR_OCTETS if two_octet_as else _TWO_OCTETS

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `65000:1`, `65000.1:1` or `10.255.0.1:1`.

        Raises:
            ValueError: the text is neither form, or a part is out of range.
        """
        administrator, colon, number = text.partition(":")
        if not colon or not number.isascii() or not number.isdigit() or len(text) > _LONGEST_TEXT:
            raise ValueError(f"'{text}' is not ASN:number or IPv4:number")
        if administrator.isascii() and administrator.isdigit():
            return cls(int(administrator), int(number))
        if (dotted := dotted_as(administrator)) is not None:
            return cls(dotted, int(number))
        try:
            return cls(IPv4Address(administrator), int(number))
        except AddressValueError:
            raise ValueError(f"'{text}' is not ASN:number or IPv4:number") from None

    def __str__(self) -> str:
        return f"{self.administrator}:{self.number}"


class RouteDistinguisher(Administered):
    """Makes equal customer prefixes of different VRFs distinct VPNv4 prefixes (RFC 4364 4.2)."""

    __slots__ = ()


class RouteTarget(Administered):
    """The extended community that decides which VRFs import a VPNv4 route (RFC 4364 4.3.1)."""

    __slots__ = ()
