"""Nodes and the links between them, as a containerlab topology file gives them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Role(StrEnum):
    """What a node is in the BGP/MPLS VPN architecture (RFC 4364 1.2)."""

    CE = "ce"
    PE = "pe"
    P = "p"
    RR = "rr"

    @property
    def in_provider(self) -> bool:
        """Whether the node runs the provider's IGP and labels."""
        return self is not Role.CE

    @property
    def with_article(self) -> str:
        """The role within a sentence: "a PE", "an RR"."""
        return f"an {self.upper()}" if self is Role.RR else f"a {self.upper()}"


@dataclass(frozen=True, slots=True)
class Node:
    """One FRR router.

    Attributes:
        part: which one it is to be in, from 1, where a lab has several; None for any.
    """

    name: str
    role: Role
    part: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """One end of a link: a node's data interface (`eth1`…; `eth0` is management)."""

    node: str
    interface: str

    def __str__(self) -> str:
        return f"{self.node}:{self.interface}"


@dataclass(frozen=True, slots=True)
class Link:
    """A point-to-point link. `mtu` is in octets of IP, None where the file says nothing."""

    a: Endpoint
    b: Endpoint
    mtu: int | None = None

    def __iter__(self) -> Iterator[Endpoint]:
        yield self.a
        yield self.b

    def __str__(self) -> str:
        return f"{self.a} -- {self.b}"

    def far_end(self, node: str) -> Endpoint:
        """The endpoint that is not `node`'s.

        Raises:
            KeyError: the link does not touch `node`.
        """
        if self.a.node == node:
            return self.b
        if self.b.node == node:
            return self.a
        raise KeyError(node)


@dataclass(frozen=True, slots=True)
class Topology:
    """What a runtime makes: nodes and links, in the order of the file.

    Attributes:
        addressed: the nodes to which the file gives a management address, which not every runtime can.
    """

    name: str
    file: Path
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    addressed: tuple[str, ...] = ()

    @property
    def roles(self) -> Mapping[str, Role]:
        """The role of each node."""
        return {node.name: node.role for node in self.nodes}
