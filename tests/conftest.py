"""Options and fixtures that the tests of all packages share."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# An assertion that fails in a helper of the live tests says what was compared, as one in a test does.
pytest.register_assert_rewrite("tests.live")

CACHE = Path(__file__).parents[1] / ".test-cache"
"""The tests' own cache: what they build is kept for the next run; what a user has plays no part."""


# How many made-up values are tried. Hypothesis judges values, not how busy the machine is.
for profile, examples in {"quick": 25, "full": 100, "long": 20_000}.items():
    settings.register_profile(profile, deadline=None, max_examples=examples)


def pytest_configure(config: pytest.Config) -> None:
    """Say where the tests look for what they need: nowhere in the user's home, and by no setting of his.

    Signals strike here too where a shell's background or `nohup`, which ignore them, began the tests.
    Few made-up values are tried; `--hypothesis-profile=full` tries as many as `make test`, `=long` for hours.
    """
    for name in os.environ:
        # Where Debian is fetched from is the machine's affair; all else would change what is tested.
        if name.startswith("L3VPN_") and name != "L3VPN_MIRROR":
            del os.environ[name]
    os.environ["XDG_CACHE_HOME"] = str(CACHE)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if config.getoption("--hypothesis-profile") is None:
        settings.load_profile("quick")


def pytest_collection_finish() -> None:
    """Thousands of collected tests live until the end: looking for garbage among them is wasted work.

    What a test leaves behind is still found, a little later; pytest looks through all of it at the end.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def _state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the user's guest, keys or labs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the code produces into the golden files instead of comparing (then read the diff)",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--update-golden"))
