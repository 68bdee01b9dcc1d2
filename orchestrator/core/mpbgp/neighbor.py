"""A BGP neighbor of the provider's own instance, in lines as FRR prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address

LABELLED: Final = "ipv4 labeled-unicast"
VPNV4: Final = "ipv4 vpn"
VPNV6: Final = "ipv6 vpn"
FAMILIES: Final = (LABELLED, VPNV4, VPNV6)
"""Address families of neighbors, in FRR's order."""


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A neighbor.

    Attributes:
        session: lines of `router bgp`.
        families: by address family, lines there; in families that are not named it is not activated.
    """

    address: IPv4Address
    session: tuple[str, ...]
    families: Mapping[str, tuple[str, ...]]
