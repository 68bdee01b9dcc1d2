"""What a picture of a lab shows, before anybody knows where: nodes, links and what is written on them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from orchestrator.model.hosts import gateway_of, port_of
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.link_cost import USUAL_COST
from orchestrator.model.topology import UNMANAGED, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.model.lab import Interface, Lab
    from orchestrator.model.topology import Link, Node

_MOST_PREFIXES: Final = 3


class LinkKind(StrEnum):
    """What a line of the picture stands for."""

    CORE = "core"  # between provider nodes
    ACCESS = "access"  # between a PE and a CE
    INTERCONNECT = "interconnect"  # between two providers
    BACKDOOR = "backdoor"  # between two CEs
    SHAM = "sham"  # an OSPF adjacency of two VRFs across the core: no cable
    LAN = "lan"  # between a CE and a host
    UNMANAGED = "unmanaged"  # at a node that is left alone
    SPARE = "spare"  # a cable that no attachment uses at this stage


class Layer(StrEnum):
    """What may be left out of a picture; all else is always there."""

    INTERFACES = "interfaces"
    ADDRESSES = "addresses"
    COSTS = "costs"


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text; `layer` is None where it is always there."""

    text: str
    layer: Layer | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A node.

    Attributes:
        vpns: of a CE, the VPNs whose sites it is of.
        lines: what is written under its name.
        title: all that there is to say, for whoever points at it.
    """

    name: str
    role: Role
    vpns: tuple[str, ...]
    lines: tuple[Text, ...]
    title: str


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """Where a link ends, and what is written there."""

    node: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """A link; `middle` is written half way."""

    kind: LinkKind
    a: LinkEnd
    b: LinkEnd
    middle: tuple[Text, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Domain:
    """A provider: its name on the picture and the nodes in it."""

    title: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is drawn."""

    title: str
    figures: tuple[Figure, ...]
    connections: tuple[Connection, ...]
    domains: tuple[Domain, ...]
    vpns: tuple[str, ...]

    def only(self, layers: Iterable[Layer]) -> Content:
        """The same without the layers that are not wanted."""
        wanted = {None, *layers}

        def kept(texts: tuple[Text, ...]) -> tuple[Text, ...]:
            return tuple(one for one in texts if one.layer in wanted)

        return Content(
            self.title,
            tuple(Figure(f.name, f.role, f.vpns, kept(f.lines), f.title) for f in self.figures),
            tuple(
                Connection(
                    one.kind,
                    LinkEnd(one.a.node, kept(one.a.texts)),
                    LinkEnd(one.b.node, kept(one.b.texts)),
                    kept(one.middle),
                    one.title,
                )
                for one in self.connections
            ),
            self.domains,
            self.vpns,
        )

    def bare(self) -> Content:
        """The same with nothing written but the names of nodes."""
        return Content(
            self.title,
            tuple(Figure(f.name, f.role, f.vpns, (), f.title) for f in self.figures),
            tuple(
                Connection(one.kind, LinkEnd(one.a.node, ()), LinkEnd(one.b.node, ()), (), one.title)
                for one in self.connections
            ),
            self.domains,
            self.vpns,
        )


def content(lab: Lab) -> Content:
    """What there is to draw of a lab at its stage."""
    title = f"{lab.name}, stage {lab.stage}" if lab.stage else lab.name
    cables = [_cable(lab, link) for link in lab.topology.links]
    cables += [_bare(LinkKind.UNMANAGED, link, "left alone") for link in lab.topology.unmanaged_links]
    return Content(
        title,
        (*(_figure(lab, node) for node in lab.nodes), *map(_unmanaged, lab.topology.unmanaged)),
        (*cables, *_sham_links(lab)),
        tuple(Domain(_provider(lab, one.name), one.nodes) for one in lab.providers),
        tuple(vpn.name for vpn in lab.vpns),
    )


def _provider(lab: Lab, name: str) -> str:
    (asn,) = (one.asn for one in lab.providers if one.name == name)
    return f"AS {asn}" if len(lab.providers) == 1 else f"{name}, AS {asn}"


def _figure(lab: Lab, node: Node) -> Figure:
    if node.role is Role.HOST:
        return _host(lab, node)
    return _ce(lab, node) if node.role is Role.CE else _provider_node(lab, node)


def _host(lab: Lab, node: Node) -> Figure:
    address, gateway = port_of(lab, node.name).address, gateway_of(lab, node.name)
    title = f"{node.name}: host {address}, default route to {gateway.node} {gateway.address.ip}"
    return Figure(node.name, node.role, (), (Text(str(address), Layer.ADDRESSES),), title)


def _unmanaged(name: str) -> Figure:
    return Figure(name, Role.HOST, (), (Text(UNMANAGED),), f"{name}: {UNMANAGED}, left alone")


