"""The LANs of a site, and hosts behind its CE: a port of the CE is then the LAN of a prefix.

The Kth link from a CE to a host is the LAN of the Kth prefix of its site. The host has the address after the
CE's there, and the CE as its default gateway.
"""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING, Final

from orchestrator.model.lab import Interface, InterfaceKind
from orchestrator.model.lans import EVERYTHING, host_ranges, nth_host
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Network

    from orchestrator.model.files import LabFiles
    from orchestrator.model.intent import PlacedAttachment
    from orchestrator.model.lab import Lab, Site
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.topology import Link, Topology

LAN_MTU: Final = 1500
_LONGEST: Final = 30
"""The longest prefix that has room for a CE and a host."""


def host_links(topology: Topology, ce: str) -> tuple[Link, ...]:
    """The links from a CE to hosts, in the order of the file."""
    return tuple(
        link
        for link in topology.links
        if ce in (link.a.node, link.b.node) and topology.roles[link.far_end(ce).node] is Role.HOST
    )


def ce_of(topology: Topology, host: str) -> str:
    """The CE that a host is behind."""
    return next(link.far_end(host).node for link in topology.links if host in (link.a.node, link.b.node))


def lans(
    topology: Topology,
    site: Site,
    node: str,
    ranges: Mapping[tuple[str, IPv4Network], IPv4Network | None],
) -> Iterator[Interface]:
    """The LANs of a site that a CE of it has, or a host behind its only CE is in."""
    ces = list(dict.fromkeys(one.ce.node for one in site.attachments))
    near = ce_of(topology, node) if topology.roles[node] is Role.HOST else node
    if near not in ces:
        return
    cabled = dict(enumerate(host_links(topology, near), 1))
    for number, prefix in enumerate(site.ipv4, 1):
        host = nth_host(ranges[site.vpn, prefix] or prefix, ces.index(near) + (node != near))
        address = IPv4Interface((host.ip, prefix.prefixlen))
        link = cabled.get(number)
        if link is not None and node in (link.a.node, link.b.node):
            far = link.far_end(node)
            own, kind = link.far_end(far.node), InterfaceKind.LAN if node == near else InterfaceKind.HOST
            yield Interface(node, own.interface, kind, address, link.mtu or LAN_MTU, far=far)
        elif node != near or link is not None:
            continue
        elif prefix == EVERYTHING:
            yield Interface(node, f"lan{number}", InterfaceKind.LAN, host, LAN_MTU, stands_for=EVERYTHING)
        else:
            yield Interface(node, f"lan{number}", InterfaceKind.LAN, address, LAN_MTU)


def port_of(lab: Lab, host: str) -> Interface:
    """The interface of a host."""
    (port,) = lab.interfaces_of(host, InterfaceKind.HOST)
    return port


def gateway_of(lab: Lab, host: str) -> Interface:
    """The port of its CE that a host sends everything to."""
    far = port_of(lab, host).far
    assert far is not None  # noqa: S101 -- a host's port is the end of a link
    return lab.interface(far)


def check_hosts(files: LabFiles) -> Iterator[Mistake]:
    """Each host is in the LAN of a site, which has a prefix with room for it."""
    topology, document = files.topology, files.topology_document
    sites = {one.intent.ce: one for one in files.intent.attachments()}
    ranges = _ranges(files)
    for node in (one for one in topology.nodes if one.role is Role.HOST):
        links = [link for link in topology.links if node.name in (link.a.node, link.b.node)]
        if len(links) != 1:
            what = f"host {node.name} has {len(links)} links"
            yield document.mistake(("topology", "nodes", node.name), what, "cable it once, to a CE")
    for ce, one in sites.items():
        for number, link in enumerate(host_links(topology, ce)):
            if (fault := _fault(files, one, number, ranges)) is not None:
                what, right = fault
                host = link.far_end(ce).node
                yield document.mistake(("topology", "links", link.number), f"host {host}: {what}", right)


def _ranges(files: LabFiles) -> dict[tuple[str, IPv4Network], IPv4Network | None]:
    prefixes = {
        name: [prefix for site in vpn.sites.values() for prefix in site.ipv4]
        for name, vpn in files.intent.vpns.items()
    }
    return dict(host_ranges(prefixes))


def _fault(
    files: LabFiles,
    one: PlacedAttachment,
    number: int,
    ranges: dict[tuple[str, IPv4Network], IPv4Network | None],
) -> tuple[str, str] | None:
    """What keeps the Kth host link of a site's CE, from 0, from being a LAN of the site."""
    site = files.intent.vpns[one.vpn].sites[one.site]
    ces = dict.fromkeys(other.ce for other in site.attachments)
    if len(ces) > 1:
        what = f"site {one.site} has the CEs {' and '.join(ces)}, and each has the site's LANs"
        return what, "a host is behind the only CE of its site"
    if number >= len(site.ipv4):
        what = f"site {one.site} has {len(site.ipv4)} prefixes, and this is a LAN more"
        return what, f"add a prefix to the site in {files.intent_document.file.name}"
    prefix = site.ipv4[number]
    if prefix == EVERYTHING:
        return (
            f"the LAN of prefix {prefix} is the world outside",
            "put another prefix there, and this one behind",
        )
    room = ranges[one.vpn, prefix]
    if room is not None and room.prefixlen > _LONGEST:
        return (
            f"{prefix} has no room for a CE and a host",
            f"give the site a prefix of /{_LONGEST} or shorter",
        )
    return None
