"""What the netns runtime does, decided as values: from what is there and what is wanted to shell text.

Every trace of a lab on its host can be found from its record `/run/l3vpn/LAB/record.json`, which is
written before anything is made: namespaces `LAB.NODE`, bridge `l3vN`, its ports `l3vN-I`.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orchestrator.hosts.members import LABS
from orchestrator.model.topology import Role
from orchestrator.runtimes.base import (
    DeployFailed,
    Deployment,
    NameTaken,
    NodeKeys,
    NodeState,
    RunningLab,
    RunningNode,
)
from orchestrator.runtimes.netns_wires import WireRecord, device_lines, plug_steps, unplug_steps
from orchestrator.scripts import script

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from ipaddress import IPv4Address, IPv4Network
    from pathlib import PurePosixPath

BASE = "/run/l3vpn"
DEFAULT_MTU = 9500  # containerlab's, so that a lab behaves the same under both runtimes
_FIRST_HOST = 10  # leaves room below for the bridge
_LAST_HOST = 254
_SECONDS_OF_EACH_NODE = 6
"""All start at once on one processor, of which each takes 0.6 s; the machine may be ten times slower."""

OBSERVE = script("runtimes/netns_observe.sh", BASE)


def start_seconds(nodes: int) -> int:
    """How long so many nodes may take to start; one that fails says so at once."""
    return 60 + _SECONDS_OF_EACH_NODE * nodes


def observe_daemons(record: Record) -> str:
    """Shell text that prints, for each node of a lab, a line `NODE PROCESS…` of what runs in it."""
    return script("runtimes/netns_daemons.sh", record.lab, *record.nodes)


def missing_daemons(record: Record, printed: str) -> dict[str, tuple[str, ...]]:
    """For each node that runs, the daemons it was given and has no more: they have died."""
    missing: dict[str, tuple[str, ...]] = {}
    for line in printed.splitlines():
        name, *running = line.split()
        if running and (gone := tuple(one for one in record.nodes[name].daemons if one not in running)):
            missing[name] = gone
    return missing


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """A node as it was made; a node that is to be different is made anew."""

    role: Role
    index: int
    daemons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """A link as it was made."""

    a: tuple[str, str]
    b: tuple[str, str]
    mtu: int

    def touches(self, nodes: Iterable[str]) -> bool:
        """Whether an end of the link is on one of `nodes`."""
        return bool({self.a[0], self.b[0]} & set(nodes))


@dataclass(frozen=True, slots=True)
class Record:
    """What is written down of a lab on its host."""

    lab: str
    folder: str
    number: int
    nodes: Mapping[str, NodeRecord]
    links: frozenset[LinkRecord]
    wires: frozenset[WireRecord] = frozenset()
    elsewhere: tuple[tuple[str, Role], ...] = ()

    @property
    def management(self) -> IPv4Network:
        """The lab's management subnet; the bridge has its first address."""
        return management_subnet(self.number)

    @property
    def bridge(self) -> str:
        """The bridge that all `eth0` hang on, as isolated ports."""
        return f"l3v{self.number}"

    def address(self, node: str) -> IPv4Address:
        """A node's management address."""
        return self.management[self.nodes[node].index]

    def port(self, node: str) -> str:
        """The bridge's end of a node's `eth0`."""
        return f"{self.bridge}-{self.nodes[node].index}"

    def namespace(self, node: str) -> str:
        """The name under which `ip netns` knows a node."""
        return f"{self.lab}.{node}"

    def to_json(self) -> str:
        """One line."""
        return json.dumps(
            {
                "lab": self.lab,
                "folder": self.folder,
                "number": self.number,
                "nodes": {
                    name: {"role": node.role, "index": node.index, "daemons": node.daemons}
                    for name, node in self.nodes.items()
                },
                "links": sorted([*link.a, *link.b, link.mtu] for link in self.links),
                "wires": sorted(astuple(wire) for wire in self.wires),
                "elsewhere": self.elsewhere,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Record:
        """Read what `to_json` wrote."""
        data: Any = json.loads(text)
        return cls(
            lab=data["lab"],
            folder=data["folder"],
            number=data["number"],
            nodes={
                name: NodeRecord(Role(node["role"]), node["index"], tuple(node["daemons"]))
                for name, node in data["nodes"].items()
            },
            links=frozenset(LinkRecord((a, ai), (b, bi), mtu) for a, ai, b, bi, mtu in data["links"]),
            wires=frozenset(WireRecord(*wire) for wire in data.get("wires", ())),
            elsewhere=tuple((name, Role(role)) for name, role in data.get("elsewhere", ())),
        )


@dataclass(frozen=True, slots=True)
class Observed:
    """The labs on a host; which of their nodes are alive, and when each was started (Unix seconds)."""

    records: Mapping[str, Record] = field(default_factory=dict)
    alive: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Observed:
        """Read the output of `OBSERVE`."""
        records: dict[str, Record] = {}
        alive: dict[tuple[str, str], int] = {}
        for line in text.splitlines():
            kind, _, rest = line.partition(" ")
            if kind == "record":
                record = Record.from_json(rest)
                records[record.lab] = record
            elif kind == "alive":
                lab, node, since = rest.split()
                alive[lab, node] = int(since)
        return cls(records, alive)

    def within(self, network: IPv4Network) -> Observed:
        """Only the labs whose management subnets are part of a network."""
        records = {name: one for name, one in self.records.items() if one.management.subnet_of(network)}
        return Observed(records, {key: since for key, since in self.alive.items() if key[0] in records})

    def without(self, lab: str, nodes: Iterable[str]) -> Observed:
        """The same, with some nodes of a lab taken for dead."""
        dead = {(lab, name) for name in nodes}
        return Observed(self.records, {key: since for key, since in self.alive.items() if key not in dead})

    def running(self, lab: str) -> RunningLab:
        """A lab as the protocol shows it."""
        record = self.records[lab]
        return RunningLab(
            lab,
            record.folder,
            record.management,
            tuple(self._node(record, name) for name in record.nodes),
        )

    def _node(self, record: Record, name: str) -> RunningNode:
        since = self.alive.get((record.lab, name))
        return RunningNode(
            name,
            record.nodes[name].role,
            record.address(name),
            NodeState.STOPPED if since is None else NodeState.RUNNING,
            None if since is None else datetime.fromtimestamp(since, UTC),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """How a host gets from what is there to what is wanted.

    Attributes:
        record: what will be written down first.
        remove: nodes to take away (gone from the topology, dead, or to be different).
        start: nodes to make.
        cut: links to take away: not wanted any more, or cabled to a node that is removed.
        lay: links to make.
        unplug: ends of wires to take away, as `cut`.
        plug: ends of wires to make.
        fresh: whether the lab was not there before.
        noted: whether all that is to be written down is.
    """

    record: Record
    remove: tuple[str, ...]
    start: tuple[str, ...]
    cut: tuple[LinkRecord, ...]
    lay: tuple[LinkRecord, ...]
    unplug: tuple[WireRecord, ...]
    plug: tuple[WireRecord, ...]
    fresh: bool
    noted: bool

    @property
    def empty(self) -> bool:
        """Whether nothing needs to be done."""
        return self.noted and not (
            self.remove or self.start or self.cut or self.lay or self.unplug or self.plug
        )


def management_subnet(number: int) -> IPv4Network:
    """The management subnet of the lab that got `number` on its host."""
    return list(LABS.subnets(new_prefix=24))[number]


def plan(wanted: Deployment, observed: Observed, within: IPv4Network = LABS) -> Plan:
    """Decide what to make and what to remove; the management subnet is one of those `within`.

    Raises:
        NameTaken: a lab of that name is up from another folder.
    """
    lab = wanted.topology.name
    before = observed.records.get(lab)
    if before:
        must_be_from(wanted.folder, before)
    record = Record(
        lab,
        wanted.folder,
        before.number if before else _free_number(wanted, observed, within),
        _node_records(wanted, before),
        frozenset(
            LinkRecord(
                (link.a.node, link.a.interface),
                (link.b.node, link.b.interface),
                link.mtu or DEFAULT_MTU,
            )
            for link in wanted.topology.links
        ),
        frozenset(WireRecord.of(wire, DEFAULT_MTU) for wire in wanted.wires),
        wanted.elsewhere,
    )
    old_nodes = before.nodes if before else {}
    old_links = before.links if before else frozenset[LinkRecord]()
    keep = {
        name
        for name, node in record.nodes.items()
        if old_nodes.get(name) == node and (lab, name) in observed.alive
    }
    remove = tuple(name for name in old_nodes if name not in keep)
    start = tuple(name for name in record.nodes if name not in keep)
    cut = {old for old in old_links if old not in record.links or old.touches(remove)}
    lay = record.links - (old_links - cut)
    old_wires = before.wires if before else frozenset[WireRecord]()
    unplug = {old for old in old_wires if old not in record.wires or old.node in remove}
    plug = record.wires - (old_wires - unplug)
    return Plan(
        record,
        remove,
        start,
        tuple(sorted(cut, key=_ends)),
        tuple(sorted(lay, key=_ends)),
        tuple(sorted(unplug)),
        tuple(sorted(plug)),
        fresh=before is None,
        noted=before == record,
    )


def must_be_from(folder: str, record: Record) -> None:
    """Refuse a lab's name that another folder has.

    Raises:
        NameTaken: with that folder.
    """
    if record.folder != folder:
        raise NameTaken(
            f"lab '{record.lab}' is already up from {record.folder}; "
            f"take it down first (l3vpn down {record.folder}) or give this one another name"
        )


def _ends(link: LinkRecord) -> tuple[tuple[str, str], tuple[str, str]]:
    return link.a, link.b


def _free_number(wanted: Deployment, observed: Observed, within: IPv4Network) -> int:
    taken = {record.number for record in observed.records.values()}
    for number in range(1, 255):
        subnet = management_subnet(number)
        if number not in taken and subnet.subnet_of(within) and not any(map(subnet.overlaps, wanted.avoid)):
            return number
    raise DeployFailed("no management subnet is free on this host: take a lab down (l3vpn list)")


def _node_records(wanted: Deployment, before: Record | None) -> dict[str, NodeRecord]:
    kept = {} if before is None else {name: node.index for name, node in before.nodes.items()}
    names = [node.name for node in wanted.topology.nodes]
    used = {kept[name] for name in names if name in kept}
    free = (index for index in range(_FIRST_HOST, _LAST_HOST + 1) if index not in used)
    try:
        return {
            node.name: NodeRecord(
                node.role,
                kept[node.name] if node.name in kept else next(free),
                wanted.daemons[node.name],
            )
            for node in wanted.topology.nodes
        }
    except StopIteration:
        raise DeployFailed(
            f"lab '{wanted.topology.name}' has {len(names)} nodes; a management subnet holds "
            f"{_LAST_HOST - _FIRST_HOST + 1}"
        ) from None


@dataclass(frozen=True, slots=True)
class NodeTemplate:
    """What every node is made of.

    Attributes:
        access: keys to place in the node.
        init: the text of `node_init.sh`.
        root: the nodes' read-only root tree on the host.
        back: the network that management sessions come from; None when they come from the bridge itself.
    """

    access: NodeKeys
    init: str
    root: PurePosixPath
    back: IPv4Network | None


def deploy_script(todo: Plan, before: Record | None, template: NodeTemplate) -> str:
    """Shell text that carries out a plan.

    It prints `ready NODE` or `failed NODE` for each node it starts, and after them what their consoles hold.

    Args:
        todo: the plan.
        before: the record that was there, for the names of what is removed.
        template: what the nodes are made of.
    """
    record = todo.record
    steps: list[tuple[str, ...]] = [("set", "-e"), ("write_record", record.to_json())]
    if before is not None:
        steps += [_pull(before, link, todo.remove) for link in todo.cut]
        steps += unplug_steps(todo.unplug)
        steps += [_remove_node(before, name) for name in todo.remove]
    if links := _link_commands(todo):
        steps.append(("make_links", "\n".join(links)))
    steps += plug_steps(todo.plug, f"{BASE}/.carrier")
    if todo.start:
        key = template.access.authorized_key.rstrip()
        back = str(template.back) if template.back else "-"
        steps += [
            ("prepare_nodes", template.init, key, str(record.management[1]), back, str(template.root)),
            *(_start_node(record, name, template.access) for name in todo.start),
            ("await_nodes", str(len(todo.start)), str(start_seconds(len(todo.start)))),
        ]
    return _lab_script(record, steps)


def destroy_script(record: Record) -> str:
    """Shell text that removes a lab, or whatever is left of it."""
    steps: list[tuple[str, ...]] = [("stop_nodes",)]
    steps += [_remove_node(record, name) for name in record.nodes]
    steps += unplug_steps(sorted(record.wires))
    steps.append(("remove_lab",))
    return _lab_script(record, steps)


def _lab_script(record: Record, steps: Iterable[tuple[str, ...]]) -> str:
    """The steps, each a function of `netns_lab.sh` and its arguments."""
    words = script("runtimes/netns_lab.sh", f"{BASE}/{record.lab}", record.bridge)
    return words + "".join(f"{shlex.join(step)}\n" for step in steps)


def _link_commands(todo: Plan) -> list[str]:
    record = todo.record
    commands: list[str] = []
    if todo.fresh:
        commands += [
            f"link add name {record.bridge} type bridge",
            f"addr add {record.management[1]}/24 dev {record.bridge}",
            f"link set {record.bridge} up",
        ]
    for name in todo.start:
        port = record.port(name)
        commands += [
            f"netns add {record.namespace(name)}",
            f"link add name {port} type veth peer name eth0 netns {record.namespace(name)}",
            # Isolated ports reach the bridge but never one another: eth0 is no second path between nodes.
            f"link set {port} master {record.bridge}",
            f"link set {port} type bridge_slave isolated on",
            f"link set {port} up",
        ]
    commands += [
        f"link add name {link.a[1]} mtu {link.mtu} netns {record.namespace(link.a[0])} "
        f"type veth peer name {link.b[1]} mtu {link.mtu} netns {record.namespace(link.b[0])}"
        for link in todo.lay
    ]
    for wire in todo.plug:
        commands += device_lines(wire, record.namespace(wire.node))
    return commands


def _pull(record: Record, link: LinkRecord, removed: tuple[str, ...]) -> tuple[str, ...]:
    node, interface = link.b if link.a[0] in removed else link.a
    return "pull_link", record.namespace(node), interface


def _remove_node(record: Record, name: str) -> tuple[str, ...]:
    return "remove_node", name, record.namespace(name), record.port(name), str(record.address(name))


def _start_node(record: Record, name: str, access: NodeKeys) -> tuple[str, ...]:
    address, key = f"{record.address(name)}/24", access.host_key(record.lab, name).rstrip()
    return "start_node", name, record.namespace(name), address, key, *record.nodes[name].daemons
