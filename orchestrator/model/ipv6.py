"""A lab as IPv6 sees it: customers' IPv6 over the provider's IPv4 core (6VPE, RFC 4659).

Everything that files leave out, as in `derive`:

* Nth PE-CE link: the Nth /64 of 2001:db8:ffff::/48, the PE with ::1, the CE with ::2
* LAN of a site: its Nth IPv6 prefix is on `lanN`, beside its Nth IPv4 prefix; the site's Nth CE has the Nth
  host address
* VPN, VRF, RD and route targets: those of IPv4
* next hop of a VPNv6 route: the PE's loopback, IPv4-mapped (RFC 4659 3.2.1.2). bgpd sends as next hop an IPv6
  address of the interface that the session is bound to, so the loopback has the mapped address beside its own
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Interface, IPv6Network
from typing import TYPE_CHECKING, Final

from orchestrator.model.family import Family, mapped
from orchestrator.model.lab import Attachment, Interface, InterfaceKind, Lab, Site, Vpn
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.model.intent import Intent
    from orchestrator.model.topology import Link

ACCESS_POOL: Final = IPv6Network("2001:db8:ffff::/48")
LAN_MTU: Final = 1500
_SUBNET: Final = 64


def ipv6_of(lab: Lab, intent: Intent, access: Iterable[Link]) -> Lab | None:
    """What IPv6 sees of a lab; None where no site has an IPv6 prefix.

    Args:
        lab: as IPv4 sees it.
        intent: what it was derived from.
        access: all PE-CE links, in the order of the topology.
    """
    subnets = dict(zip(access, ACCESS_POOL.subnets(new_prefix=_SUBNET), strict=False))
    vpns = tuple(
        Vpn(vpn.name, vpn.number, sites) for vpn in lab.vpns if (sites := _sites(lab, vpn, intent, subnets))
    )
    if not vpns:
        return None
    attachments = [one for vpn in vpns for site in vpn.sites for one in site.attachments]
    places = {(one.pe.node, one.vrf) for one in attachments}
    seen = replace(
        lab,
        vpns=vpns,
        vrfs=tuple(vrf for vrf in lab.vrfs if (vrf.pe, vrf.name) in places),
        interconnects=(),
        spares=(),
        family=Family.IPV6,
    )
    return replace(seen, interfaces=tuple(_interfaces(seen)))


def _sites(lab: Lab, vpn: Vpn, intent: Intent, subnets: Mapping[Link, IPv6Network]) -> tuple[Site, ...]:
    found = []
    for site in vpn.sites:
        if prefixes := tuple(intent.vpns[vpn.name].sites[site.name].ipv6):
            attachments = tuple(
                _attachment(one, subnets[lab.link_between(one.pe, one.ce)]) for one in site.attachments
            )
            found.append(Site(site.name, vpn.name, prefixes, attachments))
    return tuple(found)


def _attachment(one: Attachment, subnet: IPv6Network) -> Attachment:
    """The same link with IPv6 addresses; BFD watches its IPv4 neighbour alone."""
    return replace(
        one,
        pe_address=_host(subnet, 0),
        ce_address=_host(subnet, 1),
        protocol=replace(one.protocol, bfd=None),
        protocol_at_ce=replace(one.protocol_at_ce, bfd=None),
    )


def _host(prefix: IPv6Network, n: int) -> IPv6Interface:
    """The Nth host address, from 0; the first address of all is the routers' (RFC 4291 2.6.1)."""
    return IPv6Interface((int(prefix.network_address) + 1 + n, prefix.prefixlen))


def _interfaces(lab: Lab) -> Iterator[Interface]:
    """The core's, which stay IPv4; the next hops of VPNv6 routes; access links and LANs."""
    members = {node for vrf in lab.vrfs for node in lab.provider_of(vrf.pe).nodes}
    speakers = {node for node in members if lab.node(node).role is not Role.P}
    for node in lab.nodes:
        for one in lab.interfaces_of(node.name, InterfaceKind.LOOPBACK, InterfaceKind.CORE):
            yield one
            if one.kind is InterfaceKind.LOOPBACK and node.name in speakers:
                yield replace(one, address=IPv6Interface(mapped(lab.loopback(node.name))))
        for _, attachment in lab.attachments_of(node.name):
            at_pe = attachment.pe.node == node.name
            yield Interface(
                node=node.name,
                name=(attachment.pe if at_pe else attachment.ce).interface,
                kind=InterfaceKind.ACCESS,
                address=attachment.pe_address if at_pe else attachment.ce_address,
                mtu=attachment.pe_mtu if at_pe else attachment.ce_mtu,
                vrf=attachment.vrf if at_pe else "",
                far=attachment.ce if at_pe else attachment.pe,
            )
        for site in dict.fromkeys(site for site, _ in lab.attachments_of(node.name)):
            ces = list(dict.fromkeys(one.ce.node for one in site.attachments))
            for number, prefix in enumerate(site.prefixes, 1) if node.name in ces else ():
                if isinstance(prefix, IPv6Network):
                    address = _host(prefix, ces.index(node.name))
                    yield Interface(node.name, f"lan{number}", InterfaceKind.LAN, address, LAN_MTU)
