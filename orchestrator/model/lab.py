"""`Lab`: a topology and an intent with every address, RD, RT and session derived, frozen from the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from orchestrator.model.family import Family
from orchestrator.model.grouping import grouped
from orchestrator.model.interconnect import Option, back_to_back
from orchestrator.model.label_protocols import transport
from orchestrator.model.rd_rt import RouteTarget
from orchestrator.model.topology import Endpoint, Role

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.model.bfd import Bfd
    from orchestrator.model.family import IpInterface, IpNetwork
    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.metric import LinkMetric
    from orchestrator.model.pece import PeCe
    from orchestrator.model.rd_rt import RouteDistinguisher
    from orchestrator.model.segment_routing import NodeSegment
    from orchestrator.model.sham_link import ShamEnd, ShamLink
    from orchestrator.model.timer_values import Timers
    from orchestrator.model.topology import Link, Node, Topology


class InterfaceKind(StrEnum):
    """What an interface of a node is for."""

    LOOPBACK = "loopback"  # lo of a provider node: router id, LDP transport address, BGP next hop
    VPN_LOOPBACK = "vpn-loopback"  # a second one, of a PE or RR that other providers' VPNv4 speakers reach
    CORE = "core"  # between provider nodes: IGP and labels
    ACCESS = "access"  # between a PE and a CE
    INTERCONNECT = "interconnect"  # between ASBRs of two providers
    BACKDOOR = "backdoor"  # between two CEs, past the provider
    LAN = "lan"  # a customer prefix behind a CE: a dummy device, or a port with a host behind it
    HOST = "host"  # of a host in a LAN of a site, towards its CE
    SHAM_ENDPOINT = "sham-endpoint"  # where a VRF's sham links end: a /32 on the VRF device
    SHAM_LINK = "sham-link"  # a tunnel between two of those


@dataclass(frozen=True, slots=True)
class Interface:
    """A configured interface. `vrf` is "" for the global table; `far` None where no link ends.

    `stands_for` is the site's prefix where a LAN is of another network, as hosts out in the Internet are.
    `cost` is what the provider's IGP counts for leaving by a core port; None where `vpn.yml` says nothing of
    costs in that core, and all links count the same.
    """

    node: str
    name: str
    kind: InterfaceKind
    address: IpInterface
    mtu: int
    vrf: str = ""
    far: Endpoint | None = None
    stands_for: IpNetwork | None = None
    cost: int | None = None

    @property
    def prefix(self) -> IpNetwork:
        """What others have a route to: of a LAN, the site's prefix."""
        return self.stands_for or self.address.network


@dataclass(frozen=True, slots=True)
class SparePort:
    """An end of a PE-CE link that no attachment uses now: shut, in no VRF and without an address.

    Attributes:
        end: the port.
        mtu: of the link.
        numbered: the address that it has when a site is attached there.
    """

    end: Endpoint
    mtu: int
    numbered: IpInterface


@dataclass(frozen=True, slots=True)
class Provider:
    """One service provider: an AS, the protocols of its core, and the nodes that belong to it.

    Attributes:
        igp: of the core, as `vpn.yml` calls it.
        labels: what gives labels to loopbacks, as `vpn.yml` calls them.
        bfd: on each core link, for the IGP; None where hellos alone detect that a neighbour is gone.
        ldp_sync: the IGP keeps traffic off a core link until LDP has labels for it (RFC 5443).
        segments: of its nodes' loopbacks, where segment routing gives the labels.
        propagate_ttl: PEs copy the customer's TTL into labels (RFC 3443, uniform model); None where `vpn.yml`
            leaves that open: they do not.
        explicit_null: LDP advertises label 0 for a node's own loopback: no hop before it pops the transport
            label.
        ldp_password: of all LDP sessions (RFC 5036 2.9), shown by nothing here; None for none.
    """

    name: str
    asn: int
    nodes: tuple[str, ...]
    timers: Timers
    igp: str
    labels: tuple[str, ...]
    bfd: Bfd | None = None
    ldp_sync: bool = False
    segments: tuple[NodeSegment, ...] = ()
    propagate_ttl: bool | None = None
    explicit_null: bool = False
    ldp_password: str | None = field(default=None, repr=False)

    @property
    def transport(self) -> str:
        """The label protocol whose labels packets have, where several run."""
        return transport(self.labels)