def _ce(lab: Lab, node: Node) -> Figure:
    attached = lab.attachments_of(node.name)
    vpns = _unique(site.vpn for site, _ in attached)
    speaks = _unique(one.protocol.summary for _, one in attached)
    sites = _unique(site.name for site, _ in attached if site.name != node.name)
    prefixes = _unique(str(prefix) for site, _ in attached for prefix in site.prefixes)
    shown = prefixes if len(prefixes) <= _MOST_PREFIXES else prefixes[: _MOST_PREFIXES - 1]
    more = [f"and {len(prefixes) - len(shown)} more"] if len(shown) < len(prefixes) else []
    named = (*vpns, *(f"site {one}" for one in sites))
    title = [f"{node.name}: CE of VPN {', '.join(vpns)}" if vpns else f"{node.name}: CE without a VPN"]
    title += [f"{one.protocol.summary} to {one.pe.node} ({one.vrf})" for _, one in attached]
    title += [f"prefixes {', '.join(prefixes)}"] if prefixes else []
    return Figure(
        node.name,
        node.role,
        vpns,
        (
            *([Text(" · ".join((*named, *speaks)))] if named else []),
            *(Text(one, Layer.ADDRESSES) for one in (*shown, *more)),
        ),
        "\n".join(title),
    )


def _provider_node(lab: Lab, node: Node) -> Figure:
    provider, loopback = lab.provider_of(node.name), str(lab.loopback(node.name))
    title = [f"{node.name}: {node.role.upper()} of AS {provider.asn}, loopback {loopback}"]
    for vrf in lab.vrfs_of(node.name):
        imports, exports = (" ".join(sorted(map(str, one))) for one in (vrf.imports, vrf.exports))
        title.append(f"VRF {vrf.name}: RD {vrf.rd}, import {imports}, export {exports}")
    return Figure(node.name, node.role, (), (Text(loopback, Layer.ADDRESSES),), "\n".join(title))


def _cable(lab: Lab, link: Link) -> Connection:
    spare = {one.end for one in lab.spares}
    if link.a in spare:
        return _bare(LinkKind.SPARE, link, "not in use")
    a, b = (lab.interface(end) for end in link)
    ends = [
        LinkEnd(
            one.node,
            (
                Text(one.name, Layer.INTERFACES),
                Text(f".{one.address.ip.packed[-1]}", Layer.ADDRESSES),
                *([] if a.cost == b.cost else [Text(f"cost {one.cost}", Layer.COSTS)]),
            ),
        )
        for one in (a, b)
    ]
    weight = _core_weight(a, b) or _weight(lab, link)
    middle = [Text(str(a.address.network), Layer.ADDRESSES)]
    if weight:
        middle.append(Text(weight, Layer.COSTS))
    title = [f"{link.a} {a.address} -- {link.b} {b.address}", *([weight] if weight else []), f"MTU {a.mtu}"]
    return Connection(_KINDS[a.kind], ends[0], ends[1], tuple(middle), ", ".join(title))


def _bare(kind: LinkKind, link: Link, why: str) -> Connection:
    """A link of which no more is known than its ports."""
    ends = [LinkEnd(end.node, (Text(end.interface, Layer.INTERFACES),)) for end in link]
    return Connection(kind, ends[0], ends[1], (), f"{link}, {why}")


_KINDS: Final = {
    InterfaceKind.CORE: LinkKind.CORE,
    InterfaceKind.ACCESS: LinkKind.ACCESS,
    InterfaceKind.INTERCONNECT: LinkKind.INTERCONNECT,
    InterfaceKind.BACKDOOR: LinkKind.BACKDOOR,
    InterfaceKind.LAN: LinkKind.LAN,
    InterfaceKind.HOST: LinkKind.LAN,
}


def _core_weight(a: Interface, b: Interface) -> str:
    """What a core link counts in the IGP; "" where that is the usual cost, or another at each end."""
    return f"cost {a.cost}" if a.cost == b.cost and a.cost not in {None, USUAL_COST} else ""


def _weight(lab: Lab, link: Link) -> str:
    """What the link costs in the customer's protocol; "" where that reckons with no cost."""
    for _, one in lab.attachments_of(link.a.node):
        if {one.pe, one.ce} == set(link):
            return one.protocol.weight
    for backdoor in lab.backdoors_of(link.a.node):
        if {backdoor.a, backdoor.b} == set(link):
            speak = [one.protocol for _, one in lab.attachments_of(link.a.node)]
            return speak[0].weight_of(backdoor) if speak else ""
    return ""


def _sham_links(lab: Lab) -> Iterable[Connection]:
    for one in lab.sham_links:
        ends = [LinkEnd(end.pe, ()) for end in (one.a, one.b)]
        named = (Text("sham link"), Text(f"cost {one.cost}", Layer.COSTS))
        title = (
            f"sham link {one.device}: {one.a.pe} {one.a.endpoint.ip} -- {one.b.pe} {one.b.endpoint.ip}, "
            f"OSPF area {one.area}, cost {one.cost}"
        )
        yield Connection(LinkKind.SHAM, ends[0], ends[1], named, title)


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
