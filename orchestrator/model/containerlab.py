"""The topology file, in containerlab's format (its JSON schema and sources, release 0.79).

Keys that containerlab knows and that say nothing about routing are accepted and left to it; keys that it does
not know are mistakes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import BeforeValidator, Field

from orchestrator.model.schema import Fault, Refusal, StrictModel, Text, refused, reject, shown, validate
from orchestrator.model.topology import UNMANAGED, Role
from orchestrator.model.yaml_lines import Entry, Fields, Items, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.model.document import Document
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import PathWords
    from orchestrator.model.yaml_lines import Tree

# `ip` and OSPF need room for a packet of 576 octets (RFC 791); a veth takes 65535.
_SMALLEST_MTU: Final = 576
_LARGEST_MTU: Final = 65535


def _mtu(value: object) -> object:
    right = f"give one of {_SMALLEST_MTU}..{_LARGEST_MTU} octets"
    if isinstance(value, bool) or not isinstance(value, int):
        raise reject(f"{shown(value)} is not an MTU", right)
    if not _SMALLEST_MTU <= value <= _LARGEST_MTU:
        raise reject(f"MTU {value} is out of range", right)
    return value


class Definition(StrictModel):
    """A node, or what nodes inherit from a group, a kind or the defaults."""

    ignored: ClassVar[tuple[str, ...]] = (
        "aliases", "auto-remove", "binds", "cap-add", "certificate", "cgroup-parent", "cgroupns-mode",
        "cmd", "components", "config", "cpu", "cpu-set", "credentials", "devices", "dns",
        "enforce-startup-config", "entrypoint", "env", "env-files", "exec", "extras", "healthcheck",
        "hostname", "image", "image-pull-policy", "license", "link-apply-mode", "memory", "mgmt-ipv4",
        "mgmt-ipv6", "mgmt_ipv4", "mgmt_ipv6", "network-mode", "pid-mode", "ports", "position",
        "privileged", "restart-policy", "runtime", "security-opts", "shm-size", "stages", "startup-config",
        "startup-delay", "suppress-startup-config", "sysctls", "tmpfs", "type", "user", "volumes",
    )  # fmt: skip

    kind: Text | None = None
    group: Text | None = None
    labels: dict[str, Text | None] = Field(default_factory=dict)


_ADDRESSED_BY_US: Final = {
    "ipv4": "leave it out: addresses are derived, or set in vpn.yml",
    "ipv6": "leave it out: addresses are derived, or set in vpn.yml",
}


class EndpointDefinition(StrictModel):
    """One end of a link."""

    noun: ClassVar[str] = "an end of a link"
    example: ClassVar[str] = "write pe1:eth1, or in a link with a type {node: pe1, interface: eth1}"
    ignored: ClassVar[tuple[str, ...]] = ("mac", "vars")
    elsewhere: ClassVar[Mapping[str, str]] = _ADDRESSED_BY_US

    node: Text = Field(description="node: the name of a node")
    interface: Text = Field(description="interface: such as eth1")


def _two(value: object) -> object:
    ends = 2
    if isinstance(value, list) and len(value) != ends:
        raise reject(f"a link with {len(value)} endpoints", "give two, like [pe1:eth1, p1:eth1]")
    return value


class LinkDefinition(StrictModel):
    """A veth link in its extended form."""

    ignored: ClassVar[tuple[str, ...]] = ("labels", "vars")
    elsewhere: ClassVar[Mapping[str, str]] = _ADDRESSED_BY_US

    type: str = Field(description="type: veth, or write its ends like pe1:eth1")
    endpoints: Annotated[list[EndpointDefinition], BeforeValidator(_two)] = Field(
        description="endpoints: like [pe1:eth1, p1:eth1]"
    )
    mtu: Annotated[int | None, BeforeValidator(_mtu)] = None


def _veth_only(value: object) -> object:
    """The keys of another type of link say nothing here."""
    if isinstance(value, dict) and "type" in value and value["type"] != "veth":
        what = f"links of type {shown(value['type'])} are not supported"
        raise refused(
            Refusal(("type",), Fault.VALUE, what, "a lab has links between its own nodes: type veth")
        )
    return value


class Wiring(StrictModel):
    """Nodes and links, and what nodes inherit."""

    nodes: dict[str, Definition] = Field(description="nodes: the routers of the lab")
    links: list[Annotated[LinkDefinition, BeforeValidator(_veth_only)]] = Field(default_factory=list)
    groups: dict[str, Definition] = Field(default_factory=dict)
    kinds: dict[str, Definition] = Field(default_factory=dict)
    defaults: Definition = Definition()

    def kind(self, node: str) -> str | None:
        """The node's kind: its own, else its group's, else the defaults'; as containerlab looks it up."""
        own = self.nodes[node]
        group = self.groups.get(own.group or "", _NOTHING)
        return own.kind or group.kind or self.defaults.kind

    def group(self, node: str) -> str | None:
        """The node's group: its own, else its kind's, else the defaults'; as containerlab looks it up."""
        kind = self.kinds.get(self.kind(node) or "", _NOTHING)
        return self.nodes[node].group or kind.group or self.defaults.group

    def label(self, node: str, label: str) -> str | None:
        """A label of the node, the nearest to the node of those it inherits."""
        group = self.groups.get(self.group(node) or "", _NOTHING)
        kind = self.kinds.get(self.kind(node) or "", _NOTHING)
        for definition in (self.nodes[node], group, kind, self.defaults):
            if (value := definition.labels.get(label)) is not None:
                return value
        return None

    def role(self, node: str) -> Role | None:
        """What the node is: its label `role`, else the name of its group; None where neither is a role."""
        word = self._role_word(node)
        return Role(word) if word in set(Role) else None

    def is_unmanaged(self, node: str) -> bool:
        """Whether the node is left alone: it says so, or says nothing and has no link but to CEs."""
        word = self._role_word(node)
        return word == UNMANAGED or (not word and self._is_beside(node))

    def _role_word(self, node: str) -> str:
        return (self.label(node, "role") or self.group(node) or "").lower()

    def _is_beside(self, node: str) -> bool:
        """Whether a node has links to CEs alone, or none, as hosts and monitoring have."""
        joined = [{end.node for end in link.endpoints} for link in self.links]
        others = {far for ends in joined if node in ends for far in ends - {node}}
        return all(far in self.nodes and self.role(far) is Role.CE for far in others)

    def is_managed(self, link: LinkDefinition) -> bool:
        """Whether both ends of a link are nodes of the lab."""
        return not any(end.node in self.nodes and self.is_unmanaged(end.node) for end in link.endpoints)

    def part(self, node: str) -> int | None:
        """Which part of a spread lab the node is to be in: its label `part`, from 1; None if it has none."""
        word = self.label(node, "part") or ""
        return int(word) if word.isdecimal() and int(word) else None