@dataclass(frozen=True, slots=True)
class Attachment:
    """Where a site meets the provider: a CE cabled to a PE, in a VRF.

    Attributes:
        protocol: what was agreed upon, and what the PE is set to.
        protocol_at_ce: what the CE is set to: the same, unless the customer got something wrong.
    """

    ce: Endpoint
    pe: Endpoint
    vrf: str
    ce_address: IpInterface
    pe_address: IpInterface
    protocol: PeCe
    protocol_at_ce: PeCe
    pe_mtu: int
    ce_mtu: int

    @property
    def subnet(self) -> IpNetwork:
        """The PE-CE link's network."""
        return self.pe_address.network


@dataclass(frozen=True, slots=True)
class Site:
    """A customer site: the prefixes that live there and the attachments that lead to it."""

    name: str
    vpn: str
    prefixes: tuple[IpNetwork, ...]
    attachments: tuple[Attachment, ...]

    @property
    def ipv4(self) -> tuple[IPv4Network, ...]:
        """Those of its prefixes that are IPv4's: in a lab as IPv4 sees it, all."""
        return tuple(one for one in self.prefixes if isinstance(one, IPv4Network))


@dataclass(frozen=True, slots=True)
class Backdoor:
    """A customer's own link between two of its sites; `cost` is OSPF's, `link` EIGRP's metric of it."""

    a: Endpoint
    b: Endpoint
    a_address: IPv4Interface
    b_address: IPv4Interface
    cost: int
    link: LinkMetric

    def far_end(self, ce: str) -> tuple[Endpoint, IPv4Interface]:
        """The end that is not `ce`'s, with its address."""
        return (self.b, self.b_address) if self.a.node == ce else (self.a, self.a_address)

    def near_end(self, ce: str) -> tuple[Endpoint, IPv4Interface]:
        """The end of `ce`, with its address."""
        return (self.a, self.a_address) if self.a.node == ce else (self.b, self.b_address)


