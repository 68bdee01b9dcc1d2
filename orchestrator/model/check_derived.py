"""What can only be seen once everything is derived: addresses and RDs that collide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.check_topology import LABEL_STACK
from orchestrator.model.family import by_number, overlap
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.document import Document
    from orchestrator.model.family import IpNetwork
    from orchestrator.model.files import LabFiles
    from orchestrator.model.lab import Interface, Lab
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path
    from orchestrator.model.sham_link import ShamEnd
    from orchestrator.model.topology import Endpoint


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A network in use, what uses it, and where that is written."""

    network: IpNetwork
    what: str
    document: Document
    path: Path
    given: bool  # written in vpn.yml rather than derived

    @property
    def blame(self) -> tuple[bool, int]:
        """The greater of two gives way: what is written before what is derived, then what stands later."""
        return self.given, self.document.line(self.path)


def check_derived(files: LabFiles, lab: Lab) -> Iterator[Mistake]:
    """No two links, loopbacks or LANs of the lab overlap, and no two VRFs that must differ share an RD."""
    infrastructure = [
        *_loopbacks(files, lab),
        *_core(files, lab),
        *_access(files, lab),
        *_sham_endpoints(files, lab),
    ]
    yield from _check_infrastructure(infrastructure)
    yield from _check_lans(files, lab, infrastructure)
    yield from _check_rds(files, lab)
    yield from _check_links(files, lab)
    yield from _check_sham_links(files, lab)


def _loopbacks(files: LabFiles, lab: Lab) -> Iterator[_Numbered]:
    for one in lab.interfaces:
        if one.kind is InterfaceKind.VPN_LOOPBACK:
            what = f"the second loopback of {one.node}"
            at: Path = ("topology", "nodes", one.node)
            yield _Numbered(one.address.network, what, files.topology_document, at, given=False)
        elif one.kind is InterfaceKind.LOOPBACK:
            intent = files.intent.nodes.get(one.node)
            given = intent is not None and intent.loopback is not None
            document = files.intent_document if given else files.topology_document
            path: Path = ("nodes", one.node, "loopback") if given else ("topology", "nodes", one.node)
            yield _Numbered(one.address.network, f"the loopback of {one.node}", document, path, given)


def _core(files: LabFiles, lab: Lab) -> Iterator[_Numbered]:
    for link in lab.topology.links:
        near = _provider_interface(lab, link.a)
        if near is None:
            continue
        kind = "core link" if near.kind is InterfaceKind.CORE else "link between providers"
        named = [str(end) for end in link if str(end) in files.intent.links]
        given = any(files.intent.links[end].subnet is not None for end in named)
        document = files.intent_document if given else files.topology_document
        path: Path = ("links", named[0], "subnet") if given else ("topology", "links", link.number)
        yield _Numbered(near.address.network, f"the {kind} {link}", document, path, given)


def _provider_interface(lab: Lab, end: Endpoint) -> Interface | None:
    for one in lab.interfaces_of(end.node, InterfaceKind.CORE, InterfaceKind.INTERCONNECT):
        if one.name == end.interface:
            return one
    return None


def _access(files: LabFiles, lab: Lab) -> Iterator[_Numbered]:
    for site in lab.sites:
        for number, attachment in enumerate(site.attachments):
            link = lab.link_between(attachment.pe, attachment.ce)
            intent = files.intent.vpns[site.vpn].sites[site.name].attachments[number]
            given = intent.subnet is not None
            document = files.intent_document if given else files.topology_document
            path: Path = (
                ("vpns", site.vpn, "sites", site.name, "attachments", number, "subnet")
                if given
                else ("topology", "links", link.number)
            )
            yield _Numbered(attachment.subnet, f"the PE-CE link {link}", document, path, given)


def _sham_endpoints(files: LabFiles, lab: Lab) -> Iterator[_Numbered]:
    ends: dict[ShamEnd, Path] = {}
    for vpn in lab.vpns:
        for number, link in enumerate(vpn.sham_links):
            for end, _ in link.ends:
                ends.setdefault(end, ("vpns", vpn.name, "sham-links", number))
    for end, path in ends.items():
        what = f"the end of sham links at {end.vrf_device}"
        yield _Numbered(end.endpoint.network, what, files.intent_document, path, given=False)


