"""Static routes between PE and CE: nothing to prove but the link, there is no session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.protocols import compare_ends
from orchestrator.protocols.static.agreement import AGREEMENT
from orchestrator.verification.layers import link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Attachment
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Check
    from orchestrator.verification.kit.check_id import CheckId


def pe_checks(lab: EffectiveLab, attachment: Attachment) -> Iterator[Check]:
    """That both ends of the link are alike; no session shows whether the other side is there."""
    yield from compare_ends.checks(lab, attachment, compare_ends.LINK_ALONE, AGREEMENT)


def sound_ids(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """The checks that the routes of both sides stand on."""
    return link.sound_ids(lab, lab.lab.interface(attachment.pe), lab.lab.interface(attachment.ce))
