"""A guest of its own for the EIGRP tests, and a bench that is cleared after each of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.base import CannotRunHere
from orchestrator.hosts.doctor import choose
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.machine import probe
from orchestrator.settings import Places
from tests.live.eigrp.bench import Bench
from tests.live.here import RECIPE, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator


def silent(_: str) -> None:
    """Nobody waits in front of a test."""


@pytest.fixture(scope="session")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """State of its own, the tree from the tests' cache."""
    try:
        choose(probe(SETTINGS), "guest")
    except CannotRunHere as lack:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(lack))
    mine = Places(cache=SETTINGS.places.cache, state=tmp_path_factory.mktemp("eigrp"))
    started = Guest.start(silent, mine, RECIPE)
    yield started
    started.close()
    Guest.stop(silent, mine)


@pytest.fixture
def bench(guest: Guest) -> Iterator[Bench]:
    """No nodes yet; the speaker is there."""
    made = Bench(guest)
    made.install()
    yield made
    made.clear()
