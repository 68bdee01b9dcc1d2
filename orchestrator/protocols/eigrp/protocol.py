"""All that the program knows of EIGRP between PE and CE; the speaker itself is the package `eigrp`."""

from __future__ import annotations

from typing import Final

from orchestrator.protocols.descriptor import PeCeProtocol
from orchestrator.protocols.eigrp import (
    agreement,
    checks,
    configuration,
    file_checks,
    intent,
    routes,
    vpn_checks,
)
from orchestrator.protocols.eigrp.speaker_configuration import eigrp_configuration
from orchestrator.protocols.eigrp.trace import EigrpTrace
from orchestrator.protocols.eigrp.values import Eigrp

EIGRP: Final = PeCeProtocol(
    value=Eigrp,
    intent=intent.EigrpIntent,
    at_ce=intent.EigrpAtCe,
    new_site=lambda _: {"asn": 100},
    check_files=file_checks.check_files,
    agreement=agreement.AGREEMENT,
    on_pe=configuration.on_pe,
    on_ce=configuration.on_ce,
    speaker=eigrp_configuration,
    learnt=routes.learnt,
    subnet=routes.subnet_route,
    pe_checks=checks.pe_checks,
    ce_checks=checks.ce_checks,
    pe_prerequisites=checks.at_pe,
    ce_prerequisites=checks.at_ce,
    node_checks=checks.speaker_checks,
    vrf_checks=checks.checks_on_vrf,
    ce_node_checks=checks.checks_on_ce,
    backdoor_check=checks.backdoor_check,
    vpn_checks=vpn_checks.checks,
    trace=EigrpTrace(),
)
