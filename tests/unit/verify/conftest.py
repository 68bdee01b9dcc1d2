"""The default lab, and what its nodes say once it has converged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from tests.unit.verify.converged import Converged
from tests.unit.verify.scene import Scene

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

LABS = Path(__file__).parents[3] / "labs"


@pytest.fixture(scope="session")
def lab() -> Lab:
    return load_lab(LABS / "two-vpns")


@pytest.fixture(scope="session")
def converged(lab: Lab) -> Converged:
    return Converged(lab)


@pytest.fixture(scope="session")
def scene(lab: Lab, converged: Converged) -> Scene:
    return Scene.of(lab, converged.says)
