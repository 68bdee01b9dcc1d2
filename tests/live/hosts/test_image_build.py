from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import image
from orchestrator.hosts.base import BuildFailed
from orchestrator.hosts.recipe import Recipe
from orchestrator.hosts.rootless import as_root
from orchestrator.settings import Places
from tests.live.here import RECIPE, SETTINGS
from tests.live.hosts.conftest import processes_naming, silent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.live

_BUILDER = """
import sys
from pathlib import Path
from orchestrator.hosts import image
from orchestrator.hosts.recipe import Recipe
from orchestrator.settings import Places, Settings
image.ensure(
    lambda said: print(said, flush=True),
    Recipe.load(Settings.here()),
    Places(Path(sys.argv[1]), Path(sys.argv[1])),
)
"""


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    """An empty cache."""
    mine = Places(cache=tmp_path / "cache", state=tmp_path / "state")
    yield mine
    # Files of other users than ourselves are in there.
    subprocess.run([*as_root(), "rm", "-rf", str(mine.cache)], check=True)


def builder(places: Places) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _BUILDER, str(places.cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def wait_for(process: subprocess.Popen[str], said: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(said):
            return
    pytest.fail(f"it ended before saying {said!r}")


def left_in(places: Places) -> set[str]:
    return {path.name for path in (places.cache / "trees").iterdir()} - {"lock", "build.log"}


def test_ctrl_c_leaves_nothing(places: Places) -> None:
    process = builder(places)
    wait_for(process, "installing the base system")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert left_in(places) == set()
    assert processes_naming(places.cache) == []


def test_after_a_kill_two_builders_at_once_make_one_whole_tree_and_clean_up(places: Places) -> None:
    killed = builder(places)
    wait_for(killed, "unpacking the base system")
    killed.kill()
    killed.communicate(timeout=60)
    assert left_in(places) != set()

    first = builder(places)
    wait_for(first, "building the node tree")
    second = builder(places)
    wait_for(second, "waiting for another build of a node tree")
    first.communicate(timeout=300)
    second.communicate(timeout=300)
    assert (first.returncode, second.returncode) == (0, 0)
    recipe = RECIPE
    assert left_in(places) == {recipe.key}

    tree = image.ensure(silent, recipe, places)
    asked = (
        "dpkg-query --show frr; cat /etc/hostname /etc/resolv.conf; "
        "ls /etc/ssh/ssh_host*; find /var/lib/apt/lists -type f -size +0"
    )
    done = subprocess.run(
        [*as_root(), "chroot", str(tree), "sh", "-c", asked], capture_output=True, text=True, check=False
    )
    package, hostname, *nothing_of_this_machine = done.stdout.splitlines()
    assert package.startswith("frr\t")
    assert hostname == "node"
    assert nothing_of_this_machine == []


def test_a_suite_that_does_not_exist_is_one_line(places: Places) -> None:
    recipe = Recipe.load(replace(SETTINGS, suite="nosuchsuite", kernel_suite="nosuchsuite"))
    with pytest.raises(BuildFailed, match=r"^could not build the node tree: [^\n]*nosuchsuite[^\n]*$"):
        image.ensure(silent, recipe, places)
    assert left_in(places) == set()
