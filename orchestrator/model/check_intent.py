"""What can be wrong in `vpn.yml` by itself."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations
from typing import TYPE_CHECKING, Final

from orchestrator.model.derive import pools, vpn_numbers
from orchestrator.model.intent import PLACES
from orchestrator.model.interconnect import Option
from orchestrator.model.lans import EVERYTHING, STAND_INS, hosts_in, more_specifics, stand_in
from orchestrator.model.mistakes import nearest
from orchestrator.model.names import vrf_name_fault, word_fault
from orchestrator.model.paths import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.model.document import Document
    from orchestrator.model.family import IpNetwork
    from orchestrator.model.intent import Intent, PlacedAttachment, VpnIntent
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path

# Nothing in a lab may be numbered from these.
_SPECIAL: Final = {
    IPv4Network("0.0.0.0/8"): "holds addresses of 'this network' (RFC 1122)",
    IPv4Network("127.0.0.0/8"): "holds loopback addresses of a host (RFC 1122)",
    IPv4Network("198.18.0.0/15"): "holds the lab's management network",
    IPv4Network("224.0.0.0/4"): "holds multicast addresses (RFC 5771)",
    IPv4Network("240.0.0.0/4"): "holds reserved addresses (RFC 1112)",
}
_UNTOLD: Final = IPv4Network("169.254.0.0/16")
"""Of routes within it zebra tells no routing daemon, and isisd takes no address of it (FRR 8.4 to 10.7)."""
_LONGEST_LINK_PREFIX: Final = 31  # two ends (RFC 3021)


def check_intent(document: Document, intent: Intent) -> Iterator[Mistake]:
    """Names, numbers, prefixes and AS numbers that contradict each other without looking at the cabling."""
    yield from _check_providers(document, intent)
    yield from _check_numbers(document, intent)
    for name, vpn in intent.vpns.items():
        yield from _check_vpn(document, name, vpn)
        yield from _check_prefixes(document, name, vpn)
        yield from _check_vrfs(document, name, vpn)
    yield from _check_defaults(document, intent)
    yield from _check_attachments(document, intent)
    yield from _check_ranges(document, intent)


def _check_providers(document: Document, intent: Intent) -> Iterator[Mistake]:
    if not intent.providers:
        yield document.mistake(("providers",), "there is no provider", "add one with its AS number")
    for name, provider in intent.providers.items():
        path = ("providers", name)
        if (fault := word_fault(name)) is not None:
            yield document.mistake(path, f"provider name '{name}' {fault}", "choose a name like north")
        first = next(one for one, other in intent.providers.items() if other.asn == provider.asn)
        if first != name:
            what = f"providers {first} and {name} both have AS {provider.asn}"
            yield document.mistake((*path, "asn"), what, "an AS is one provider's: give it another")
        if provider.nodes is None and len(intent.providers) > 1:
            what = f"provider {name} does not say which nodes are its own"
            yield document.mistake(path, what, "with several providers each has nodes: [pe1, p1, …]")
        for one, other in combinations(pools(name, provider), 2):
            if one.network.overlaps(other.network):
                blamed = other if other.given else one
                what = (
                    f"{in_words(path, PLACES)}: the pools {one.use} {one.network} "
                    f"and {other.use} {other.network} overlap"
                )
                yield document.mistake(blamed.path, what, "give each a range of its own")


def _check_numbers(document: Document, intent: Intent) -> Iterator[Mistake]:
    if not intent.vpns:
        yield document.mistake(("vpns",), "there is no VPN", "add vpns: with one that has a site")
    numbers = vpn_numbers(intent)
    for one, other in combinations(numbers, 2):
        if numbers[one] == numbers[other]:
            blamed = other if intent.vpns[other].number is not None else one
            what = f"VPNs {one} and {other} both have number {numbers[one]}"
            right = "a VPN that gives no number has its position: give one that is free"
            yield document.mistake(("vpns", blamed, "number"), what, right)


def _check_vpn(document: Document, name: str, vpn: VpnIntent) -> Iterator[Mistake]:
    path: Path = ("vpns", name)
    if (fault := vrf_name_fault(name)) is not None:
        yield document.mistake(
            path, f"VPN name '{name}', which names its VRFs, {fault}", "choose a name like red"
        )
    if not vpn.sites:
        yield document.mistake((*path, "sites"), f"VPN {name} has no site", "add one or remove the VPN")
    for site, intent in vpn.sites.items():
        at: Path = (*path, "sites", site)
        if (fault := word_fault(site)) is not None:
            yield document.mistake(at, f"site name '{site}' {fault}", "choose a name like red1")
        if not intent.attachments:
            yield document.mistake((*at, "attachments"), f"site {site} has no attachment", "add a CE")


def _check_prefixes(document: Document, name: str, vpn: VpnIntent) -> Iterator[Mistake]:
    """A site has each prefix once, and each prefix has hosts that lie in no more specific one of the VPN."""
    for site, intent in vpn.sites.items():
        yield from _check_prefixes_of_site(document, name, site, intent.prefixes)
    inner = more_specifics({one for site in vpn.sites.values() for one in site.ipv4})
    full = {one for one, others in inner.items() if one != EVERYTHING and hosts_in(one, others) is None}
    for site, intent in vpn.sites.items():
        for number, prefix in enumerate(intent.prefixes):
            if prefix in full:
                path = ("vpns", name, "sites", site, "prefixes", number)
                what = f"site {site} has {prefix}, all of which lies in more specific prefixes of VPN {name}"
                yield document.mistake(path, what, "leave a part of it for the site's own hosts")


def _check_prefixes_of_site(
    document: Document, vpn: str, site: str, either: Sequence[IpNetwork]
) -> Iterator[Mistake]:
    # By address, larger before smaller: what overlaps at all lies within the last one that lies in no other.
    around: int | None = None
    prefixes = {number: one for number, one in enumerate(either) if isinstance(one, IPv4Network)}
    order = sorted(prefixes, key=lambda number: (prefixes[number], number))
    for number in [one for one in order if prefixes[one] != EVERYTHING or either.count(EVERYTHING) > 1]:
        if around is None or not prefixes[around].overlaps(prefixes[number]):
            around = number
            continue
        first, second = sorted((around, number))
        what = f"site {site} has {prefixes[first]} and {prefixes[second]}, which overlap"
        yield document.mistake(
            ("vpns", vpn, "sites", site, "prefixes", second), what, "list each prefix once"
        )


def _check_defaults(document: Document, intent: Intent) -> Iterator[Mistake]:
    """A site with the way out of its VPN can say so, to sites that can hear it."""
    prefixes = {prefix for vpn in intent.vpns.values() for site in vpn.sites.values() for prefix in site.ipv4}
    for name, vpn in intent.vpns.items():
        for site, one in vpn.sites.items():
            if EVERYTHING not in one.prefixes:
                continue
            path: Path = ("vpns", name, "sites", site, "prefixes", one.prefixes.index(EVERYTHING))
            if stand_in(prefixes - {EVERYTHING}) is None:
                ranges = ", ".join(map(str, STAND_INS))
                what = f"site {site} has 0.0.0.0/0, and all that may stand for it is in use: {ranges}"
                yield document.mistake(path, what, "leave one of them free")
            for each in [each for each in one.attachments if each.why_no_default][:1]:
                what = f"site {site} has 0.0.0.0/0 and speaks {each.protocol}, {each.why_no_default}"
                yield document.mistake(path, what, "speak bgp, or static with routes: specific")


def _check_attachments(document: Document, intent: Intent) -> Iterator[Mistake]:
    homes: dict[str, PlacedAttachment] = {}
    asns: dict[str, int] = {}
    for one in intent.attachments():
        vrf = one.intent.vrf
        if vrf is not None and (fault := vrf_name_fault(vrf)) is not None:
            right = "choose a name like red"
            yield document.mistake((*one.path, "vrf"), f"VRF name '{vrf}' {fault}", right)
        first = homes.setdefault(one.intent.ce, one)
        if (first.vpn, first.site) != (one.vpn, one.site):
            what = (
                f"CE {one.intent.ce} is in site {first.site} of VPN {first.vpn} "
                f"and in site {one.site} of VPN {one.vpn}"
            )
            yield document.mistake((*one.path, "ce"), what, "a CE belongs to one site")
        if (own := one.intent.bgp_as_at_ce) is None:
            continue
        asn = asns.setdefault(one.intent.ce, own)
        if asn != own and first.site == one.site:
            what = f"CE {one.intent.ce} has AS {asn} and AS {own}, and a router has one"
            yield document.mistake((*one.path, "asn"), what, "give both attachments the same")


def _check_vrfs(document: Document, name: str, vpn: VpnIntent) -> Iterator[Mistake]:
    """Route targets are given for VRFs that the VPN has."""
    known = dict.fromkeys(one.vrf or name for site in vpn.sites.values() for one in site.attachments)
    for vrf in vpn.vrfs:
        if vrf not in known:
            what = f"VPN {name} has no VRF '{vrf}'"
            yield document.mistake(("vpns", name, "vrfs", vrf), what, nearest(vrf, known))


def _check_ranges(document: Document, intent: Intent) -> Iterator[Mistake]:
    for path, network in _networks(intent):
        if not network.prefixlen and "prefixes" not in path:
            what = f"{in_words(path, PLACES)}: 0.0.0.0/0 is every address"
            yield document.mistake(path, what, "give a range")
        for special, why in _SPECIAL.items():
            if network.prefixlen and network.overlaps(special):
                what = f"{in_words(path, PLACES)}: {network} overlaps {special}, which {why}"
                yield document.mistake(path, what, "choose another range")
                break
        if network.prefixlen and network.overlaps(_UNTOLD) and not _goes_untold(intent, path):
            what = f"{in_words(path, PLACES)}: {network} overlaps {_UNTOLD}, which FRR does not redistribute"
            right = "choose another range: it is for links of an OSPF core and prefixes of all-BGP VPNs"
            yield document.mistake(path, what, right)
    for path, network in _link_subnets(intent):
        if network.prefixlen > _LONGEST_LINK_PREFIX:
            what = f"{in_words(path, PLACES)}: {network} has no room for two ends of a link"
            yield document.mistake(path, what, "give a /31 or /30")


def _goes_untold(intent: Intent, path: Path) -> bool:
    """Whether what stands at a path gets where it must without zebra: as OSPF's own link, or by BGP alone."""
    if path[0] == "vpns":
        of_vpn = (one.intent for one in intent.attachments() if one.vpn == path[1])
        by_bgp = all(one.bgp_as_at_ce is not None for one in of_vpn)
        return by_bgp and "prefixes" in path
    by_isis = any(one.core.igp == "isis" for one in intent.providers.values())
    by_vrfs = any(one.option == Option.A for one in intent.interconnects)
    return (path[0] == "links" or path[-1] == "core") and not by_isis and not by_vrfs


def _networks(intent: Intent) -> Iterator[tuple[Path, IPv4Network]]:
    for name, provider in intent.providers.items():
        for pool in pools(name, provider):
            if pool.given:
                yield pool.path, pool.network
    for name, node in intent.nodes.items():
        if node.loopback is not None:
            yield ("nodes", name, "loopback"), IPv4Network(node.loopback)
    yield from _link_subnets(intent)
    for name, vpn in intent.vpns.items():
        for site, one in vpn.sites.items():
            for number, prefix in enumerate(one.prefixes):
                if isinstance(prefix, IPv4Network):
                    yield ("vpns", name, "sites", site, "prefixes", number), prefix


def _link_subnets(intent: Intent) -> Iterator[tuple[Path, IPv4Network]]:
    for end, link in intent.links.items():
        if link.subnet is not None:
            yield ("links", end, "subnet"), link.subnet
    for one in intent.attachments():
        if one.intent.subnet is not None:
            yield (*one.path, "subnet"), one.intent.subnet
