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
from orchestrator.protocols.ospf.trace import OspfTelling
from orchestrator.protocols.ospf.values import Ospf

OSPF: Final = PeCeProtocol(
    value=Ospf,
    intent=intent.OspfIntent,
    at_ce=intent.OspfAtCe,
    check_files=file_checks.check_files,
    daemons=("ospfd",),
    agreement=agreement.AGREEMENT,
    on_pe=configuration.on_pe,
    on_ce=configuration.on_ce,
    learnt=routes.learnt,
    pe_checks=checks.pe_checks,
    ce_checks=checks.ce_checks,
    pe_side_ids=checks.at_pe,
    ce_side_ids=checks.at_ce,
    lab_checks=sham_checks.checks,
    vrf_checks=checks.checks_on_vrf,
    table_checks=checks.checks_on_ce,
    backdoor_check=checks.backdoor_check,
    across_checks=sham_route_checks.checks,
    vpn_checks=cost_checks.checks,
    choice_ids=sham_checks.parameter_ids,
    adjacency_ids=sham_route_checks.adjacency_ids,
    across_ids=sham_route_checks.across_ids,
    trace=OspfTelling(),
)
