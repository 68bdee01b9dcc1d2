"""Where the hosts of a customer's prefix are: not where another site has a more specific one.

Packets go by the longest match. What lies in a more specific prefix of another site is that site's, and a
default route's own hosts are those that no site of the lab has.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network, summarize_address_range
from typing import TYPE_CHECKING, Final

from orchestrator.model.grouping import grouped
from orchestrator.model.memory import remembered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Interface, Lab, Site, Vrf

EVERYTHING: Final = IPv4Network("0.0.0.0/0")
"""The prefix of a site that has the way out of the VPN: a default route."""

STAND_INS: Final = tuple(map(IPv4Network, ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")))
"""What stands for all that is reached by a default route (RFC 5737): the first that nobody in the lab has."""

_ROOM: Final = 24  # a range as long as this, or shorter, has hosts enough for every flow of `measure`


def more_specifics(prefixes: Collection[IPv4Network]) -> Mapping[IPv4Network, Sequence[IPv4Network]]:
    """For each prefix of a VPN the outermost others that lie in it."""
    inner: dict[IPv4Network, list[IPv4Network]] = {one: [] for one in prefixes}
    around: list[IPv4Network] = []
    for one in sorted(inner):  # by address, larger before smaller
        while around and not one.subnet_of(around[-1]):
            around.pop()
        if around:
            inner[around[-1]].append(one)
        around.append(one)
    return inner


def hosts_in(prefix: IPv4Network, inner: Iterable[IPv4Network]) -> IPv4Network | None:
    """A range of a prefix that lies in none of these, which lie in it in order; None where they fill it.

    The first with room for many hosts, else the largest.
    """
    free = [block for gap in _gaps(prefix, inner) for block in summarize_address_range(*gap)]
    roomy = (one for one in free if one.prefixlen <= max(_ROOM, prefix.prefixlen))
    return next(roomy, min(free, key=lambda one: one.prefixlen, default=None))


def _gaps(prefix: IPv4Network, inner: Iterable[IPv4Network]) -> Iterator[tuple[IPv4Address, IPv4Address]]:
    first = int(prefix.network_address)
    for one in inner:
        if int(one.network_address) > first:
            yield IPv4Address(first), one.network_address - 1
        first = int(one.broadcast_address) + 1
    if first <= int(prefix.broadcast_address):
        yield IPv4Address(first), prefix.broadcast_address


def nth_host(prefix: IPv4Network, n: int) -> IPv4Interface:
    """The Nth host address of a prefix, from 0, and from the start again where there are no more."""
    whole = prefix.prefixlen >= prefix.max_prefixlen - 1  # a /31 or /32 has hosts only
    hosts = prefix.num_addresses if whole else prefix.num_addresses - 2
    first = int(prefix.network_address) + (not whole)
    return IPv4Interface((first + n % hosts, prefix.prefixlen))


def stand_in(taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """What stands for everything else where these are in use; None where all that may do are."""
    taken = tuple(taken)
    return next((one for one in STAND_INS if not any(one.overlaps(other) for other in taken)), None)


def host_ranges(
    vpns: Mapping[str, Collection[IPv4Network]],
) -> Mapping[tuple[str, IPv4Network], IPv4Network | None]:
    """Where the hosts of each prefix of each VPN are; None where it has no room for any.

    Args:
        vpns: by VPN, the prefixes of its sites.
    """
    taken = [one for prefixes in vpns.values() for one in prefixes if one != EVERYTHING]
    outside = stand_in(taken) if any(EVERYTHING in prefixes for prefixes in vpns.values()) else None
    return {
        (vpn, prefix): outside if prefix == EVERYTHING else hosts_in(prefix, inner)
        for vpn, prefixes in vpns.items()
        for prefix, inner in more_specifics(prefixes).items()
    }


@remembered
def _ranges(lab: Lab) -> Mapping[tuple[str, IPv4Network], IPv4Network | None]:
    return host_ranges({vpn.name: [one for site in vpn.sites for one in site.ipv4] for vpn in lab.vpns})


@remembered
def _holders(lab: Lab) -> Mapping[tuple[str, IpNetwork], tuple[Site, ...]]:
    return grouped(((site.vpn, prefix), site) for site in lab.sites for prefix in site.prefixes)


def holders(lab: Lab, vpn: str, prefix: IpNetwork) -> tuple[Site, ...]:
    """The sites of a VPN that have a prefix; of several (anycast) a packet gets to the nearest."""
    return _holders(lab).get((vpn, prefix), ())


@remembered
def shared_prefixes(lab: Lab) -> tuple[tuple[str, IpNetwork], ...]:
    """Each prefix that several sites of its VPN have, with the VPN."""
    return tuple(key for key, sites in _holders(lab).items() if len(sites) > 1)


def is_shared(lab: Lab, site: Site, prefix: IpNetwork) -> bool:
    """Whether another site of the VPN has the prefix as well."""
    return len(holders(lab, site.vpn, prefix)) > 1


def hosts_of(lab: Lab, lan: Interface) -> IpNetwork:
    """Where the hosts of a LAN of a CE are."""
    (site, _), *_ = lab.attachments_of(lan.node)
    # In IPv6 no prefix lies in another one.
    own = lan.prefix if isinstance(lan.prefix, IPv4Network) else None
    return (_ranges(lab)[site.vpn, own] if own else None) or lan.address.network


@remembered
def may_have_default(lab: Lab, vrf: Vrf) -> bool:
    """Whether a VRF gets a default route, of a site of its own or of one that it imports from.

    zebra resolves next hops by it, too: a static route whose link is down would then lead out there.
    """
    return any(
        EVERYTHING in site.prefixes
        for one in (vrf, *lab.imported_into(vrf))
        for site, attachment in lab.attachments_of(one.pe)
        if attachment.vrf == one.name
    )
