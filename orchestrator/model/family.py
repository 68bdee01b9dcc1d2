"""The two families of customer addresses, as values: one core and one VPN carry both (RFC 4364, RFC 4659)."""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

IpAddress: TypeAlias = IPv4Address | IPv6Address
IpNetwork: TypeAlias = IPv4Network | IPv6Network
IpInterface: TypeAlias = IPv4Interface | IPv6Interface


class Family(Enum):
    """An address family of customers' routes, by its version number."""

    IPV4 = 4
    IPV6 = 6

    @classmethod
    def of(cls, value: IpAddress | IpNetwork | IpInterface) -> Family:
        """The family of an address or a prefix."""
        return cls(value.version)

    @property
    def afi(self) -> str:
        """FRR's word for it: `address-family ipv6 vpn`."""
        return "ipv4" if self is Family.IPV4 else "ipv6"

    @property
    def ip(self) -> str:
        """What FRR's commands about routes and addresses begin with: `ip route`, `ipv6 route`."""
        return "ip" if self is Family.IPV4 else "ipv6"

    @property
    def vpn(self) -> str:
        """What its VPN routes are called."""
        return "VPNv4" if self is Family.IPV4 else "VPNv6"

    def among(self, prefixes: Iterable[IpNetwork]) -> tuple[IpNetwork, ...]:
        """Those of some prefixes that are of this family, in their order."""
        return tuple(one for one in prefixes if one.version == self.value)

    def __str__(self) -> str:
        return self.afi


_MAPPED: Final = IPv6Network("::ffff:0.0.0.0/96")


def mapped(address: IPv4Address) -> IPv6Address:
    """An IPv4 address in IPv6 form (RFC 4291 2.5.5.2): the next hop of a VPNv6 route over an IPv4 core."""
    return _MAPPED[int(address)]


def written(address: IpAddress) -> str:
    """An address as FRR and iproute2 write it: a mapped one with its IPv4 address in dotted form."""
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(address) if inner is None else f"::ffff:{inner}"


_ONE_LINK: Final = IPv6Network("fe80::/10")


def of_one_link(value: IpAddress | IpNetwork) -> bool:
    """Whether an address or a prefix means something on one link alone, as each interface has one in IPv6.

    RFC 4291 2.5.6. In IPv4 no router makes any by itself: one of 169.254.0.0/16 (RFC 3927) was given to it.
    """
    address = value.network_address if isinstance(value, IPv4Network | IPv6Network) else value
    return address in _ONE_LINK


def contains(outer: IpNetwork, inner: IpNetwork) -> bool:
    """Whether a prefix lies within another one, or is it; those of two families never do."""
    if isinstance(outer, IPv4Network):
        return isinstance(inner, IPv4Network) and inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and inner.subnet_of(outer)


def overlap(one: IpNetwork, other: IpNetwork) -> bool:
    """Whether two prefixes have an address in common."""
    return contains(one, other) or contains(other, one)


def by_number(prefix: IpNetwork) -> tuple[int, int, int]:
    """What prefixes of both families are sorted by: as their own order, IPv4 first."""
    return prefix.version, int(prefix.network_address), prefix.prefixlen
