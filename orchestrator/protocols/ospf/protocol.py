"""All that the program knows of OSPF between PE and CE."""

from __future__ import annotations

from typing import Final

from orchestrator.protocols.descriptor import PeCeProtocol
from orchestrator.protocols.ospf import (
    agreement,
    checks,
    configuration,
    cost_checks,
    file_checks,
    intent,
    routes,
    sham_checks,
    sham_route_checks,
)
from orchestrator.protocols.ospf.trace import OspfTrace
from orchestrator.protocols.ospf.values import Ospf

OSPF: Final = PeCeProtocol(
    value=Ospf,
    intent=intent.OspfIntent,
    at_ce=intent.OspfAtCe,
    new_site=lambda _: {"area": 0},
    check_files=file_checks.check_files,
    daemons=("ospfd",),
    agreement=agreement.AGREEMENT,
    on_pe=configuration.on_pe,
    on_ce=configuration.on_ce,
    learnt=routes.learnt,
    pe_checks=checks.pe_checks,
    ce_checks=checks.ce_checks,
    pe_prerequisites=checks.at_pe,
    ce_prerequisites=checks.at_ce,
    inter_pe_link_checks=sham_checks.checks,
    vrf_checks=checks.checks_on_vrf,
    ce_node_checks=checks.checks_on_ce,
    backdoor_check=checks.backdoor_check,
    inter_pe_neighbor_checks=sham_route_checks.checks,
    vpn_checks=cost_checks.checks,
    choice_ids=sham_checks.parameter_ids,
    adjacency_ids=sham_route_checks.adjacency_ids,
    inter_pe_ids=sham_route_checks.inter_pe_ids,
    trace=OspfTrace(),
)
