"""EIGRP as it runs on a node: one process a table, with its interfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.memory import remembered
from orchestrator.model.metric import FAST_ETHERNET
from orchestrator.protocols.agreement import End
from orchestrator.protocols.eigrp.values import Eigrp
from orchestrator.routing.routes import Table

if TYPE_CHECKING:
    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Attachment, Backdoor, Lab, Site, Vrf
    from orchestrator.model.metric import LinkMetric


_BMP_PORT: Final = 11019  # what monitoring stations usually listen on


@remembered
def attachments(lab: Lab, node: str, vrf: str = "") -> tuple[tuple[Site, Attachment, Eigrp], ...]:
    """The attachments of a PE (of one VRF, if named) or a CE that speak EIGRP, as that end has it."""
    end = End.PE if lab.node(node).role.in_provider else End.CE
    return tuple(
        (site, one, spoken)
        for site, one in lab.attachments_of(node)
        for spoken in [end.spoken(one)]
        if isinstance(spoken, Eigrp) and vrf in {"", one.vrf}
    )


@dataclass(frozen=True, slots=True)
class Port:
    """An interface that EIGRP runs on.

    Attributes:
        name: of the interface.
        link: what it adds to metrics.
        attachment: that it is an end of, with what was agreed for it; None on other interfaces.
        backdoor: that it is an end of.
        passive: its subnet is announced, and nobody met there.
    """

    name: str
    link: LinkMetric
    attachment: Attachment | None = None
    backdoor: Backdoor | None = None
    passive: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    """EIGRP in one table: on a PE in a VRF, on a CE in its only one."""

    table: Table
    agreed: Eigrp
    router_id: IpAddress
    ports: tuple[Port, ...]


@remembered
def process(lab: Lab, table: Table) -> Process | None:
    """EIGRP as it runs in a table; None where it does not."""
    own = attachments(lab, table.node, table.vrf)
    if not own:
        return None
    agreed = own[0][2]
    access = tuple(
        Port((one.pe if table.vrf else one.ce).interface, eigrp.link, one) for _, one, eigrp in own
    )
    if table.vrf:
        return Process(table, agreed, own[0][1].pe_address.ip, access)
    backdoors = tuple(
        Port(one.near_end(table.node)[0].interface, one.link, backdoor=one)
        for one in lab.backdoors_of(table.node)
    )
    lans = tuple(
        Port(one.name, FAST_ETHERNET, passive=True)
        for one in lab.interfaces_of(table.node, InterfaceKind.LAN)
    )
    return Process(table, agreed, lab.router_id(table.node), (*access, *backdoors, *lans))


def processes(lab: Lab, node: str) -> tuple[Process, ...]:
    """All of EIGRP on a node: VRF by VRF on a PE, at most one on a CE."""
    tables = [Table.of(vrf) for vrf in lab.vrfs_of(node)] or [Table(node)]
    return tuple(one for table in tables if (one := process(lab, table)) is not None)


def bmp_port(lab: Lab, vrf: Vrf) -> int:
    """Where the speaker listens for what bgpd sends of the VPN's routes: one port for each of its VRFs."""
    speaking = [one for one in lab.vrfs_of(vrf.pe) if attachments(lab, one.pe, one.name)]
    return _BMP_PORT + speaking.index(vrf)
