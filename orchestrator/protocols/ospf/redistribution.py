"""What a PE takes into the customer's OSPF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.memory import remembered
from orchestrator.protocols.ospf.values import Ospf
from orchestrator.protocols.redistribution import CONNECTED, as_printed, others
from orchestrator.routing.routes import BGP

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab, Vrf


@remembered
def into_ospf(lab: Lab, vrf: Vrf) -> tuple[str, ...]:
    """What OSPF takes in a VRF, as zebra calls it: BGP's routes, and where others speak there, all theirs."""
    further = others(lab, vrf, Ospf.name)
    wanted = {CONNECTED, BGP, *further} if further else {BGP}
    return as_printed(wanted)
