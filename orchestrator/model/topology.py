"""Nodes and the links between them, as a containerlab topology file gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Role(StrEnum):
    """What a node is in the BGP/MPLS VPN architecture (RFC 4364 1.2); a host is behind a CE."""

    CE = "ce"
    PE = "pe"
    P = "p"
    RR = "rr"
    HOST = "host"

    @property
    def in_provider(self) -> bool:
        """Whether the node runs the provider's IGP and labels."""
        return self not in (Role.CE, Role.HOST)

    @property
    def with_article(self) -> str:
        """The role within a sentence: "a PE", "an RR"."""
        return f"an {self.word}" if self is Role.RR else f"a {self.word}"

    @property
    def word(self) -> str:
        """As one writes it: "PE", "host"."""
        return self.value if self is Role.HOST else self.upper()


UNMANAGED = "unmanaged"
"""What stands in a role's place for a node that is left alone, as are the links to it."""


@dataclass(frozen=True, slots=True)
class Node:
    """A router, or a host.

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
    """A point-to-point link. `mtu` is in octets of IP, None where the file says nothing.

    `number` is its place among the file's links, from 0.
    """

    a: Endpoint
    b: Endpoint
    mtu: int | None = None
    number: int = field(default=0, compare=False, repr=False)

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


@dataclass(frozen=True)
class Topology:
    """What a runtime makes: nodes and links, in the order of the file.

    Attributes:
        addressed: the nodes to which the file gives a management address, which not every runtime can.
        unmanaged: further nodes of the file, which only a runtime that knows what they are made of makes.
        unmanaged_links: the links at those.
    """

    name: str
    file: Path
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    addressed: tuple[str, ...] = ()
    unmanaged: tuple[str, ...] = ()
    unmanaged_links: tuple[Link, ...] = ()

    def left_alone(self, node: str) -> tuple[str, ...]:
        """The interfaces of a node at which an unmanaged node is."""
        return tuple(end.interface for link in self.unmanaged_links for end in link if end.node == node)

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """The role of each node."""
        return {node.name: node.role for node in self.nodes}
