"""What Docker and containerlab say, read as values: the labs there are, what a host lacks, why it failed.

Words and forms are those of containerlab 0.79 and Docker 26; both `containerlab inspect` and the sources of
containerlab were looked at.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Any, Final

from orchestrator.hosts.base import CannotRunHere
from orchestrator.model.topology import Role
from orchestrator.runtimes.base import NodeState, RunningLab, RunningNode
from orchestrator.runtimes.containerlab_topology import FOLDER_LABEL
from orchestrator.scripts import script

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_VERSION: Final = (0, 79)
"""The first whose `deploy` repairs a lab that is there instead of refusing it."""

_UNSTAMPED: Final = (0, 0)  # built by `go build`: it does not know its version, so it is taken as it is
_PROCESS_LINE: Final = re.compile(r"^/proc/(\d+)/([^:]+):(.*)$", re.MULTILINE)
_BOOTED_LINE: Final = re.compile(r"^btime (\d+)$", re.MULTILINE)
_TICKS: Final = 100  # a second, in all that Linux shows programs
_NOWHERE: Final = IPv4Network("192.0.2.0/24")  # RFC 5737: no machine's

OBSERVE: Final = script("runtimes/containerlab_observe.sh")


@dataclass(frozen=True, slots=True)
class Container:
    """One container that containerlab made.

    Attributes:
        lab: name of its lab.
        node: name of its node.
        name: its own, by which Docker knows it.
        role: what the node is; None where neither label `role` nor the group says.
        state: how it is.
        eth0: its address in the management subnet; None while it does not run.
        gateway: the host's address there.
        file: the topology file it was deployed from, as the host sees it.
        folder: the lab folder, where we deployed it; None where somebody else did.
        interfaces: what it has in its network namespace.
        daemons: those of FRR that were started in it.
        since: when it was started, if it runs.
    """

    lab: str
    node: str
    name: str
    role: Role | None
    state: NodeState
    eth0: IPv4Interface | None
    gateway: IPv4Address | None
    file: str
    folder: str | None
    interfaces: frozenset[str]
    daemons: frozenset[str]
    since: datetime | None

    @property
    def home(self) -> str:
        """The lab folder, whoever deployed it."""
        return self.folder or posixpath.dirname(self.file)


@dataclass(frozen=True, slots=True)
class _Process:
    """Process 1 of a container: the clock tick of its start, and of the start that was bootstrapped."""

    started: str = ""
    bootstrapped: str | None = None
    daemons: frozenset[str] = frozenset()
    interfaces: frozenset[str] = frozenset()
    since: datetime | None = None

    def with_line(self, file: str, line: str) -> _Process:
        """What a line of a file under `/proc/PID` adds (proc_pid_stat(5), field 22; proc_pid_net(5))."""
        if file == "stat":
            return replace(self, started=line.rpartition(")")[2].split()[19])
        if file == "root/run/l3vpn/bootstrapped":
            start, *daemons = line.split()
            return replace(self, bootstrapped=start, daemons=frozenset(daemons))
        name, colon, _ = line.partition(":")
        return replace(self, interfaces=self.interfaces | {name.strip()}) if colon else self

    def on_machine_of(self, booted: int) -> _Process:
        """With the time it was started, on a machine that booted at that Unix time (proc_stat(5), btime)."""
        since = datetime.fromtimestamp(booted + int(self.started) / _TICKS, UTC) if self.started else None
        return replace(self, since=since)


@dataclass(frozen=True, slots=True)
class Observed:
    """All containers that containerlab made on a host, by lab."""

    labs: Mapping[str, tuple[Container, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Observed:
        """Read the output of `OBSERVE`."""
        start = text.find("{")  # lines of a log may stand before
        if start < 0:
            return cls()
        answer: Any
        answer, end = json.JSONDecoder().raw_decode(text, start)
        processes: dict[int, _Process] = {}
        for pid, file, line in _PROCESS_LINE.findall(text, end):
            processes[int(pid)] = processes.get(int(pid), _Process()).with_line(file, line)
        booted = _BOOTED_LINE.search(text, end)
        if booted is not None:
            processes = {pid: one.on_machine_of(int(booted[1])) for pid, one in processes.items()}
        return cls(
            {lab: tuple(_container(lab, one, processes) for one in there) for lab, there in answer.items()}
        )

    def running(self) -> tuple[RunningLab, ...]:
        """The labs with a PE: others are none of MPLS VPNs."""
        return tuple(
            self.lab(name)
            for name in sorted(self.labs)
            if any(one.role is Role.PE for one in self.labs[name])
        )

    def lab(self, name: str) -> RunningLab:
        """One lab as the protocol shows it."""
        there = self.labs[name]
        management = next((one.eth0.network for one in there if one.eth0), _NOWHERE)
        return RunningLab(
            name,
            there[0].home,
            management,
            tuple(
                RunningNode(
                    one.node,
                    one.role,
                    one.eth0.ip if one.eth0 else management.network_address,
                    one.state,
                    one.since,
                )
                for one in there
                if one.role is not None
            ),
        )


def _container(lab: str, answer: Mapping[str, Any], processes: Mapping[int, _Process]) -> Container:
    labels: Mapping[str, str] = answer["Labels"]
    settings: Mapping[str, Any] = answer["NetworkSettings"]
    process = processes.get(answer["Pid"])
    address, gateway = settings["IPv4addr"], settings["IPv4Gw"]
    return Container(
        lab=lab,
        node=labels["clab-node-name"],
        name=answer["Names"][0],
        role=_role(labels),
        state=_state(answer["State"], process),
        eth0=IPv4Interface(f"{address}/{settings['IPv4pLen']}") if address else None,
        gateway=IPv4Address(gateway) if gateway else None,
        file=labels["clab-topo-file"],
        folder=labels.get(FOLDER_LABEL),
        interfaces=process.interfaces if process else frozenset(),
        daemons=process.daemons if process else frozenset(),
        since=process.since if process else None,
    )


def _role(labels: Mapping[str, str]) -> Role | None:
    """As the model takes it from the file: label `role`, else the name of the group."""
    word = (labels.get("role") or labels.get("clab-node-group") or "").lower()
    return Role(word) if word in set(Role) else None


def _state(said: str, process: _Process | None) -> NodeState:
    if said != "running" or process is None:
        return NodeState.STOPPED
    if process.bootstrapped is None:
        return NodeState.NOT_BOOTSTRAPPED
    return NodeState.RUNNING if process.bootstrapped == process.started else NodeState.RESTARTED


def cannot_list(said: str) -> CannotRunHere:
    """Why `OBSERVE` failed."""
    return docker_lacks(said) or CannotRunHere(f"containerlab cannot list its labs: {complaint(said)}")


def docker_lacks(said: str) -> CannotRunHere | None:
    """What keeps us from Docker, by the words of its client (or of containerlab); None if nothing does."""
    said = " ".join(said.split())  # containerlab breaks its lines
    if "permission denied while trying to connect to the Docker daemon" in said:
        return CannotRunHere(
            "this user may not use Docker: sudo usermod --append --groups docker $USER, then log in again"
        )
    if "Cannot connect to the Docker daemon" in said:
        return CannotRunHere("Docker is not running: sudo systemctl start docker")
    return None


def check_version(said: str) -> None:
    """Accept what `containerlab version --short` printed, or say what is wrong with it.

    Raises:
        CannotRunHere: it is too old, or no version at all.
    """
    found = re.search(r"\b(\d+)\.(\d+)\.(\d+)", said)
    if found is None:
        raise CannotRunHere(f"containerlab does not say its version: {complaint(said)}")
    version = int(found[1]), int(found[2])
    if version != _UNSTAMPED and version < LEAST_VERSION:
        least = ".".join(map(str, LEAST_VERSION))
        raise CannotRunHere(
            f"containerlab {found[0]} is too old, {least} is needed: sudo containerlab version upgrade"
        )


def complaint(said: str) -> str:
    """What containerlab says in the box under its headline ERROR; else its last line."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said)
    lines = [line.strip() for line in plain.splitlines()]
    if "ERROR" in lines:
        lines = lines[lines.index("ERROR") + 1 :]
        box = " ".join(line for line in lines if line)
        if box:
            return box.rstrip(".")
    return next((line for line in reversed(lines) if line), "it said nothing").rstrip(".")
