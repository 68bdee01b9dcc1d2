"""Static routes between PE and CE: nothing to prove but the link, there is no session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.verify.layers import link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Attachment
    from orchestrator.verify.check import Check
    from orchestrator.verify.state import LabInState


def pe_checks(lab: LabInState, attachment: Attachment) -> Iterator[Check]:  # noqa: ARG001 -- other protocols need them
    """None: no session tells whether the other side is there."""
    yield from ()


ce_checks = pe_checks


def at_pe(lab: LabInState, attachment: Attachment) -> tuple[str, ...]:
    """The checks that the routes of both sides stand on."""
    return link.sound_ids(lab, lab.lab.interface(attachment.pe), lab.lab.interface(attachment.ce))


at_ce = at_pe
