"""What can be wrong with the IPv6 prefixes of sites."""

from __future__ import annotations

from ipaddress import IPv6Network
from typing import TYPE_CHECKING, Final

from orchestrator.model.ipv6 import ACCESS_POOL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path

# What customers may number sites from: global unicast (RFC 4291) and unique local addresses (RFC 4193).
_UNICAST: Final = (IPv6Network("2000::/3"), IPv6Network("fc00::/7"))
_LONGEST: Final = 126  # hosts beside the routers' anycast address


def check_ipv6(files: LabFiles) -> Iterator[Mistake]:
    """IPv6 prefixes that no host can have, that meet each other, or that nothing carries."""
    crossing = {name for one in files.intent.interconnects for name in one.vpns}
    for name, vpn in files.intent.vpns.items():
        before: list[tuple[str, IPv6Network]] = []
        for site, intent in vpn.sites.items():
            path: Path = ("vpns", name, "sites", site)
            for number, prefix in enumerate(intent.prefixes):
                if isinstance(prefix, IPv6Network):
                    at = (*path, "prefixes", number)
                    faults = [*_range(files, at, site, prefix)] or [
                        *_apart(files, at, (site, prefix), before)
                    ]
                    yield from faults
                    if not faults:
                        before.append((site, prefix))
            if intent.ipv6:
                yield from _carried(files, path, site)
            if intent.ipv6 and name in crossing:
                what = f"site {site} has IPv6 prefixes, and VPN {name} has an interconnect"
                yield files.intent_document.mistake(path, what, "between providers IPv4 alone is made")


def _range(files: LabFiles, path: Path, site: str, prefix: IPv6Network) -> Iterator[Mistake]:
    document = files.intent_document
    if not any(prefix.subnet_of(one) for one in _UNICAST):
        what = f"site {site} has {prefix}, which is no unicast range (an IPv6 default route is not made)"
        yield document.mistake(path, what, "take one of 2001:db8::/32 (RFC 3849) or of fd00::/8 (RFC 4193)")
    elif prefix.prefixlen > _LONGEST:
        what = f"site {site} has {prefix}, which has no room for a host"
        yield document.mistake(path, what, "give a /64")
    elif prefix.overlaps(ACCESS_POOL):
        what = f"site {site} has {prefix}, which overlaps {ACCESS_POOL}, the range of PE-CE links"
        yield document.mistake(path, what, "choose another prefix")


def _apart(
    files: LabFiles, path: Path, one: tuple[str, IPv6Network], before: list[tuple[str, IPv6Network]]
) -> Iterator[Mistake]:
    site, prefix = one
    for other, earlier in before:
        if prefix.overlaps(earlier):
            what = f"site {site} has {prefix}, which overlaps {earlier} of site {other}"
            right = "IPv6 prefixes of a VPN have no address in common: choose another"
            yield files.intent_document.mistake(path, what, right)
            return


def _carried(files: LabFiles, path: Path, site: str) -> Iterator[Mistake]:
    """By a PE-CE protocol that carries IPv6, over one attachment."""
    attachments = files.intent.vpns[str(path[1])].sites[site].attachments
    for number, one in enumerate(attachments):
        if not one.carries_ipv6:
            what = f"site {site} has IPv6 prefixes and speaks {one.protocol}, which carries IPv4 alone here"
            right = "speak bgp or static"
            yield files.intent_document.mistake((*path, "attachments", number, "protocol"), what, right)
        elif (option := one.not_of_ipv6) is not None:
            what = f"site {site} has IPv6 prefixes and {option}, which is made for IPv4 alone"
            yield files.intent_document.mistake((*path, "attachments", number, option), what, "leave one out")
    if len(attachments) > 1:
        what = f"site {site} has IPv6 prefixes and {len(attachments)} attachments"
        yield files.intent_document.mistake(path, what, "IPv6 is made for sites with one")
