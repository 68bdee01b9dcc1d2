"""Everything that the files leave out: addresses, VRFs, RDs and RTs, in one place and always the same way.

Each value depends only on what stands before it in the files: a lab that grows at its end keeps what it had.

* loopback of the Nth provider node: the Nth address of its pool (10.255.0.0/16, from .0.1)
* second loopback of a PE or RR, where its provider has an interconnect with option C: as far into the upper
  half of the pool as its derived loopback is into the lower (10.255.128.1 for 10.255.0.1)
* index of the Nth provider node's prefix SID, with segment routing: N, and its SRGB 16000-23999
* Nth core link: the Nth /31 of its pool (10.0.0.0/16); a link between two providers counts for the one that
  the topology names first
* cost of a core link, where another of that core has one: 10
* Nth PE-CE link: the Nth /30 of its pool (10.1.0.0/16), the PE before the CE; also one that no site uses yet
* VPN number: its position, from 1
* RT of VPN N, import and export: `<provider AS>:<N>`
* VRF: named like its VPN, table 1000+N, RD `<PE loopback>:<N>`; where a VPN has several VRF names, the Kth
  further one has table 1000*(K+1)+N and RD `<PE loopback>:<1000*K+N>`
* Nth backdoor link: the Nth /30 of 10.2.0.0/16, in the order of the topology's links
* Nth sham link of the lab: tunnel `shamN` at both ends, without a network of its own; the Nth VRF that has
  sham links ends them all at the Nth address of 10.254.0.0/16 (from .0.1)
* LAN of a site: `lan1`, `lan2`… in the order of its prefixes; the site's Nth CE has the Nth host address, of
  those that lie in no more specific prefix of the VPN. A site's default route leads to 203.0.113.0/24
* LAN of a site with a host: the port of the CE in place of `lanK`; see `hosts`
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Final

from orchestrator.errors import L3vpnError
from orchestrator.model.ce_overrides import with_ce_overrides
from orchestrator.model.derive_costs import with_costs
from orchestrator.model.derive_interconnects import (
    interconnects,
    interface_between,
    joins_providers,
    labelled_ends,
    vpn_loopbacks,
    vrfs_between,
)
from orchestrator.model.derive_sham_links import sham_links, tunnels
from orchestrator.model.hosts import lans
from orchestrator.model.ipv6 import ipv6_of
from orchestrator.model.lab import (
    Attachment,
    Backdoor,
    Interface,
    InterfaceKind,
    Lab,
    Provider,
    Site,
    SparePort,
    Vpn,
    Vrf,
)
from orchestrator.model.lans import host_ranges, nth_host
from orchestrator.model.metric import LinkMetric
from orchestrator.model.pece_intent import WatchedIntent
from orchestrator.model.rd_rt import RouteDistinguisher, RouteTarget
from orchestrator.model.segment_routing import node_segments
from orchestrator.model.topology import Endpoint, Link, Node, Role, Topology

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from orchestrator.model.bfd import Bfd, BfdSetting
    from orchestrator.model.containerlab import EndpointDefinition, TopologyFile
    from orchestrator.model.intent import BackdoorIntent, Intent, ProviderIntent, VpnIntent
    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.paths import Path
    from orchestrator.model.pece_intent import AttachmentIntent

LOOPBACK_POOL: Final = IPv4Network("10.255.0.0/16")
CORE_POOL: Final = IPv4Network("10.0.0.0/16")
ACCESS_POOL: Final = IPv4Network("10.1.0.0/16")
BACKDOOR_POOL: Final = IPv4Network("10.2.0.0/16")  # the customers' own numbers
CORE_MTU: Final = 9500  # what containerlab gives a link that says nothing
ACCESS_MTU: Final = 1500
LOOPBACK_MTU: Final = 65536  # what Linux gives lo
_STRIDE: Final = 1000  # between a VPN's VRFs; VPN numbers are below it


def derive_topology(file: pathlib.Path, wiring: TopologyFile) -> Topology:
    """Nodes and links as values. Every node has a role, or is unmanaged."""
    wired = wiring.topology
    nodes = ((name, wired.role(name), wired.part(name)) for name in wired.nodes)
    links = [
        (Link(_end(a), _end(b), link.mtu, number), wired.is_managed(link))
        for number, link in enumerate(wired.links)
        for a, b in [link.endpoints]
    ]
    return Topology(
        name=wiring.name,
        file=file,
        nodes=tuple(Node(name, role, part) for name, role, part in nodes if role is not None),
        links=tuple(link for link, managed in links if managed),
        unmanaged=tuple(name for name in wired.nodes if wired.is_unmanaged(name)),
        unmanaged_links=tuple(link for link, managed in links if not managed),
    )


def _end(one: EndpointDefinition) -> Endpoint:
    return Endpoint(one.node, one.interface)


def members(topology: Topology, intent: Intent) -> Mapping[str, tuple[str, ...]]:
    """The nodes of each provider: those it names, else all that are not CEs."""
    inside = tuple(node.name for node in topology.nodes if node.role.in_provider)
    return {
        name: inside if provider.nodes is None else tuple(node for node in inside if node in provider.nodes)
        for name, provider in intent.providers.items()
    }


def homes(topology: Topology, intent: Intent) -> Mapping[str, str]:
    """The provider of each PE, P and RR."""
    return {node: name for name, nodes in members(topology, intent).items() for node in nodes}


def pe_links(topology: Topology, attachment: AttachmentIntent) -> tuple[Link, ...]:
    """The links that an attachment may mean: from its CE to a PE, to the one it names if it names one."""
    roles = topology.roles
    return tuple(
        link
        for link in topology.links
        if attachment.ce in (link.a.node, link.b.node)
        and roles.get((far := link.far_end(attachment.ce)).node) is Role.PE
        and attachment.pe in (None, far.node, str(far))
    )


def backdoor_links(topology: Topology, backdoor: BackdoorIntent) -> tuple[Link, ...]:
    """The links between the two CEs of a backdoor."""
    return tuple(link for link in topology.links if {link.a.node, link.b.node} == set(backdoor.between))


def ospf_areas(topology: Topology, intent: Intent, vpn: str) -> Mapping[tuple[str, str], frozenset[int]]:
    """For each PE and VRF name of a VPN the OSPF areas of its attachments, none where it speaks no OSPF."""
    areas: dict[tuple[str, str], frozenset[int]] = {}
    for site in intent.vpns[vpn].sites.values():
        for one in site.attachments:
            (link,) = pe_links(topology, one)
            vrf = link.far_end(one.ce).node, one.vrf or vpn
            own = set() if one.ospf_area is None else {one.ospf_area}
            areas[vrf] = areas.get(vrf, frozenset()) | own
    return areas


def vpn_numbers(intent: Intent) -> Mapping[str, int]:
    """The number of each VPN: its own, else its position from 1."""
    return {name: vpn.number or position for position, (name, vpn) in enumerate(intent.vpns.items(), 1)}


@dataclass(frozen=True, slots=True)
class Pool:
    """A range that a provider's addresses of one use are derived from."""

    provider: str
    use: str  # loopbacks, core or access
    network: IPv4Network
    given: bool  # rather than the usual range

    @property
    def path(self) -> Path:
        """Where `vpn.yml` gives the pool, or would."""
        return ("providers", self.provider, "addressing", self.use)