def _check_infrastructure(numbered: list[_Numbered]) -> Iterator[Mistake]:
    """By address: the network that reaches farthest so far overlaps whatever begins before its end."""
    farthest: _Numbered | None = None
    for one in sorted(numbered, key=lambda one: by_number(one.network)):
        if farthest is not None and overlap(farthest.network, one.network):
            first, second = sorted((farthest, one), key=lambda side: side.blame)
            what = f"{second.what} has {second.network}, {_relation(second.network, first)}"
            yield second.document.mistake(second.path, what, "give it an address range of its own in vpn.yml")
        if farthest is None or int(one.network.broadcast_address) > int(farthest.network.broadcast_address):
            farthest = one


def _relation(network: IpNetwork, other: _Numbered) -> str:
    if network == other.network:
        return f"which {other.what} has"
    return f"which overlaps {other.network} of {other.what}"


def _check_lans(files: LabFiles, lab: Lab, infrastructure: list[_Numbered]) -> Iterator[Mistake]:
    """Customers' routes are distinguished from the provider's by their prefixes: the two must not meet."""
    outside = {one.address.network for one in lab.interfaces if one.stands_for is not None}
    for site in lab.sites:
        written = files.intent.vpns[site.vpn].sites[site.name].prefixes
        for prefix in site.prefixes:
            network = min(outside, key=by_number) if prefix == EVERYTHING else prefix
            for one in infrastructure:
                if overlap(network, one.network):
                    path: Path = ("vpns", site.vpn, "sites", site.name, "prefixes", written.index(prefix))
                    claims = f"has {prefix} by" if prefix == EVERYTHING else "claims"
                    what = f"site {site.name} {claims} {network}, {_relation(network, one)}"
                    right = "choose another prefix, or other pools under addressing of the provider"
                    yield files.intent_document.mistake(path, what, right)
                    break


def _check_rds(files: LabFiles, lab: Lab) -> Iterator[Mistake]:
    """Equal RDs would make equal prefixes of two customers one VPNv4 route (RFC 4364 4.1)."""
    for position, vrf in enumerate(lab.vrfs):
        for other in lab.vrfs[:position]:
            if vrf.rd == other.rd and (vrf.vpn != other.vpn or vrf.pe == other.pe):
                blamed = vrf if vrf.pe in files.intent.vpns[vrf.vpn].rd else other
                what = f"VRFs {other.pe}:{other.name} and {vrf.pe}:{vrf.name} both have RD {vrf.rd}"
                yield files.intent_document.mistake(
                    ("vpns", blamed.vpn, "rd", blamed.pe), what, "give each an RD of its own"
                )


def _check_sham_links(files: LabFiles, lab: Lab) -> Iterator[Mistake]:
    """The ends of a sham link learn of each other as of any route: by route targets."""
    for vpn in lab.vpns:
        for number, link in enumerate(vpn.sham_links):
            for own, far in link.ends:
                if not lab.vrf(own.pe, own.vrf).imports_from(lab.vrf(far.pe, far.vrf)):
                    what = f"VRF {own.vrf_device} does not import what {far.vrf_device} exports"
                    right = "a sham link needs it: give them a route target in common"
                    path: Path = ("vpns", vpn.name, "sham-links", number)
                    yield files.intent_document.mistake(path, what, right)


def _check_links(files: LabFiles, lab: Lab) -> Iterator[Mistake]:
    """What an attachment gives its link: room for labels in the core, and a PE that its CE can reach."""
    room = min((one.mtu for one in lab.interfaces if one.kind is InterfaceKind.CORE), default=0) - LABEL_STACK
    for site in lab.sites:
        for number, one in enumerate(site.attachments):
            path: Path = ("vpns", site.vpn, "sites", site.name, "attachments", number)
            intent = files.intent.vpns[site.vpn].sites[site.name].attachments[number]
            given = {("mtu",): intent.mtu, ("at-ce", "mtu"): intent.at_ce.mtu}
            for key, mtu in given.items():
                if mtu is not None and mtu > room:
                    what = (
                        f"site {site.name}: an MTU of {mtu} is too large for a core of {room + LABEL_STACK}"
                    )
                    right = f"two labels add {LABEL_STACK} (RFC 3032): give at most {room}"
                    yield files.intent_document.mistake((*path, *key), what, right)
            if one.pe_address.ip not in one.ce_address.network:
                what = (
                    f"site {site.name}: in {one.ce_address.network}, as {one.ce.node} has it, "
                    f"there is no {one.pe_address.ip}, which is {one.pe.node}"
                )
                right = "give the CE a prefix length that leaves both ends in one subnet"
                yield files.intent_document.mistake((*path, "at-ce", "prefix-length"), what, right)