@dataclass(frozen=True, slots=True)
class Vpn:
    """A customer's VPN. `number` is what default RDs, RTs and table ids are made of."""

    name: str
    number: int
    sites: tuple[Site, ...]
    backdoors: tuple[Backdoor, ...] = ()
    sham_links: tuple[ShamLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Vrf:
    """A VRF on one PE (RFC 4364 3): a Linux VRF device with its table, and its import and export policy."""

    pe: str
    name: str
    vpn: str
    table: int
    rd: RouteDistinguisher
    imports: frozenset[RouteTarget]
    exports: frozenset[RouteTarget]

    def imports_from(self, other: Vrf) -> bool:
        """Whether routes that `other` exports are imported here."""
        return bool(self.imports & other.exports)


@dataclass(frozen=True, slots=True)
class VpnPrefix:
    """A prefix that a VRF holds by itself, and so exports as a VPNv4 route.

    `attachment` is where it has it from, or `interconnect`; both None for the endpoint of its sham links.
    """

    prefix: IpNetwork
    vrf: Vrf
    attachment: Attachment | None
    connected: bool  # of an interface of the VRF, rather than learnt from a CE
    site_of_origin: RouteTarget | None = None
    interconnect: Interconnect | None = None


@dataclass(frozen=True)
class Lab:
    """Everything there is to know about a lab before it starts.

    A lab is what one address family sees of it, IPv4; what IPv6 sees is a lab as well: the same nodes and
    core, and only those VRFs, sites, attachments and LANs that have IPv6, with its addresses (RFC 4659). So
    whatever is derived from sites and prefixes is derived for both families in one way.

    Attributes:
        stage: which of the stages of its intent this is; "" for how it begins.
        family: of its sites' prefixes and addresses.
        ipv6: the lab as IPv6 sees it; None where no site has an IPv6 prefix.

    Raises:
        KeyError: a lookup names a node, VRF or site that the lab does not have.
    """

    folder: Path
    topology: Topology
    providers: tuple[Provider, ...]
    vpns: tuple[Vpn, ...]
    vrfs: tuple[Vrf, ...]
    interfaces: tuple[Interface, ...]
    interconnects: tuple[Interconnect, ...] = ()
    spares: tuple[SparePort, ...] = ()
    stage: str = ""
    family: Family = Family.IPV4
    ipv6: Lab | None = None

    @property
    def name(self) -> str:
        """The name in the topology file: what `status` lists and containers are named after."""
        return self.topology.name

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes in the order of the topology file."""
        return self.topology.nodes

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {node.name: node for node in self.nodes}

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """The sites of all VPNs."""
        return tuple(site for vpn in self.vpns for site in vpn.sites)

    def node(self, name: str) -> Node:
        """The node called `name`."""
        return self._nodes[name]

    def provider_of(self, node: str) -> Provider:
        """The provider that a PE, P or RR belongs to."""
        return self._providers[node]

    @cached_property
    def _providers(self) -> Mapping[str, Provider]:
        return {node: provider for provider in self.providers for node in provider.nodes}

    def interfaces_of(self, node: str, *kinds: InterfaceKind) -> tuple[Interface, ...]:
        """The interfaces of a node, all kinds unless some are named."""
        own = self._interfaces_of.get(node, ())
        return tuple(one for one in own if one.kind in kinds) if kinds else own

    @cached_property
    def _interfaces_of(self) -> Mapping[str, tuple[Interface, ...]]:
        return grouped((one.node, one) for one in self.interfaces)

    def interface(self, end: Endpoint) -> Interface:
        """The interface at one end of a link."""
        return self._interfaces[end]

    @cached_property
    def _interfaces(self) -> Mapping[Endpoint, Interface]:
        return {Endpoint(one.node, one.name): one for one in reversed(self.interfaces)}

    def loopback(self, node: str) -> IPv4Address:
        """A provider node's loopback: its router id, LDP transport address and BGP next hop."""
        for one in self.interfaces_of(node, InterfaceKind.LOOPBACK):
            if isinstance(one.address, IPv4Interface):
                return one.address.ip
        raise KeyError(node)

    def vpn_address(self, node: str) -> IPv4Address:
        """Where VPN sessions of a PE or RR end and its VPN routes lead: a second loopback if it has one."""
        return self._vpn_addresses[node]

    @cached_property
    def _vpn_addresses(self) -> Mapping[str, IPv4Address]:
        kinds = (
            InterfaceKind.LOOPBACK,
            InterfaceKind.VPN_LOOPBACK,
        )  # the second takes the place of the first
        return {
            one.node: one.address.ip
            for kind in kinds
            for one in self.interfaces
            if one.kind is kind and isinstance(one.address, IPv4Interface)
        }

    def router_id(self, node: str) -> IPv4Address:
        """A provider node's loopback; a CE's address on its first PE-CE link (unique in the lab).

        That link counts even while it is spare: a new router id would reset every session of the CE.
        """
        if self.node(node).role.in_provider:
            return self.loopback(node)
        ports = [(one.name, one.address.ip) for one in self.interfaces_of(node, InterfaceKind.ACCESS)]
        ports += [(one.end.interface, one.numbered.ip) for one in self.spares_of(node)]
        numbered = {name: address for name, address in ports if isinstance(address, IPv4Address)}
        ends = (end.interface for link in self.topology.links for end in link if end.node == node)
        return next(numbered[one] for one in ends if one in numbered)

    def spares_of(self, node: str) -> tuple[SparePort, ...]:
        """The ports of a PE or a CE that no attachment uses."""
        return tuple(one for one in self.spares if one.end.node == node)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links in use: those of the core, of attachments and of backdoors."""
        spare = {one.end for one in self.spares}
        return tuple(link for link in self.topology.links if link.a not in spare)

    def vrfs_of(self, pe: str) -> tuple[Vrf, ...]:
        """The VRFs of a PE."""
        return self._vrfs_of.get(pe, ())

    @cached_property
    def _vrfs_of(self) -> Mapping[str, tuple[Vrf, ...]]:
        return grouped((vrf.pe, vrf) for vrf in self.vrfs)

    def vrf(self, pe: str, name: str) -> Vrf:
        """The VRF called `name` on `pe`."""
        return self._vrfs[pe, name]

    @cached_property
    def _vrfs(self) -> Mapping[tuple[str, str], Vrf]:
        return {(vrf.pe, vrf.name): vrf for vrf in reversed(self.vrfs)}

    def imported_into(self, vrf: Vrf) -> tuple[Vrf, ...]:
        """The other VRFs of the lab whose routes a VRF imports, here or on another PE (RFC 4364 4.3.1)."""
        places = sorted({place for target in vrf.imports for place in self._exporters.get(target, ())})
        return tuple(self.vrfs[place] for place in places if self.vrfs[place] != vrf)

    @cached_property
    def _exporters(self) -> Mapping[RouteTarget, tuple[int, ...]]:
        return grouped((target, place) for place, vrf in enumerate(self.vrfs) for target in vrf.exports)

    def attachments_of(self, node: str) -> tuple[tuple[Site, Attachment], ...]:
        """The attachments that end at a PE or a CE, with their sites."""
        return self._attachments_of.get(node, ())

    @cached_property
    def _attachments_of(self) -> Mapping[str, tuple[tuple[Site, Attachment], ...]]:
        return grouped(
            (end.node, (site, attachment))
            for site in self.sites
            for attachment in site.attachments
            for end in (attachment.pe, attachment.ce)
        )

    @cached_property
    def backdoors(self) -> tuple[Backdoor, ...]:
        """The backdoor links of all VPNs."""
        return tuple(one for vpn in self.vpns for one in vpn.backdoors)

    def backdoors_of(self, ce: str) -> tuple[Backdoor, ...]:
        """The backdoor links that end at a CE."""
        return self._backdoors_of.get(ce, ())

    @cached_property
    def _backdoors_of(self) -> Mapping[str, tuple[Backdoor, ...]]:
        return grouped((end.node, one) for one in self.backdoors for end in (one.a, one.b))

    @cached_property
    def sham_links(self) -> tuple[ShamLink, ...]:
        """The sham links of all VPNs."""
        return tuple(one for vpn in self.vpns for one in vpn.sham_links)

    def sham_links_of(self, vrf: Vrf) -> tuple[tuple[ShamLink, ShamEnd, ShamEnd], ...]:
        """The sham links of a VRF, each with its own end and the far one."""
        return tuple(
            (link, own, far)
            for link in self.sham_links
            for own, far in link.ends
            if (own.pe, own.vrf) == (vrf.pe, vrf.name)
        )

    def site_of_origin(self, site: Site) -> RouteTarget | None:
        """What marks routes of a site with a backdoor (RFC 4364 7), or whose protocol marks all sites.

        `<provider AS>:<10000 + position of the site>`, which no derived route target is.
        """
        ces = {one.ce.node for one in site.attachments}
        marked = any(one.protocol.marks_sites for one in site.attachments)
        if not marked and not any(self.backdoors_of(ce) for ce in ces):
            return None
        provider = self.provider_of(site.attachments[0].pe.node)
        return RouteTarget(provider.asn, 10000 + self._numbers[site.vpn, site.name])

    @cached_property
    def _numbers(self) -> Mapping[tuple[str, str], int]:
        return {(site.vpn, site.name): number for number, site in enumerate(self.sites)}

    def core_links_of(self, node: str) -> tuple[tuple[Interface, Interface], ...]:
        """Own and far interface of each core link of a provider node: its IGP and LDP adjacencies."""
        return self._core_links_of.get(node, ())

    @cached_property
    def _core_links_of(self) -> Mapping[str, tuple[tuple[Interface, Interface], ...]]:
        return grouped(
            (own.node, (own, self.interface(own.far)))
            for own in self.interfaces
            if own.kind is InterfaceKind.CORE and own.far is not None
        )

    def vpnv4_peers(self, node: str) -> tuple[Node, ...]:
        """VPNv4 iBGP peers of a PE or RR: the RRs where there are some, else every other PE.

        An ASBR of option C is none: no VPN route passes it.
        """
        passed_by = self._passed_by
        if node in passed_by:
            return ()
        return tuple(one for one in self.ibgp_peers(node) if one.name not in passed_by)

    @cached_property
    def _passed_by(self) -> frozenset[str]:
        """The ASBRs of option C."""
        return frozenset(
            own.node for one in self.interconnects for own, _ in one.ends if one.option is Option.C
        )

    def ibgp_peers(self, node: str) -> tuple[Node, ...]:
        """IBGP peers of a PE or RR: the RRs where there are some, else every other PE."""
        role = self.node(node).role
        if role not in (Role.PE, Role.RR):
            return ()
        members = [self.node(name) for name in self.provider_of(node).nodes]
        speakers = [one for one in members if one.role in (Role.PE, Role.RR) and one.name != node]
        reflectors = tuple(one for one in speakers if one.role is Role.RR)
        return reflectors if reflectors and role is Role.PE else tuple(speakers)

    def declared_in(self, vrf: Vrf) -> tuple[VpnPrefix, ...]:
        """What a VRF has at its own links: their subnets and the prefixes of the sites behind."""
        at_sites = (
            VpnPrefix(prefix, vrf, attachment, connected=prefix == attachment.subnet)
            for site, attachment in self.attachments_of(vrf.pe)
            if attachment.vrf == vrf.name
            for prefix in (attachment.subnet, *site.prefixes)
        )
        to_others = (
            VpnPrefix(one.subnet, vrf, None, connected=True, interconnect=one)
            for one in back_to_back(self, vrf.pe, vrf.name)
        )
        return (*at_sites, *to_others)

    def link_between(self, a: Endpoint, b: Endpoint) -> Link:
        """The link with these two ends."""
        for link in self.topology.links:
            if {link.a, link.b} == {a, b}:
                return link
        raise KeyError(f"{a} -- {b}")