def pools(name: str, provider: ProviderIntent) -> tuple[Pool, Pool, Pool]:
    """The three pools of a provider: its own ranges, else the usual ones."""
    own = provider.addressing
    return (
        Pool(name, "loopbacks", own.loopbacks or LOOPBACK_POOL, own.loopbacks is not None),
        Pool(name, "core", own.core or CORE_POOL, own.core is not None),
        Pool(name, "access", own.access or ACCESS_POOL, own.access is not None),
    )


class PoolExhaustedError(L3vpnError):
    """A pool has no room for what must be taken from it."""

    def __init__(self, pool: Pool, wanted: str) -> None:
        super().__init__(f"the {pool.use} pool {pool.network} has no room for {wanted}")
        self.path = pool.path


class _Pools:
    """Hands out addresses in order. Providers that name the same range share it."""

    def __init__(self, topology: Topology, intent: Intent) -> None:
        self._pools = {
            (node, pool.use): pool
            for node, name in homes(topology, intent).items()
            for pool in pools(name, intent.providers[name])
        }
        self._taken: Counter[tuple[str, IPv4Network]] = Counter()

    def take(self, use: str, node: str, length: int, wanted: str) -> IPv4Network:
        """The next subnet of `length` from the pool that the node's provider has for `use`."""
        pool = self._pools[node, use]
        self._taken[use, pool.network] += 1
        # A loopback is counted from 1: the pool's own network address is no router id.
        n = self._taken[use, pool.network] - (use != "loopbacks")
        first = int(pool.network.network_address) + (n << (32 - length))
        if pool.network.prefixlen > length or first > int(pool.network.broadcast_address):
            raise PoolExhaustedError(pool, wanted)
        return IPv4Network((first, length))

    def upper_half(self, node: str, loopback: IPv4Network) -> IPv4Address:
        """A second loopback, given the derived first one."""
        pool = self._pools[node, "loopbacks"]
        second = loopback.network_address + pool.network.num_addresses // 2
        if second not in pool.network:
            raise PoolExhaustedError(pool, f"a second loopback of {node}, which option c needs")
        return second


