"""Links between two providers: which there are, what they become, and the VRFs that option A makes there."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING, Final

from orchestrator.model.hosts import LAN_MTU
from orchestrator.model.interconnect import Interconnect, Option, PortOfAsbr
from orchestrator.model.lab import Interface, InterfaceKind
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from ipaddress import IPv4Address

    from orchestrator.model.intent import Intent
    from orchestrator.model.topology import Endpoint, Link, Topology


_VPN_LOOPBACK: Final = "lo2"


def joins_providers(link: Link, home: Mapping[str, str]) -> bool:
    """Whether a link is between nodes of two providers."""
    providers = {home.get(end.node) for end in link}
    return len(providers) > 1 and None not in providers


def link_at(topology: Topology, end: str) -> Link | None:
    """The link with an end that is written like `asbr1:eth2`."""
    return next((link for link in topology.links if end in map(str, link)), None)


def interconnects(
    topology: Topology, intent: Intent, subnets: Mapping[Link, tuple[IPv4Interface, IPv4Interface]]
) -> Iterator[Interconnect]:
    """What the intent has between providers, given the addresses of both ends of each such link."""
    for one in intent.interconnects:
        link = link_at(topology, one.link)
        assert link is not None  # noqa: S101 -- an intent without mistakes
        a, b = (PortOfAsbr(end, address) for end, address in zip(link, subnets[link], strict=True))
        yield Interconnect(Option(one.option), tuple(one.vpns), a, b)


def labelled_ends(topology: Topology, intent: Intent, home: Mapping[str, str]) -> frozenset[str]:
    """The PEs and RRs that labelled routes lead to: those of providers with option C, but its ASBRs."""
    links = (link_at(topology, one.link) for one in intent.interconnects if one.option == Option.C)
    asbrs = {end.node for link in links if link is not None for end in link}
    providers = {home.get(node) for node in asbrs}
    return frozenset(
        node.name
        for node in topology.nodes
        if node.role in {Role.PE, Role.RR} and home.get(node.name) in providers and node.name not in asbrs
    )


def vpn_loopbacks(numbered: Mapping[str, IPv4Address], node: str) -> Iterator[Interface]:
    """The second loopback of a node that has one."""
    if (address := numbered.get(node)) is not None:
        yield Interface(node, _VPN_LOOPBACK, InterfaceKind.VPN_LOOPBACK, IPv4Interface(address), LAN_MTU)


def vrfs_between(wanted: Iterable[Interconnect], vpn: str) -> Iterator[tuple[str, str]]:
    """The ASBRs at which a VPN needs a VRF to meet another provider's, each with the VRF's name."""
    for one in wanted:
        if one.option is Option.A and vpn in one.vpns:
            yield from ((own.node, one.vrf) for own, _ in one.ends)


def interface_between(wanted: Iterable[Interconnect], end: Endpoint, mtu: int) -> Interface | None:
    """The port at one end of an interconnect; None where the link is none."""
    for one in wanted:
        for own, far in one.ends:
            if own.end == end:
                kind = InterfaceKind.INTERCONNECT
                return Interface(end.node, end.interface, kind, own.address, mtu, one.vrf, far.end)
    return None
