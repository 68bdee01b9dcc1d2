from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

LABS = Path(__file__).parents[3] / "labs"


@pytest.fixture(scope="session")
def lab() -> Lab:
    return load_lab(LABS / "two-vpns")


@pytest.fixture(scope="session")
def hub() -> Lab:
    """A lab with two links between the same two nodes."""
    return load_lab(LABS / "hub-and-spoke")
