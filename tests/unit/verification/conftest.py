"""The default lab, and what its nodes say once it has converged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Scene
from tests.unit.verification.shipped import shipped

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


@pytest.fixture(scope="session")
def lab() -> Lab:
    return shipped("two-vpns")


@pytest.fixture(scope="session")
def converged(lab: Lab) -> Converged:
    return Converged(lab)


@pytest.fixture(scope="session")
def scene(lab: Lab, converged: Converged) -> Scene:
    return Scene.of(lab, converged.says)
