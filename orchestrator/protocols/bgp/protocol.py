"""All that the program knows of BGP between PE and CE."""

from __future__ import annotations

from typing import Final

from orchestrator.protocols.bgp import (
    agreement,
    checks,
    configuration,
    file_checks,
    intent,
    routes,
    vpn_checks,
)
from orchestrator.protocols.bgp.trace import BgpTelling
from orchestrator.protocols.bgp.values import Bgp
from orchestrator.protocols.descriptor import PeCeProtocol

BGP: Final = PeCeProtocol(
    value=Bgp,
    intent=intent.BgpIntent,
    at_ce=intent.BgpAtCe,
    check_files=file_checks.check_files,
    daemons=("bgpd",),
    agreement=agreement.AGREEMENT,
    on_pe=configuration.on_pe,
    on_ce=configuration.on_ce,
    learnt=routes.learnt,
    possible_exports=routes.told_in_vain,
    pe_checks=checks.pe_checks,
    ce_checks=checks.ce_checks,
    pe_side_ids=checks.at_pe,
    ce_side_ids=checks.at_ce,
    vrf_checks=checks.checks_on_vrf,
    table_checks=checks.checks_on_ce,
    backdoor_check=checks.backdoor_check,
    vpn_checks=vpn_checks.checks,
    trace=BgpTelling(),
)
