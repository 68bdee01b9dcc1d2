"""Writing what a verification saw as a page: for `report` and `verify --html`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.commands.files import put
from orchestrator.diagrams.annotations import positions
from orchestrator.lifecycle.keeping import public_case
from orchestrator.page.page import page

if TYPE_CHECKING:
    from orchestrator.evidence.bundle import Seen
    from orchestrator.lifecycle.running import LabOnHost
    from orchestrator.model.lab import Lab
    from orchestrator.verification.network import Network


def write_page(file: str, running: LabOnHost, nodes: Network, lab: Lab, seen: Seen) -> None:
    """The page of one look at a running lab, without keys and passwords: what a bundle would say of it."""
    again = public_case(running, nodes, lab, seen)
    text = page(again, again.report(), positions(lab))
    put(file, text)
