"""What the README promises: a fresh clone, an empty home, no state and no cache, and one command.

Without any privilege, where an ordinary user runs it: CI has one in a root that holds nothing else.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.rootless import as_root
from tests.live.hosts.conftest import processes_naming
from tests.live.hosts.test_guest_life import machine_network

if TYPE_CHECKING:
    from collections.abc import Iterator

# CI's first steps are these, on a machine that has less.
pytestmark = [pytest.mark.live, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """An empty home folder."""
    made = tmp_path / "home"
    made.mkdir()
    yield made
    # The files of a node tree belong to other users of the user's own range.
    subprocess.run([*as_root(), "rm", "-rf", str(made)], check=True)


def typed(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run shell text in the clone, as in a new user's first terminal."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return subprocess.run(
        ["sh", "-c", command],
        env=settings | {"HOME": str(home), "XDG_CONFIG_HOME": str(Path.home() / ".config")},
        cwd=home / "clone",
        text=True,
        capture_output=True,
        check=False,
        timeout=600,
    )


def test_lab_up_in_a_fresh_clone(home: Path) -> None:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(home / "clone")], check=True)
    before = machine_network()

    done = typed(home, "make lab-up")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "building the node tree" in done.stdout
    checks = re.search(r"all (\d+) checks hold", done.stdout)
    assert checks, done.stdout
    assert machine_network() == before

    done = typed(home, ".venv/bin/l3vpn exec two-vpns pe1 -- ip -M route")
    assert "dev red proto bgp" in done.stdout, done.stderr

    done = typed(home, ".venv/bin/pytest --l3vpn labs/two-vpns")
    assert f"{checks[1]} passed" in done.stdout, done.stdout + done.stderr

    done = typed(home, "make lab-down")
    assert done.returncode == 0, done.stdout + done.stderr
    assert processes_naming(home) == []
