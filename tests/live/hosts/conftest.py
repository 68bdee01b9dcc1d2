"""A guest of its own for these tests: other guests of this user are left alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.base import CannotRunHere
from orchestrator.hosts.doctor import choose
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.machine import probe
from orchestrator.settings import Places
from tests.live.here import RECIPE, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator


def silent(_: str) -> None:
    """Nobody waits in front of a test."""


def processes_naming(path: Path) -> list[int]:
    """Processes on this machine with that path in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and bytes(path) in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.fixture(scope="session", autouse=True)
def _machine_can() -> None:
    """These tests need a machine for the guest; CI must be one, others need not."""
    try:
        choose(probe(SETTINGS), "guest")
    except CannotRunHere as lack:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(lack))


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    """State of its own, the tree from the tests' cache; whatever runs at the end is stopped."""
    mine = Places(cache=SETTINGS.places.cache, state=tmp_path / "state")
    yield mine
    Guest.stop(silent, mine)


@pytest.fixture
def guest(places: Places) -> Iterator[Guest]:
    """A guest that has just been started."""
    started = Guest.start(silent, places, RECIPE)
    yield started
    started.close()


@pytest.fixture(scope="module")
def steady_guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """One guest for all tests of a module that do not harm it."""
    mine = Places(cache=SETTINGS.places.cache, state=tmp_path_factory.mktemp("steady"))
    started = Guest.start(silent, mine, RECIPE)
    yield started
    started.close()
    Guest.stop(silent, mine)
