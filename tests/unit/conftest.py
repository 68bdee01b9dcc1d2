"""What a user or a machine has plays no part in these tests; and the default lab, which many of them take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.fake_kubectl import FakeKubectl
from tests.unit.verification import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.model.lab import Lab
    from tests.unit.verification.converged import Converged


@pytest.fixture(scope="session", autouse=True)
def _no_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty home and an empty cache."""
    empty = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(empty))
        patch.setenv("XDG_CACHE_HOME", str(empty / "cache"))
        yield


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The default lab."""
    return shipped.shipped("two-vpns")


@pytest.fixture(scope="session")
def converged() -> Converged:
    """Its nodes, all of them content."""
    return shipped.converged("two-vpns")


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKubectl:
    """The program kubectl of this test."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return FakeKubectl(folder)
