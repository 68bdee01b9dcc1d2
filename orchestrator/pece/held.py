"""Routes as they must come about: which table holds a prefix, and which ways there are equally good."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Network

    from orchestrator.model.lab import Attachment, Vrf


@dataclass(frozen=True, slots=True, order=True)
class Table:
    """A routing table with customer routes: a VRF of a PE, or (without `vrf`) the table of a CE."""

    node: str
    vrf: str = ""

    @classmethod
    def of(cls, vrf: Vrf) -> Table:
        """The table of a VRF."""
        return cls(vrf.pe, vrf.name)

    @classmethod
    def at_ce(cls, attachment: Attachment) -> Table:
        """The table at the customer's end of an attachment."""
        return cls(attachment.ce.node)

    @classmethod
    def at_pe(cls, attachment: Attachment) -> Table:
        """The table at the provider's end of an attachment."""
        return cls(attachment.pe.node, attachment.vrf)


class Source(Enum):
    """Where a table has a route from."""

    OWN = "own"  # an interface of the node
    PE_CE = "pe-ce"  # the other end of an attachment
    IMPORT = "import"  # another VRF, by its route targets


@dataclass(frozen=True, slots=True)
class Way:
    """One next hop, in terms of the lab: the table that a packet gets to, and what takes it there."""

    source: Source
    table: Table | None = None
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A route that a table has chosen.

    Attributes:
        protocol: as zebra calls it: `connected`, `static`, `bgp`, `ospf`.
        ways: equally good ones; the table uses one of them, or several.
        as_path: as BGP would tell it to a neighbour in the same AS.
        preference: what decides between candidates of a table, smaller first: zebra's distance, and then
            whatever the protocol compares.
    """

    prefix: IPv4Network
    protocol: str
    ways: tuple[Way, ...]
    preference: tuple[int, ...]
    as_path: tuple[int, ...] = ()

    @property
    def source(self) -> Source:
        """Where the route is from: ways of different kinds are never equally good."""
        return self.ways[0].source

    def leads_over(self, attachment: Attachment) -> bool:
        """Whether the table sends packets over this attachment."""
        return any(way.attachment == attachment for way in self.ways)


Routes: TypeAlias = "Mapping[IPv4Network, Held]"
"""What one table holds."""
