"""All that the program knows of BGP between PE and CE."""

from __future__ import annotations

from typing import Final

from orchestrator.protocols.bgp import (
    agreement,
    asbr_checks,
    checks,
    configuration,
    file_checks,
    intent,
    routes,
    vpn_checks,
)
from orchestrator.protocols.bgp.trace import BgpTrace
from orchestrator.protocols.bgp.values import Bgp
from orchestrator.protocols.descriptor import PeCeProtocol

BGP: Final = PeCeProtocol(
    value=Bgp,
    intent=intent.BgpIntent,
    at_ce=intent.BgpAtCe,
    new_site=lambda number: {"asn": 65100 + number},
    check_files=file_checks.check_files,
    daemons=("bgpd",),
    agreement=agreement.AGREEMENT,
    on_pe=configuration.on_pe,
    on_ce=configuration.on_ce,
    learnt=routes.learnt,
    possible_exports=routes.possible_non_best_exports,
    pe_checks=checks.pe_checks,
    ce_checks=checks.ce_checks,
    pe_prerequisites=checks.at_pe,
    ce_prerequisites=checks.at_ce,
    asbr_checks=asbr_checks.asbr_checks,
    vrf_checks=checks.checks_on_vrf,
    ce_node_checks=checks.checks_on_ce,
    backdoor_check=checks.backdoor_check,
    vpn_checks=vpn_checks.checks,
    trace=BgpTrace(),
)
