"""What can be wrong in the topology file by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.derive import ACCESS_MTU, CORE_MTU
from orchestrator.model.mistakes import nearest
from orchestrator.model.names import host_name_fault, interface_name_fault, node_name_fault
from orchestrator.model.topology import UNMANAGED, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.containerlab import LinkDefinition, TopologyFile, Wiring
    from orchestrator.model.document import Document
    from orchestrator.model.mistakes import Mistake

_ROLES: Final = ", ".join((*Role, UNMANAGED))
LABEL_STACK: Final = 8  # octets of a transport and a VPN label (RFC 3032 2.1)


def check_topology(document: Document, file: TopologyFile) -> Iterator[Mistake]:
    """Names, roles, kinds and cabling; what hangs on the cabling only where that is right."""
    if (fault := host_name_fault(file.name)) is not None:
        yield document.mistake(("name",), f"lab name '{file.name}' {fault}", "choose a name like two-vpns")
    if not file.topology.nodes:
        yield document.mistake(("topology", "nodes"), "the lab has no nodes", "add a PE and its CEs")
    yield from _check_nodes(document, file)
    cabling = [*_check_ends(document, file.topology), *_check_pairs(document, file.topology)]
    yield from cabling
    if not cabling:
        yield from _check_core(document, file.topology)
        yield from _check_mtu(document, file.topology)


def _check_nodes(document: Document, file: TopologyFile) -> Iterator[Mistake]:
    wiring = file.topology
    seen: dict[str, str] = {}
    for name in wiring.nodes:
        path = ("topology", "nodes", name)
        if (fault := node_name_fault(name, file.name)) is not None:
            yield document.mistake(path, f"node name '{name}' {fault}", "choose a short name like pe1")
        if (first := seen.setdefault(name.lower(), name)) != name:
            what = f"node names '{first}' and '{name}' are one host name (RFC 1123 knows no case)"
            yield document.mistake(path, what, f"rename '{name}'")
        if wiring.is_unmanaged(name):
            continue
        yield from _check_kind(document, wiring, name)
        if wiring.role(name) is None:
            yield document.mistake(_role_path(wiring, name), *_no_role(wiring, name))
        label = wiring.label(name, "part")
        if label is not None and wiring.part(name) is None:
            what = f"label part '{label}' of node {name} is no number"
            yield document.mistake((*path, "labels"), what, "number the parts from 1: labels: {part: 2}")


def _check_kind(document: Document, wiring: Wiring, node: str) -> Iterator[Mistake]:
    kind = wiring.kind(node)
    if kind is None:
        what = f"node {node} has no kind"
        yield document.mistake(
            ("topology", "nodes", node), what, "add kind: linux to it or to topology.defaults"
        )
    elif kind != "linux":
        path = ("topology", "nodes", node, "kind")
        yield document.mistake(
            path, f"node {node} is of kind '{kind}'", "the lab's routers are of kind linux"
        )


def _role_path(wiring: Wiring, node: str) -> tuple[str, ...]:
    key = "labels" if wiring.nodes[node].labels.get("role") is not None else "group"
    return ("topology", "nodes", node, key)


def _no_role(wiring: Wiring, node: str) -> tuple[str, str]:
    label, group = wiring.label(node, "role"), wiring.group(node)
    if label is not None:
        return f"label role '{label}' of node {node} is no role", nearest(label, (*Role, UNMANAGED))
    if group is not None:
        return f"group '{group}' of node {node} is no role", f"one of {_ROLES}, or add labels: {{role: …}}"
    return f"node {node} has no role", f"add group: one of {_ROLES}"


def _check_ends(document: Document, wiring: Wiring) -> Iterator[Mistake]:
    """Each end by itself: a known node, an interface that can be and is free."""
    taken: dict[tuple[str, str], int] = {}
    for number, link in enumerate(wiring.links):
        for end, definition in enumerate(link.endpoints):
            node, interface = definition.node, definition.interface
            path = ("topology", "links", number, "endpoints", end)
            if node not in wiring.nodes:
                yield document.mistake(path, f"link to unknown node '{node}'", nearest(node, wiring.nodes))
            if (fault := interface_name_fault(interface)) is not None:
                what = f"interface name '{interface}' of {node} {fault}"
                yield document.mistake(path, what, "use eth1, eth2 and so on")
            line = document.line(path)
            if (first := taken.setdefault((node, interface), line)) != line or _both_ends(link, end):
                what = f"interface {node}:{interface} is used twice"
                yield document.mistake(path, what, f"it is first used in line {first}: take another one here")


def _both_ends(link: LinkDefinition, end: int) -> bool:
    return end == 1 and link.endpoints[0] == link.endpoints[1]


def _check_pairs(document: Document, wiring: Wiring) -> Iterator[Mistake]:
    """Both ends together: what may be cabled to what."""
    for number, link in enumerate(wiring.links):
        a, b = (one.node for one in link.endpoints)
        path = ("topology", "links", number)
        if a == b:
            yield document.mistake(path, f"link from {a} to itself", "a link ends at two nodes")
            continue
        if not {a, b} <= wiring.nodes.keys() or not wiring.is_managed(link):
            continue
        roles = {wiring.role(a): a, wiring.role(b): b}
        for role in (Role.P, Role.RR):
            if set(roles) == {Role.CE, role}:
                what = f"CE {roles[Role.CE]} is cabled to {roles[role]}, which is {role.with_article}"
                yield document.mistake(path, what, "only a PE has VRFs for customers: cable the CE to a PE")
        if Role.HOST in roles and set(roles) != {Role.CE, Role.HOST}:
            host, other = (roles[Role.HOST], *(one for one in (a, b) if one != roles[Role.HOST]))
            what = f"host {host} is cabled to {other}, which is no CE"
            yield document.mistake(path, what, "a host is in a site's LAN, behind its CE")


def _inside(wiring: Wiring, node: str) -> bool:
    role = wiring.role(node)
    return role is not None and role.in_provider


def _is_core(wiring: Wiring, link: LinkDefinition) -> bool:
    return all(_inside(wiring, one.node) for one in link.endpoints)


def _check_core(document: Document, wiring: Wiring) -> Iterator[Mistake]:
    cabled = {one.node for link in wiring.links if _is_core(wiring, link) for one in link.endpoints}
    inside = [node for node in wiring.nodes if _inside(wiring, node)]
    if [wiring.role(node) for node in inside] == [Role.PE]:
        return  # a provider of one PE, which switches between its VRFs' sites
    for node in inside:
        if node not in cabled:
            what = f"node {node} has no core link"
            yield document.mistake(("topology", "nodes", node), what, "cable it to another PE, P or RR")


def _check_mtu(document: Document, wiring: Wiring) -> Iterator[Mistake]:
    """A customer's largest packet and two labels must fit through every core link."""
    links = [(number, link) for number, link in enumerate(wiring.links) if wiring.is_managed(link)]
    core = [number for number, link in links if _is_core(wiring, link)]
    access = [number for number, link in links if not _is_core(wiring, link)]
    largest = max((wiring.links[number].mtu or ACCESS_MTU for number in access), default=0)
    for number in core:
        link = wiring.links[number]
        if link.mtu is not None and link.mtu < largest + LABEL_STACK:
            what = f"core link {_name(link)} has MTU {link.mtu}, too small for {largest} on an access link"
            right = f"two labels add {LABEL_STACK} (RFC 3032): give at least {largest + LABEL_STACK}"
            yield document.mistake(("topology", "links", number, "mtu"), what, right)
    if all(wiring.links[number].mtu is not None for number in core):
        return
    for number in access:
        link = wiring.links[number]
        if link.mtu is not None and link.mtu + LABEL_STACK > CORE_MTU:
            what = f"access link {_name(link)} has MTU {link.mtu}, too large for a core of {CORE_MTU}"
            right = f"two labels add {LABEL_STACK} (RFC 3032): give at most {CORE_MTU - LABEL_STACK}"
            yield document.mistake(("topology", "links", number, "mtu"), what, right)


def _name(link: LinkDefinition) -> str:
    return " -- ".join(f"{one.node}:{one.interface}" for one in link.endpoints)
