"""All that the program knows of RIP between PE and CE."""

from __future__ import annotations

from typing import Final

from orchestrator.model.pece_intent import AtCe
from orchestrator.protocols.descriptor import PeCeProtocol
from orchestrator.protocols.rip import agreement, checks, configuration, routes
from orchestrator.protocols.rip.file_checks import check_files
from orchestrator.protocols.rip.intent import RipIntent
from orchestrator.protocols.rip.trace import RipTrace
from orchestrator.protocols.rip.values import Rip

RIP: Final = PeCeProtocol(
    value=Rip,
    intent=RipIntent,
    at_ce=AtCe,
    check_files=check_files,
    daemons=("ripd",),
    agreement=agreement.AGREEMENT,
    on_pe=configuration.on_pe,
    on_ce=configuration.on_ce,
    learnt=routes.learnt,
    pe_checks=checks.pe_checks,
    ce_checks=checks.ce_checks,
    pe_prerequisites=checks.pe_prerequisites,
    ce_prerequisites=checks.ce_prerequisites,
    node_checks=checks.node_checks,
    vrf_checks=checks.vrf_checks,
    ce_node_checks=checks.ce_node_checks,
    vpn_checks=checks.vpn_checks,
    trace=RipTrace(),
)