def _ends(subnet: IPv4Network) -> tuple[IPv4Interface, IPv4Interface]:
    """The two addresses of a point-to-point subnet."""
    return nth_host(subnet, 0), nth_host(subnet, 1)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Who has which address before VPNs are looked at."""

    loopbacks: Mapping[str, IPv4Address]
    vpn_loopbacks: Mapping[str, IPv4Address]
    core: Mapping[Link, IPv4Network]
    between_providers: Mapping[Link, IPv4Network]
    backdoors: Mapping[Link, IPv4Network]
    access: Mapping[Link, IPv4Network]  # what a PE-CE link has by default; its attachment may override it


def addresses(topology: Topology, intent: Intent) -> Addresses:
    """Number the provider's loopbacks and all links.

    Raises:
        PoolExhaustedError: a pool is too small.
    """
    taken = _Pools(topology, intent)
    inside = {node.name for node in topology.nodes if node.role.in_provider}
    loopbacks: dict[str, IPv4Address] = {}
    seconds: dict[str, IPv4Address] = {}
    core: dict[Link, IPv4Network] = {}
    between: dict[Link, IPv4Network] = {}
    access: dict[Link, IPv4Network] = {}
    backdoors: dict[Link, IPv4Network] = {}
    home = homes(topology, intent)
    labelled = labelled_ends(topology, intent, home)
    of_customers = BACKDOOR_POOL.subnets(new_prefix=30)
    # What the file overrides is derived all the same, so that an override moves nothing else.
    for node in topology.nodes:
        if node.name in inside:
            derived = taken.take("loopbacks", node.name, 32, f"the loopback of {node.name}")
            own = intent.nodes.get(node.name)
            loopbacks[node.name] = (own.loopback if own else None) or derived.network_address
            if node.name in labelled:
                seconds[node.name] = taken.upper_half(node.name, derived)
    for link in topology.links:
        if Role.HOST in {topology.roles[end.node] for end in link}:
            continue  # a LAN of the customer's
        if not {link.a.node, link.b.node} & inside:
            backdoors[link] = next(of_customers)
            continue
        near = link.a if link.a.node in inside else link.b
        if link.far_end(near.node).node in inside:
            derived = taken.take("core", near.node, 31, f"the link {link}")
            kept = between if joins_providers(link, home) else core
            kept[link] = _own_subnet(intent, link) or derived
        else:
            access[link] = taken.take("access", near.node, 30, f"the link {link}")
    return Addresses(loopbacks, seconds, core, between, backdoors, access)


def _own_subnet(intent: Intent, link: Link) -> IPv4Network | None:
    for end in link:
        if (own := intent.links.get(str(end))) is not None:
            return own.subnet
    return None


def derive(folder: pathlib.Path, topology: Topology, intent: Intent) -> Lab:
    """The lab that two files without mistakes describe.

    Raises:
        PoolExhaustedError: a pool is too small.
    """
    numbered = addresses(topology, intent)
    vpns = tuple(_vpns(topology, intent, numbered))
    ends = {link: _ends(subnet) for link, subnet in numbered.between_providers.items()}
    across = tuple(interconnects(topology, intent, ends))
    lab = Lab(
        folder=folder,
        topology=topology,
        providers=tuple(
            Provider(
                name,
                own.asn,
                nodes,
                own.timers_among(len(topology.nodes)),
                own.core.igp,
                own.core.labels,
                _bfd(own.bfd),
                own.core.ldp_sync,
                tuple(node_segments(topology, nodes, own.core, intent.nodes)),
                own.core.propagate_ttl,
                own.core.explicit_null,
                own.core.ldp_password,
            )
            for name, nodes in members(topology, intent).items()
            for own in [intent.providers[name]]
        ),
        vpns=vpns,
        vrfs=tuple(_vrfs(topology, intent, numbered, vpns, across)),
        interfaces=tuple(
            with_costs(
                _interfaces(topology, numbered, vpns, across), topology, intent, homes(topology, intent)
            )
        ),
        interconnects=across,
        spares=tuple(_spares(topology, numbered, vpns)),
    )
    return replace(lab, ipv6=ipv6_of(lab, intent, numbered.access))


def _vpns(topology: Topology, intent: Intent, numbered: Addresses) -> Iterator[Vpn]:
    tunnelled = sham_links(intent, partial(ospf_areas, topology, intent))
    usual = {node: _bfd(intent.providers[name].bfd) for node, name in homes(topology, intent).items()}
    for (name, vpn), number in zip(intent.vpns.items(), vpn_numbers(intent).values(), strict=True):
        shared = _shared_as_numbers(vpn)
        sites = tuple(
            Site(
                name=site_name,
                vpn=name,
                prefixes=tuple(site.ipv4),
                attachments=tuple(
                    _protected(_attachment(topology, numbered, name, one, shared), one, usual)
                    for one in site.attachments
                ),
            )
            for site_name, site in vpn.sites.items()
        )
        backdoors = tuple(_backdoor(topology, numbered, one) for one in vpn.backdoors)
        yield Vpn(name, number, sites, backdoors, tunnelled[name])


def _backdoor(topology: Topology, numbered: Addresses, intent: BackdoorIntent) -> Backdoor:
    (link,) = backdoor_links(topology, intent)
    a_address, b_address = _ends(intent.subnet or numbered.backdoors[link])
    metric = LinkMetric(intent.bandwidth, intent.delay)
    return Backdoor(link.a, link.b, a_address, b_address, intent.cost, metric)


def _attachment(
    topology: Topology, numbered: Addresses, vpn: str, intent: AttachmentIntent, shared: Container[int | None]
) -> Attachment:
    (link,) = pe_links(topology, intent)
    pe = link.far_end(intent.ce)
    pe_address, ce_address = _ends(intent.subnet or numbered.access[link])
    agreed = intent.agreed(shared_as=intent.bgp_as in shared)
    mtu = intent.mtu or link.mtu or ACCESS_MTU
    both = Attachment(
        ce=link.far_end(pe.node),
        pe=pe,
        vrf=intent.vrf or vpn,
        ce_address=ce_address,
        pe_address=pe_address,
        protocol=agreed,
        protocol_at_ce=agreed,
        pe_mtu=mtu,
        ce_mtu=mtu,
    )
    return with_ce_overrides(both, intent.at_ce)


def _protected(made: Attachment, intent: AttachmentIntent, usual: Mapping[str, Bfd | None]) -> Attachment:
    """The attachment with BFD, where it wants it, or the provider of its PE has it everywhere."""
    if not isinstance(intent, WatchedIntent):
        return made
    bfd = usual[made.pe.node] if intent.bfd is None else intent.bfd.bfd
    at_pe, at_ce = (replace(end, bfd=bfd) for end in (made.protocol, made.protocol_at_ce))
    return replace(made, protocol=at_pe, protocol_at_ce=at_ce)


def _bfd(setting: BfdSetting | None) -> Bfd | None:
    return setting.bfd if setting else None


def _shared_as_numbers(vpn: VpnIntent) -> frozenset[int | None]:
    """The AS numbers that more than one site of a VPN has."""
    sites = Counter(
        asn for site in vpn.sites.values() for asn in {one.bgp_as for one in site.attachments} - {None}
    )
    return frozenset(asn for asn, number in sites.items() if number > 1)


def _vrfs(
    topology: Topology,
    intent: Intent,
    numbered: Addresses,
    vpns: Iterable[Vpn],
    across: Sequence[Interconnect],
) -> Iterator[Vrf]:
    home = homes(topology, intent)
    for vpn in vpns:
        wanted = intent.vpns[vpn.name]
        at_sites = ((one.pe.node, one.vrf) for site in vpn.sites for one in site.attachments)
        places = dict.fromkeys((*at_sites, *vrfs_between(across, vpn.name)))
        names = list(dict.fromkeys(name for _, name in places))
        for pe, name in places:
            further = _STRIDE * names.index(name)
            target = [RouteTarget(intent.providers[home[pe]].asn, vpn.number)]
            own = wanted.vrfs.get(name, wanted)
            yield Vrf(
                pe=pe,
                name=name,
                vpn=vpn.name,
                table=_STRIDE + further + vpn.number,
                rd=wanted.rd.get(pe) or RouteDistinguisher(numbered.loopbacks[pe], further + vpn.number),
                imports=frozenset(_first_given(own.imports, wanted.imports, target)),
                exports=frozenset(_first_given(own.exports, wanted.exports, target)),
            )


def _first_given(*choices: list[RouteTarget] | None) -> list[RouteTarget]:
    return next((one for one in choices if one is not None), [])


def _interfaces(
    topology: Topology, numbered: Addresses, vpns: Iterable[Vpn], across: Sequence[Interconnect]
) -> Iterator[Interface]:
    sites = [site for vpn in vpns for site in vpn.sites]
    ranges = host_ranges({vpn.name: [one for site in vpn.sites for one in site.ipv4] for vpn in vpns})
    ends = {end: one for site in sites for one in site.attachments for end in (one.pe, one.ce)}
    backdoors = {
        end: address
        for vpn in vpns
        for one in vpn.backdoors
        for end, address in ((one.a, one.a_address), (one.b, one.b_address))
    }
    for node in topology.nodes:
        if node.role.in_provider:
            loopback = IPv4Interface(numbered.loopbacks[node.name])
            yield Interface(node.name, "lo", InterfaceKind.LOOPBACK, loopback, LOOPBACK_MTU)
            yield from vpn_loopbacks(numbered.vpn_loopbacks, node.name)
        for link in topology.links:
            for end in link:
                if end.node == node.name and (
                    one := _cabled(link, end, numbered, ends, backdoors)
                    or interface_between(across, end, link.mtu or CORE_MTU)
                ):
                    yield one
        for site in sites:
            yield from lans(topology, site, node.name, ranges)
        yield from tunnels([one for vpn in vpns for one in vpn.sham_links], node.name)


def _spares(topology: Topology, numbered: Addresses, vpns: Iterable[Vpn]) -> Iterator[SparePort]:
    used = {one.pe for vpn in vpns for site in vpn.sites for one in site.attachments}
    for link, subnet in numbered.access.items():
        pe = link.a if topology.roles[link.a.node].in_provider else link.b
        if pe not in used:
            for end, address in zip((pe, link.far_end(pe.node)), _ends(subnet), strict=True):
                yield SparePort(end, link.mtu or ACCESS_MTU, address)


def _cabled(
    link: Link,
    end: Endpoint,
    numbered: Addresses,
    attached: Mapping[Endpoint, Attachment],
    backdoors: Mapping[Endpoint, IPv4Interface],
) -> Interface | None:
    """The interface at one end of a link; None where the link is of no attachment and so carries nothing."""
    far = link.b if end == link.a else link.a
    if (subnet := numbered.core.get(link)) is not None:
        address = _ends(subnet)[end != link.a]
        return Interface(end.node, end.interface, InterfaceKind.CORE, address, link.mtu or CORE_MTU, far=far)
    if (own := backdoors.get(end)) is not None:
        return Interface(
            end.node, end.interface, InterfaceKind.BACKDOOR, own, link.mtu or ACCESS_MTU, far=far
        )
    if (attachment := attached.get(end)) is None:
        return None
    at_pe = end == attachment.pe
    return Interface(
        node=end.node,
        name=end.interface,
        kind=InterfaceKind.ACCESS,
        address=attachment.pe_address if at_pe else attachment.ce_address,
        mtu=attachment.pe_mtu if at_pe else attachment.ce_mtu,
        vrf=attachment.vrf if at_pe else "",
        far=far,
    )
