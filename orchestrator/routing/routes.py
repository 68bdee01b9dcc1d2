"""Routes as they must come about: which table holds a prefix, and which ways there are equally good."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Attachment, Backdoor, Interface, Lab, Vrf
    from orchestrator.model.rd_rt import RouteTarget
    from orchestrator.model.sham_link import ShamLink


BGP: Final = "bgp"
"""What zebra calls the routes of bgpd: those that a VRF has imported, and those of PE-CE BGP."""

EBGP_DISTANCE: Final = 20
"""The administrative distance of what another AS advertises."""

STATIC: Final = "static"
"""What zebra calls the routes of staticd."""


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


class RouteSource(Enum):
    """Where a table has a route from."""

    OWN = "own"  # an interface of the node
    PE_CE = "pe-ce"  # the other end of an attachment
    BACKDOOR = "backdoor"  # another CE, past the provider
    SHAM_LINK = "sham-link"  # another PE, in the customer's own routing protocol
    IMPORT = "import"  # another VRF, by its route targets
    INTERCONNECT = "interconnect"  # the other provider's ASBR, back to back (RFC 4364 10 a)

    @property
    def is_external(self) -> bool:
        """Whether a VRF has it from a neighbour of its own, rather than over the core."""
        return self in {RouteSource.PE_CE, RouteSource.INTERCONNECT}


@dataclass(frozen=True, slots=True)
class NextHop:
    """One next hop, in terms of the lab: the table that a packet gets to, and what takes it there."""

    source: RouteSource
    table: Table | None = None
    attachment: Attachment | None = None
    backdoor: Backdoor | None = None
    sham_link: ShamLink | None = None
    interconnect: Interconnect | None = None

    def gateway(self, node: str) -> IpAddress | None:
        """The address that packets are handed to over a link; None from a PE to a CE, and without a link."""
        if self.interconnect is not None:
            return self.interconnect.seen_from(node)[1].address.ip
        if self.backdoor is not None:
            return self.backdoor.far_end(node)[1].ip
        at_ce = self.attachment is not None and self.attachment.ce.node == node
        return self.attachment.pe_address.ip if self.attachment and at_ce else None


@dataclass(frozen=True, slots=True, order=True)
class Preference:
    """What decides between routes of one table to one prefix, smaller first.

    Attributes:
        distance: zebra's administrative distance, which decides between protocols.
        metric: what the protocol itself compares, in its order. BGP's is local preference, length of the AS
            path, MED, external before internal (RFC 4271 9.1.1, 9.1.2.2 a, c, d); OSPF's the kind of path,
            then its cost (RFC 2328 16.4); EIGRP's the composite metric (RFC 7868 5.6.1).
    """

    distance: int
    metric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PathAttributes:
    """What a route carries into BGP when a PE exports it; a protocol whose routes carry more adds to it.

    Attributes:
        as_path: as BGP would advertise it to a neighbour in the same AS.
        med: OSPF's cost, or EIGRP's composite metric (RFC 4577 4.2.6 has an attribute of its own).
        site_of_origin: the extended community of RFC 4364 7, where the site has one.
    """

    as_path: tuple[int, ...] = ()
    med: int = 0
    site_of_origin: RouteTarget | None = None


NOTHING: Final = PathAttributes()
"""Of a connected or static route."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route that a table has chosen.

    Attributes:
        protocol: as zebra calls it: `connected`, `static`, `bgp`, `ospf`, `eigrp`.
        next_hops: equally good ones; the table uses one of them, or several.
        preference: what decides between this and others.
        attributes: what it carries into BGP, and what its own protocol says of it.
        bgp_best: bgpd's best path, where zebra uses another protocol's route that bgpd does not know.
        not_exported: policy keeps it from being exported.
        bgp_best_from_outside: bgpd's best path from a CE or an ASBR, where the VRF uses an imported one.
    """

    prefix: IpNetwork
    protocol: str
    next_hops: tuple[NextHop, ...]
    preference: Preference
    attributes: PathAttributes = NOTHING
    bgp_best: Route | None = None
    not_exported: bool = False
    bgp_best_from_outside: Route | None = None

    @property
    def source(self) -> RouteSource:
        """Where the route is from: ways of different kinds are never equally good."""
        return self.next_hops[0].source

    @property
    def exported(self) -> Route | None:
        """What a VRF that holds this exports: not what it has imported itself, nor what policy keeps back.

        bgpd exports every path that it takes from outside, also where the VRF uses an imported one
        (`vpn_leak_from_vrf_update` of FRR 8.4 to 10.7): a backup is known everywhere before it is needed, as
        by `advertise-best-external` elsewhere.
        """
        own = self.bgp_best_from_outside if self.source is RouteSource.IMPORT else self
        return None if own is None or own.not_exported else own

    def leads_over(self, attachment: Attachment) -> bool:
        """Whether the table sends packets over this attachment."""
        return any(hop.attachment == attachment for hop in self.next_hops)

    def leads_across(self, interconnect: Interconnect) -> bool:
        """Whether the table sends packets to another provider over this link."""
        return any(hop.interconnect == interconnect for hop in self.next_hops)

    def learnt_over(self, attachment: Attachment) -> bool:
        """Whether the route was advertised by the other end of this attachment."""
        return self.source is RouteSource.PE_CE and self.leads_over(attachment)


Routes: TypeAlias = "Mapping[IpNetwork, Route]"
"""What one table holds."""


class NetworkState(Protocol):
    """A lab, and which part of it stands."""

    @property
    def lab(self) -> Lab:
        """All of it."""

    def attachment_forwards(self, attachment: Attachment) -> bool:
        """Whether packets cross the link of an attachment."""

    def exchanges(self, attachment: Attachment) -> bool:
        """Whether routes pass over an attachment: its link carries, and its ends agree as far as needed."""

    def backdoor_forwards(self, backdoor: Backdoor) -> bool:
        """Whether packets cross the link of a backdoor."""

    def interconnect_forwards(self, interconnect: Interconnect) -> bool:
        """Whether packets cross a link between two providers."""

    def carries(self, interface: Interface) -> bool:
        """Whether an interface is up and has a carrier, whether or not packets get through."""

    def sham_link_reachable(self, link: ShamLink) -> bool:
        """Whether the ends of a sham link have BGP's routes to each other."""

    def connected(self, node: str, other: str) -> bool:
        """Whether two provider nodes are up, and the core connects them."""

    def receives_vpnv4(self, pe: str, other: str) -> bool:
        """Whether VPNv4 routes of `other` get to `pe`."""


class RoutingProtocol(Protocol):
    """A PE-CE protocol as far as routes go."""

    @property
    def name(self) -> str:
        """As zebra calls it."""

    @property
    def learnt(self) -> Callable[[NetworkState, Table, Mapping[Table, Routes]], Iterator[Route]]:
        """What a table has by this protocol, given what all tables of the lab hold."""

    @property
    def subnet(self) -> Callable[[Lab, Route, Attachment], Route]:
        """The subnet of an attachment as its PE exports it, given the connected route."""

    @property
    def works(self) -> Callable[[Lab, Attachment], bool]:
        """Whether the ends of an attachment agree as far as routes need it."""
