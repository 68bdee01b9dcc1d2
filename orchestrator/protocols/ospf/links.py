"""The links that speak OSPF between PE and CE, and who is who in the customer's domain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestrator.model.memory import remembered
from orchestrator.protocols.agreement import End
from orchestrator.protocols.ospf.values import Ospf

if TYPE_CHECKING:
    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Attachment, Lab, Site, Vrf
    from orchestrator.model.timer_values import Timers
    from orchestrator.routing.routes import Table


LAN_COST: Final = 10
EXTERNAL_METRIC: Final = 20  # FRR's own of what is redistributed


@remembered
def attachments(lab: Lab, node: str, vrf: str = "") -> tuple[tuple[Site, Attachment, Ospf], ...]:
    """The attachments of a PE (of one VRF, if named) or a CE that speak OSPF, as that end has it."""
    end = End.PE if lab.node(node).role.in_provider else End.CE
    return tuple(
        (site, one, spoken)
        for site, one in lab.attachments_of(node)
        for spoken in [end.spoken(one)]
        if isinstance(spoken, Ospf) and vrf in {"", one.vrf}
    )


def originates_default(lab: Lab, vrf: Vrf) -> bool:
    """Whether a VRF's OSPF has a default route for its sites, whatever the VRF itself has."""
    return any(ospf.default_originate for _, _, ospf in attachments(lab, vrf.pe, vrf.name))


def link_timers(lab: Lab, attachment: Attachment, ospf: Ospf) -> Timers:
    """The provider's timers, with those that one end of a PE-CE link overrides."""
    usual = provider_timers(lab, attachment)
    hello, dead = ospf.intervals(usual)
    return replace(usual, ospf_hello=hello, ospf_dead=dead)


def router_id(lab: Lab, table: Table) -> IpAddress:
    """Within the customer's domain: an address of its own PE-CE link, which nobody else there has."""
    if not table.vrf:
        return lab.router_id(table.node)
    return attachments(lab, table.node, table.vrf)[0][1].pe_address.ip


def provider_timers(lab: Lab, attachment: Attachment) -> Timers:
    """The timers of the provider that a link leads to."""
    return lab.provider_of(attachment.pe.node).timers
