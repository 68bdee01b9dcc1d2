"""The default lab, which most of these tests render."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

LABS = Path(__file__).parents[3] / "labs"


@pytest.fixture(scope="session")
def two_vpns() -> Lab:
    return load_lab(LABS / "two-vpns")
