"""Options and fixtures that the tests of all packages share."""

from __future__ import annotations

import signal

import pytest


def pytest_configure() -> None:
    """Ctrl-C interrupts here too where a shell began the tests in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
