"""VPN: RD, RT, next hop, VPN label and label stack of every route, and the absence of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.protocols.bgp import vpn_checks as paths
from orchestrator.protocols.eigrp import vpn_checks as eigrp
from orchestrator.protocols.ospf import cost_checks as cost
from orchestrator.protocols.ospf import sham_route_checks as sham
from orchestrator.verification.layers.vpn import absence, ce, leaks, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Check


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Exports and imports, from far and from the same PE, what must be absent, and what the CEs hold."""
    yield from routes.checks(lab)
    yield from leaks.checks(lab)
    yield from sham.checks(lab)
    yield from absence.checks(lab)
    yield from ce.checks(lab)
    yield from cost.checks(lab)
    yield from paths.checks(lab)
    yield from eigrp.checks(lab)
