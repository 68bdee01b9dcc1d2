"""What the nodes of the default lab say once it has converged, as facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.verification.scene import Scene

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from tests.unit.verification.converged import Converged


@pytest.fixture(scope="session")
def scene(lab: Lab, converged: Converged) -> Scene:
    return Scene.of(lab, converged.says)
