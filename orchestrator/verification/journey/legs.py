"""The way that a route is to take: from table to table, as the lab's intent has it with nothing down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.model.family import contains
from orchestrator.model.memory import remembered
from orchestrator.routing.routes import RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Lab, Site
    from orchestrator.model.pece import PeCe
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.routing.routes import NextHop, Route


@dataclass(frozen=True, slots=True)
class End:
    """One end of the link between two routers that exchange routes."""

    table: Table
    interface: str
    address: IpAddress


@dataclass(frozen=True, slots=True)
class Leg:
    """From one table to the next.

    Attributes:
        sender: the table that has the route.
        receiver: the table that gets it.
        prefix: what the receiver holds: the route's own prefix, or a shorter one (a default route).
        announced: what the sender holds.
        protocol: what the receiver holds it by, as zebra calls it.
        hop: the receiver's next hop towards the sender.
    """

    sender: Table
    receiver: Table
    prefix: IpNetwork
    announced: IpNetwork
    protocol: str
    hop: NextHop

    @property
    def imported(self) -> bool:
        """Whether a VRF exports it and another imports it."""
        return self.hop.source is RouteSource.IMPORT

    def ends(self) -> tuple[End, End]:
        """The sender's end of the link between the two, and the receiver's.

        Raises:
            ValueError: it is imported, so there is no link.
        """
        tables = self.sender, self.receiver
        if (backdoor := self.hop.backdoor) is not None:
            near, far = (backdoor.near_end(one.node) for one in tables)
            return (
                End(self.sender, near[0].interface, near[1].ip),
                End(self.receiver, far[0].interface, far[1].ip),
            )
        if (across := self.hop.interconnect) is not None:
            there, here = across.seen_from(self.sender.node)[0], across.seen_from(self.receiver.node)[0]
            return (
                End(self.sender, there.end.interface, there.address.ip),
                End(self.receiver, here.end.interface, here.address.ip),
            )
        if (one := self.hop.attachment) is None:
            raise ValueError(f"there is no link between {self.sender} and {self.receiver}")
        ce = End(Table.at_ce(one), one.ce.interface, one.ce_address.ip)
        pe = End(Table.at_pe(one), one.pe.interface, one.pe_address.ip)
        return (ce, pe) if self.sender == ce.table else (pe, ce)


Strand: TypeAlias = "tuple[Leg, ...]"
"""All the legs from the CE that originates a route to one that is to have it."""


def strands(lab: EffectiveLab, site: Site, prefix: IpNetwork) -> tuple[Strand, ...]:
    """Each way that a prefix of a site is to take to CEs of other sites; equally good ones are several."""
    own = {one.ce.node for one in site.attachments}
    found = []
    for table in lab.routing:
        if not table.vrf and table.node not in own:
            found += [one for one in _back(lab, prefix, table, own, ()) if one]
    return tuple(found)


def _back(
    lab: EffectiveLab, prefix: IpNetwork, table: Table, own: set[str], after: Strand
) -> Iterator[Strand]:
    """From a table back to where it has the prefix from, until a CE of the site is reached."""
    if not table.vrf and table.node in own:
        yield after
        return
    held = _covering(lab, table, prefix)
    if held is None or any(leg.receiver == table for leg in after):
        return
    for hop in held.next_hops:
        if hop.table is None:
            continue
        before = _covering(lab, hop.table, prefix)
        if before is not None:
            leg = Leg(hop.table, table, held.prefix, before.prefix, held.protocol, hop)
            yield from _back(lab, prefix, hop.table, own, (leg, *after))


@remembered
def _covering(lab: EffectiveLab, table: Table, prefix: IpNetwork) -> Route | None:
    """What a table has for the prefix: itself, or a shorter one that it lies in."""
    held = lab.routing[table]
    return max(
        (one for network, one in held.items() if contains(network, prefix)),
        key=lambda one: one.prefix.prefixlen,
        default=None,
    )


def spoken(lab: Lab, leg: Leg) -> PeCe:
    """The PE-CE protocol of a leg over a link; on a backdoor that of the hearing CE's attachments."""
    if leg.hop.attachment is not None:
        return leg.hop.attachment.protocol
    return lab.attachments_of(leg.receiver.node)[0][1].protocol


def site_of(lab: Lab, ce: str) -> Site:
    """The site of a CE."""
    return next(site for site in lab.sites if any(one.ce.node == ce for one in site.attachments))
