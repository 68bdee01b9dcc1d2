"""The labs of the repository, and what their nodes say once they have converged: each made once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.loading import load_lab
from tests.unit.verification.converged import Converged

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

LABS: Final = Path(__file__).parents[3] / "labs"


@cache
def shipped(name: str) -> Lab:
    """A lab as it begins."""
    return load_lab(LABS / name)


@cache
def converged(name: str) -> Converged:
    """Its nodes, all of them content."""
    return Converged(shipped(name))
