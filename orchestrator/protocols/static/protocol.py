"""All that the program knows of static routes between PE and CE."""

from __future__ import annotations

from typing import Final

from orchestrator.model.pece_intent import AtCe
from orchestrator.protocols.descriptor import PeCeProtocol
from orchestrator.protocols.static import agreement, checks, configuration, routes
from orchestrator.protocols.static.intent import StaticIntent
from orchestrator.protocols.static.values import Static

STATIC: Final = PeCeProtocol(
    value=Static,
    intent=StaticIntent,
    at_ce=AtCe,
    daemons=("staticd",),
    agreement=agreement.AGREEMENT,
    on_pe=configuration.on_pe,
    on_ce=configuration.on_ce,
    learnt=routes.learnt,
    pe_checks=checks.pe_checks,
    pe_prerequisites=checks.sound_ids,
    ce_prerequisites=checks.sound_ids,
)
