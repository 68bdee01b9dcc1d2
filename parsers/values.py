"""Values that the facts of several commands hold: labels, addresses and prefixes of either family."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
)
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
InterfaceAddress: TypeAlias = IPv4Interface | IPv6Interface

_KEPT: Final = 2**16
"""Prefixes remembered: a long table's, which each node has in several tables."""


@lru_cache(_KEPT)
def network(text: str) -> Network:
    """Read a prefix of either family. A route of a long table stands in many; all share one prefix.

    Raises:
        ValueError: The text is no prefix, or has bits beyond its length; its own text says which.
    """
    return IPv6Network(text) if ":" in text else IPv4Network(text)


def ipv4_network(text: str) -> IPv4Network:
    """Read an IPv4 prefix; as `network`."""
    found = network(text)
    if isinstance(found, IPv4Network):
        return found
    raise ValueError(f"{text!r} is no IPv4 prefix")


def ipv6_network(text: str) -> IPv6Network:
    """Read an IPv6 prefix; as `network`."""
    found = network(text)
    if isinstance(found, IPv6Network):
        return found
    raise ValueError(f"{text!r} is no IPv6 prefix")


@lru_cache(1024)
def address(text: str) -> Address:
    """Read an address of either family, a next hop say, of which there are few.

    Raises:
        ValueError: The text is no address.
    """
    return ip_address(text)


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
