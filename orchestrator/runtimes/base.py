"""The protocol of a runtime: nodes, links, management access and empty FRR daemons, nothing more.

Addresses, VRFs, sysctls and all routing are configuration, and configuration is pushed by the fleet.

Errors, each one clear line::

    RuntimeFailure
    ├── DeployFailed     a node or link could not be made; what was made is still there for `destroy`
    ├── NameTaken        a lab of that name is up from another folder
    └── NotOurs          somebody else deployed that lab, and takes it down
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from orchestrator.errors import ExitCode, L3vpnError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from ipaddress import IPv4Address, IPv4Network

    from orchestrator.hosts.base import Progress
    from orchestrator.model.topology import Endpoint, Role, Topology


class RuntimeFailure(L3vpnError):  # noqa: N818 -- `RuntimeError` is Python's
    """A runtime could not do what was asked."""


class DeployFailed(RuntimeFailure):
    """A node or a link could not be made."""

    exit_code = ExitCode.NODE


class NameTaken(RuntimeFailure):
    """A lab of that name is up from another folder."""


class NotOurs(RuntimeFailure):
    """Somebody else deployed the lab: it is theirs to take down."""


class NodeState(StrEnum):
    """Whether a node that was made is there."""

    RUNNING = "running"
    NOT_BOOTSTRAPPED = (
        "not bootstrapped"  # it runs, but its sshd and FRR have not been started: see `Runtime.bootstrap`
    )
    RESTARTED = "restarted"  # it runs, but was stopped in between: its links are gone
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"  # it is on a machine that does not answer


@dataclass(frozen=True, slots=True)
class RunningNode:
    """A node as the runtime sees it.

    `address` is its management address; a stopped container, or a node on a machine that does not answer,
    has none and gets one that nobody answers on.
    `since` is when it was started, if it runs and the runtime knows.
    """

    name: str
    role: Role
    address: IPv4Address
    state: NodeState
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunningLab:
    """A lab that is up, wholly or in part.

    Attributes:
        name: its name.
        folder: it was brought up from.
        management: the network of its nodes' addresses; of one part, where it has several.
        nodes: its nodes.
        unreachable: why machines that have parts of it do not answer, each in a line that names the machine.
    """

    name: str
    folder: str
    management: IPv4Network
    nodes: tuple[RunningNode, ...]
    unreachable: tuple[str, ...] = ()

    @property
    def addresses(self) -> dict[str, IPv4Address]:
        """Management address by node."""
        return {node.name: node.address for node in self.nodes}


@dataclass(frozen=True, slots=True)
class Wire:
    """A node's end of a link whose other end is on another machine.

    Attributes:
        end: the node's port.
        mtu: octets of IP; None for the runtime's default.
        number: of the wire, the same at both ends and no other's on either machine.
        near: the machine's address for the tunnel.
        far: that of the other machine.
    """

    end: Endpoint
    mtu: int | None
    number: int
    near: IPv4Address
    far: IPv4Address


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a runtime is asked to make.

    Attributes:
        topology: nodes and links.
        folder: the lab folder, absolute; a lab's name belongs to one folder at a time.
        daemons: the FRR daemons each node needs for its role, zebra among them.
        avoid: networks that the management subnet must not overlap (those of the lab).
        guests: over how many kernels or machines it may be spread.
        wires: ends here of links to nodes that are elsewhere.
        elsewhere: the lab's nodes that other machines are to make, with their roles.
    """

    topology: Topology
    folder: str
    daemons: Mapping[str, tuple[str, ...]]
    avoid: tuple[IPv4Network, ...]
    guests: int = 1
    wires: tuple[Wire, ...] = ()
    elsewhere: tuple[tuple[str, Role], ...] = ()


@dataclass(frozen=True, slots=True)
class NodeKeys:
    """What gives access to a node: a public key that may log in, and the host key the node shows.

    Attributes:
        authorized_key: as it stands in authorized_keys.
        host_key: the private key of a node, by lab and node.
    """

    authorized_key: str
    host_key: Callable[[str, str], str]


class Runtime(Protocol):
    """Makes, lists and removes labs on one host."""

    @property
    def name(self) -> str:
        """How a person chooses it: `netns`, `containerlab`, `c9s`."""

    def labs(self) -> tuple[RunningLab, ...]:
        """All labs this runtime has on its host, broken ones too."""

    def deploy(self, wanted: Deployment, progress: Progress) -> RunningLab:
        """Bring nodes and links to what is wanted; a node that runs as wanted is left alone.

        Raises:
            NameTaken: a lab of that name is up from another folder.
            DeployFailed: with the node and its own words.
        """

    def bootstrap(self, lab: RunningLab, daemons: Mapping[str, tuple[str, ...]]) -> RunningLab:
        """Open the nodes that run but are closed: management access, and the FRR daemons of their roles.

        That is what a lab needs that was not made by `deploy`, but by the runtime's own program.

        Raises:
            DeployFailed: a node does not let itself be opened.
        """

    def destroy(self, lab: str) -> bool:
        """Remove a lab and whatever is left of one. False when there was nothing.

        Raises:
            NotOurs: it was not made by `deploy`.
        """
