"""What the netns runtime does, decided as values: from what is there and what is wanted to shell text.

Every trace of a lab on its host can be found from its record `/run/l3vpn/LAB/record.json`, which is
written before anything is made: namespaces `LAB.NODE`, bridge `l3vN`, its ports `l3vN-I`.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from orchestrator.model.topology import Role
from orchestrator.runtimes.base import (
    Access,
    DeployFailed,
    Deployment,
    NameTaken,
    NodeState,
    RunningLab,
    RunningNode,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import PurePosixPath

BASE = "/run/l3vpn"
DEFAULT_MTU = 9500  # containerlab's, so that a lab behaves the same under both runtimes
_MANAGEMENT = IPv4Network("198.18.0.0/16")  # RFC 2544 benchmarking space: no customer's, no provider's
_FIRST_HOST = 10  # leaves room below for the bridge
_LAST_HOST = 254
_START_SECONDS = 60

# One line per lab record, one per node whose process 1 is alive.
OBSERVE = f"""
cd {BASE} 2>/dev/null || exit 0
for record in */record.json; do
    [ -f "$record" ] || continue
    lab=${{record%/*}}
    printf 'record '; cat "$record"
    for pid in "$lab"/nodes/*/pid; do
        [ -f "$pid" ] || continue
        read -r number since <"$pid"
        comm=; read -r comm 2>/dev/null <"/proc/$number/comm" || :
        node=${{pid%/pid}}
        [ "$comm" != unshare ] || echo "alive $lab ${{node##*/}} ${{since:-0}}"
    done
done
"""


def observe_daemons(record: Record) -> str:
    """Shell text that prints, for each node of a lab, a line `NODE PROCESS…` of what runs in it."""
    return "\n".join(
        f"printf {name}; for pid in $(ip netns pids {record.namespace(name)} 2>/dev/null); do "
        "read -r comm 2>/dev/null </proc/$pid/comm && printf ' %s' \"$comm\"; done; echo"
        for name in record.nodes
    )


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
    """A node as it was made; a node wanted otherwise is made anew."""

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
        remove: nodes to take away (gone from the topology, dead, or wanted otherwise).
        start: nodes to make.
        cut: links to take away: not wanted any more, or cabled to a node that is removed.
        lay: links to make.
        fresh: whether the lab was not there before.
    """

    record: Record
    remove: tuple[str, ...]
    start: tuple[str, ...]
    cut: tuple[LinkRecord, ...]
    lay: tuple[LinkRecord, ...]
    fresh: bool

    @property
    def empty(self) -> bool:
        """Whether nothing needs to be done."""
        return not (self.remove or self.start or self.cut or self.lay)


def management_subnet(number: int) -> IPv4Network:
    """The management subnet of the lab that got `number` on its host."""
    return list(_MANAGEMENT.subnets(new_prefix=24))[number]


def plan(wanted: Deployment, observed: Observed) -> Plan:
    """Decide what to make and what to remove.

    Raises:
        NameTaken: a lab of that name is up from another folder.
    """
    lab = wanted.topology.name
    before = observed.records.get(lab)
    if before and before.folder != wanted.folder:
        raise NameTaken(
            f"lab '{lab}' is already up from {before.folder}; "
            f"take it down first (l3vpn down {before.folder}) or give this one another name"
        )
    record = Record(
        lab,
        wanted.folder,
        before.number if before else _free_number(wanted, observed),
        _node_records(wanted, before),
        frozenset(
            LinkRecord(
                (link.a.node, link.a.interface),
                (link.b.node, link.b.interface),
                link.mtu or DEFAULT_MTU,
            )
            for link in wanted.topology.links
        ),
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
    return Plan(
        record,
        remove,
        start,
        tuple(sorted(cut, key=_ends)),
        tuple(sorted(lay, key=_ends)),
        fresh=before is None,
    )


def _ends(link: LinkRecord) -> tuple[tuple[str, str], tuple[str, str]]:
    return link.a, link.b


def _free_number(wanted: Deployment, observed: Observed) -> int:
    taken = {record.number for record in observed.records.values()}
    for number in range(1, 255):
        if number not in taken and not any(management_subnet(number).overlaps(one) for one in wanted.avoid):
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
class Seed:
    """What every node is made of.

    Attributes:
        access: keys to place in the node.
        init: the text of `node_init.sh`.
        root: the nodes' read-only root tree on the host.
        back: the network that management sessions come from; None when they come from the bridge itself.
    """

    access: Access
    init: str
    root: PurePosixPath
    back: IPv4Network | None


def deploy_script(todo: Plan, before: Record | None, seed: Seed) -> str:
    """Shell text that carries out a plan.

    It prints `ready NODE` or `failed NODE` for each node it starts, and after them what their consoles hold.

    Args:
        todo: the plan.
        before: the record that was there, for the names of what is removed.
        seed: what the nodes are made of.
    """
    record = todo.record
    folder = f"{BASE}/{record.lab}"
    parts = [
        "set -eu; umask 022; now=$(date +%s)",
        f"mkdir -p {folder}/nodes",
        _file(f"{folder}/record.json.new", record.to_json() + "\n"),
        f"mv {folder}/record.json.new {folder}/record.json",
    ]
    if before is not None:
        # A veth vanishes with its namespace, but only some time later: pull it from the end that stays.
        parts += [_pull(before, link, todo.remove) for link in todo.cut]
        parts += [_remove_node(before, name) for name in todo.remove]
    parts.append(_batch(_link_commands(todo)))
    if todo.start:
        parts += [
            _file(f"{folder}/init.sh", seed.init),
            f"fifo={folder}/ready; rm -f $fifo; mkfifo $fifo; exec 4<>$fifo",
            *(_start_node(record, name, seed) for name in todo.start),
            # Each node says one line; the fifo is open at our end too, so nobody waits to open it.
            f"timeout {_START_SECONDS} head -n {len(todo.start)} <&4 || echo 'failed -'",
            "rm -f $fifo",
            f"for log in {folder}/nodes/*/console; do cat $log; done",
        ]
    return "\n".join(parts) + "\n"


def _file(path: str, text: str) -> str:
    return f"cat >{path} <<'END_OF_FILE'\n{text}END_OF_FILE"


def _batch(commands: list[str]) -> str:
    if not commands:
        return ":"
    return "ip -batch - <<'END_OF_BATCH'\n" + "\n".join(commands) + "\nEND_OF_BATCH"


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
    return commands


def _pull(record: Record, link: LinkRecord, removed: tuple[str, ...]) -> str:
    node, interface = link.b if link.a[0] in removed else link.a
    return f"ip -n {record.namespace(node)} link del dev {interface} 2>/dev/null || :"


def _start_node(record: Record, name: str, seed: Seed) -> str:
    base = f"{BASE}/{record.lab}/nodes/{name}"
    keys = f"{base}/files/run/ssh"
    arguments = shlex.join(
        [
            name,
            f"{record.address(name)}/24",
            str(record.management[1]),
            str(seed.back) if seed.back else "-",
            str(seed.root),
            base,
            f"{BASE}/{record.lab}/ready",
            "--",
            *record.nodes[name].daemons,
        ]
    )
    enter = f"nsenter --net=/run/netns/{record.namespace(name)}"
    unshare = "unshare --mount --pid --uts --ipc --fork --kill-child"
    return "\n".join(
        [
            f"mkdir -p {keys}",
            _file(f"{keys}/authorized_keys", seed.access.authorized_key.rstrip() + "\n"),
            f": >{keys}/host_key; chmod 600 {keys}/host_key",
            _file(f"{keys}/host_key", seed.access.host_key(record.lab, name).rstrip() + "\n"),
            f"setsid {enter} {unshare} sh {BASE}/{record.lab}/init.sh {arguments} \\",
            f"    </dev/null >{base}/console 2>&1 4<&- &",
            f'echo "$! $now" >{base}/pid',
        ]
    )


def _remove_node(record: Record, name: str) -> str:
    namespace = record.namespace(name)
    return "\n".join(
        [
            f"[ ! -e /run/netns/{namespace} ] || {{",
            f"  ip netns pids {namespace} | xargs -r kill -9 2>/dev/null || :",
            f"  ip netns del {namespace} || :",
            "}",
            f"ip link del {record.port(name)} 2>/dev/null || :",
            # A node that takes its place has the same address and another MAC.
            f"ip neigh flush to {record.address(name)} dev {record.bridge} 2>/dev/null || :",
            f"rm -rf {BASE}/{record.lab}/nodes/{name}",
        ]
    )


def destroy_script(record: Record) -> str:
    """Shell text that removes a lab, or whatever is left of it; the record goes last."""
    return "\n".join(
        [
            *(_remove_node(record, name) for name in record.nodes),
            f"ip link del {record.bridge} 2>/dev/null || :",
            f"rm -rf {BASE}/{record.lab}",
            f"rmdir {BASE} 2>/dev/null || :",
        ]
    )
