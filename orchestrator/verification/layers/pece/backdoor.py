"""Backdoors: the adjacency or session of two sites' routers over a link of their own, past the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.protocols.registry import protocol_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Check


def checks(lab: EffectiveLab, ce: str) -> Iterator[Check]:
    """Each backdoor of a CE that has its link up, in the protocol that the CE speaks with its PE."""
    _, attachment = lab.lab.attachments_of(ce)[0]
    check = protocol_of(attachment).backdoor_check
    for backdoor in lab.lab.backdoors_of(ce):
        if check is not None and lab.backdoor_forwards(backdoor):
            yield check(lab, backdoor, ce)
