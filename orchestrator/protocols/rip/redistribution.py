"""What a PE takes into the customer's RIP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.memory import remembered
from orchestrator.protocols.redistribution import CONNECTED, as_printed, others
from orchestrator.protocols.rip.values import Rip
from orchestrator.routing.routes import BGP

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab, Vrf


@remembered
def into_rip(lab: Lab, vrf: Vrf) -> tuple[str, ...]:
    """What RIP takes in a VRF, as zebra calls it: BGP's routes, and where others speak there, all theirs."""
    further = others(lab, vrf, Rip.name)
    return as_printed({CONNECTED, BGP, *further} if further else {BGP})
