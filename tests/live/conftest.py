"""What live tests share: a machine that can run labs, and the default lab, brought up once and proven."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import image
from orchestrator.hosts.base import CannotRunHere
from orchestrator.hosts.doctor import choose
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.machine import probe
from orchestrator.hosts.recipe import SUITES, Recipe
from tests.live.here import SETTINGS
from tests.live.terminal import Completed, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.live.proving import ProvenLab

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session", autouse=True)
def _labs_can_run_here() -> None:
    """Live tests need a machine that can run labs; CI must be one, others need not."""
    try:
        choose(probe(SETTINGS))
    except CannotRunHere as lack:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(lack))


@pytest.fixture(scope="session")
def tree_with(pytestconfig: pytest.Config) -> Callable[[str], Path]:
    """The node tree with an FRR version, from the tests' own cache; it says so where one has to be built."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        with capture.global_and_fixture_disabled():
            sys.stderr.write(f"\nlive tests: {line}")
            sys.stderr.flush()

    return lambda version: image.ensure(say, Recipe.load(SETTINGS, suite=SUITES[version]), SETTINGS.places)


@pytest.fixture(scope="session", autouse=True)
def _node_tree(_labs_can_run_here: None, tree_with: Callable[[str], Path]) -> None:
    """No test's time limit has to allow for the building of the tree that nearly all of them need."""
    tree_with("10.3")


@dataclass(frozen=True, slots=True)
class LiveLab:
    """A lab that is up, in the terminal that it was brought up from."""

    terminal: Terminal
    name: str

    def l3vpn(self, verb: str, *arguments: str | Path) -> Completed:
        """A command about this lab."""
        return self.terminal.l3vpn(verb, self.name, *arguments)

    def run(self, node: str, command: str) -> Completed:
        """Run a shell command in a node."""
        return self.terminal.run(self.name, node, command)

    def push(self) -> Completed:
        """Send what differs from the lab's files."""
        return self.l3vpn("push")


def put_out(terminal: Terminal) -> None:
    """Stop a guest that a failed test left running."""
    Guest.stop(lambda _: None, terminal.places)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal of this test's own, with no lab up."""
    mine = Terminal(tmp_path / "state")
    yield mine
    put_out(mine)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """`two-vpns`, up and proven by the real command line; taken down at the end, and nothing is left.

    In as many kernels as suits it here: what people get who say nothing, two on a machine of two processors.
    """
    terminal = Terminal(tmp_path_factory.mktemp("two-vpns"), guests="")
    try:
        done = terminal.l3vpn("up", "two-vpns")
        assert done.returncode == 0, done.stdout + done.stderr
        yield LiveLab(terminal, "two-vpns")
        down = terminal.l3vpn("down", "two-vpns")
        assert (down.returncode, terminal.left_over()) == (0, []), down.stdout + down.stderr
    finally:
        put_out(terminal)


@pytest.fixture(scope="module")
def played(lab: ProvenLab, request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """What went wrong in each scenario that the module's tests are about; `lab` is the module's own."""
    return lab.play(request)