_NOTHING: Final = Definition()
_MANAGEMENT: Final = {"mgmt-ipv4", "mgmt-ipv6", "mgmt_ipv4", "mgmt_ipv6"}


class TopologyFile(StrictModel):
    """The whole file."""

    ignored: ClassVar[tuple[str, ...]] = ("prefix", "mgmt", "settings", "debug")

    name: Text = Field(description="name: the lab's name")
    topology: Wiring = Field(description="topology: with nodes and links")


PLACES: Final[PathWords] = {
    ("topology",): "topology",
    ("topology", "*"): "{1}",
    ("topology", "nodes", "*"): "node {2}",
    ("topology", "groups", "*"): "group {2}",
    ("topology", "kinds", "*"): "kind {2}",
    ("topology", "links", "*"): "link {2}",
    ("topology", "links", "*", "endpoints", "*"): "end {4} of link {2}",
}


def addressed_nodes(document: Document) -> tuple[str, ...]:
    """The nodes that say which management address they have, in the spelling of any containerlab."""
    nodes = document.at(("topology", "nodes"))
    tree = nodes.tree if isinstance(nodes, Entry) else nodes
    if not isinstance(tree, Fields):
        return ()
    return tuple(
        name
        for name, entry in tree.entries.items()
        if isinstance(entry.tree, Fields) and _MANAGEMENT & entry.tree.entries.keys()
    )


def read_topology(document: Document) -> tuple[Document, TopologyFile | None, tuple[Mistake, ...]]:
    """Read the topology file; its long form comes back too, for the lines of what is wrong later."""
    long = replace(document, tree=_long_form(document.tree))
    topology, mistakes = validate(long, TopologyFile, PLACES)
    return long, topology, mistakes


def _long_form(tree: Tree) -> Tree:
    """Brief links (`endpoints: ["pe1:eth1", "p1:eth1"]`) as extended ones, silent nodes as mappings."""
    return _at(tree, ("topology",), lambda wiring: _at(_at(wiring, ("links",), _links), ("nodes",), _nodes))


def _at(tree: Tree, path: tuple[str, ...], change: Callable[[Tree], Tree]) -> Tree:
    if not path:
        return change(tree)
    if not isinstance(tree, Fields) or (entry := tree.entries.get(path[0])) is None:
        return tree
    changed = replace(entry, tree=_at(entry.tree, path[1:], change))
    return replace(tree, entries={**tree.entries, path[0]: changed})


def _nodes(tree: Tree) -> Tree:
    if not isinstance(tree, Fields):
        return tree
    return replace(
        tree, entries={name: replace(entry, tree=_node(entry.tree)) for name, entry in tree.entries.items()}
    )


def _node(tree: Tree) -> Tree:
    return Fields({}, tree.line) if isinstance(tree, Scalar) and tree.value is None else tree


def _links(tree: Tree) -> Tree:
    return replace(tree, items=tuple(_link(item) for item in tree.items)) if isinstance(tree, Items) else tree


def _link(tree: Tree) -> Tree:
    if not isinstance(tree, Fields) or "type" in tree.entries:
        return tree
    match tree.entries.get("endpoints"):
        case Entry(_, Items(items)) if any(not isinstance(item, Scalar) for item in items):
            return tree  # neither brief nor, without a type, extended
    brief = replace(tree, entries={"type": Entry(tree.line, Scalar("veth", tree.line)), **tree.entries})
    return _at(brief, ("endpoints",), _endpoints)


def _endpoints(tree: Tree) -> Tree:
    return (
        replace(tree, items=tuple(_endpoint(item) for item in tree.items))
        if isinstance(tree, Items)
        else tree
    )


def _endpoint(tree: Tree) -> Tree:
    match tree:
        case Scalar(str(text), line) if text.count(":") == 1 and all(text.split(":")):
            node, _, interface = text.partition(":")
            ends = {"node": node, "interface": interface}
            return Fields({key: Entry(line, Scalar(value, line)) for key, value in ends.items()}, line)
    return tree
