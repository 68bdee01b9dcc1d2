"""The links that speak RIP between PE and CE, and the interfaces that it runs on in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.memory import remembered
from orchestrator.protocols.agreement import End
from orchestrator.protocols.rip.values import Rip

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment, Lab
    from orchestrator.routing.routes import Table


@remembered
def attachments(lab: Lab, table: Table) -> tuple[tuple[Attachment, Rip], ...]:
    """The attachments of a table that speak RIP, as that end has it."""
    end = End.PE if table.vrf else End.CE
    return tuple(
        (one, spoken)
        for _, one in lab.attachments_of(table.node)
        for spoken in [end.spoken(one)]
        if isinstance(spoken, Rip) and table.vrf in {"", one.vrf}
    )


def ports(lab: Lab, table: Table) -> tuple[str, ...]:
    """The interfaces of attachments that it runs on, where updates pass."""
    return tuple((one.pe if table.vrf else one.ce).interface for one, _ in attachments(lab, table))


def lans(lab: Lab, table: Table) -> tuple[str, ...]:
    """The LANs of a CE, which it advertises and where it meets nobody."""
    own = () if table.vrf else lab.interfaces_of(table.node, InterfaceKind.LAN)
    return tuple(one.name for one in own)


def rip_route_tag(asn: int) -> int:
    """What marks routes that a PE brings in: 16 bits of the provider's AS number; 0 would be no tag."""
    return asn & 0xFFFF or 1
