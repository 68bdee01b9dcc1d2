"""A lab's two files, read and typed, with their lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.model.document import Document
    from orchestrator.model.intent import Intent
    from orchestrator.model.topology import Topology


@dataclass(frozen=True, slots=True)
class LabFiles:
    """What has to agree with each other."""

    topology_document: Document
    topology: Topology
    intent_document: Document
    intent: Intent
