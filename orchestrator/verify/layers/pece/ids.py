"""The names of checks that every PE-CE protocol with adjacencies has alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment, Backdoor
    from orchestrator.verify.state import LabInState


def parameters_id(lab: LabInState, attachment: Attachment) -> str:
    """The check that both ends of a PE-CE link are set to what the intent says."""
    where = f"{attachment.pe.node}.{attachment.vrf}.{attachment.ce.node}"
    return f"pece.parameters.{where}{lab.told_apart(attachment)}"


def pe_adjacency_id(lab: LabInState, attachment: Attachment) -> str:
    """The check of a PE-CE adjacency as the PE sees it."""
    where = f"{attachment.pe.node}.{attachment.vrf}.{attachment.ce.node}"
    return f"pece.adjacency.{where}{lab.told_apart(attachment)}"


def ce_adjacency_id(lab: LabInState, attachment: Attachment) -> str:
    """The check of a PE-CE adjacency as the CE sees it."""
    return f"pece.adjacency.{attachment.ce.node}.{attachment.pe.node}{lab.told_apart(attachment)}"


def backdoor_id(backdoor: Backdoor, ce: str) -> str:
    """The check of the adjacency or session over a backdoor, as one of its CEs sees it."""
    return f"pece.backdoor.{ce}.{backdoor.far_end(ce)[0].node}"
