"""VPN: RD, RT, next hop, VPN label and label stack of every route, and the absence of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.protocols.registry import spoken_in
from orchestrator.verification.layers.vpn import absence, ce, leaks, nearest, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Check


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Exports and imports, from far and from the same PE, what must be absent, and what the CEs hold."""
    yield from routes.checks(lab)
    yield from nearest.checks(lab)
    yield from leaks.checks(lab)
    for protocol in spoken_in(lab.lab):
        yield from protocol.inter_pe_neighbor_checks(lab)
    yield from absence.checks(lab)
    yield from ce.checks(lab)
    for protocol in spoken_in(lab.lab):
        yield from protocol.vpn_checks(lab)
