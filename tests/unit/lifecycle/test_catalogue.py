from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from orchestrator.lifecycle.catalogue import Entry, entry
from orchestrator.lifecycle.folders import known_labs
from orchestrator.shipped import LABS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(LABS / "two-vpns", tmp_path / "lab")


def test_all_labs_say_what_they_are_about() -> None:
    entries = {name: entry(folder) for name, folder in known_labs().items()}
    assert all(one.title and one.protocols and one.nodes for one in entries.values())
    assert entries["static"].protocols == ("bgp", "static")


def test_without_a_readme_the_topology_has_the_title(folder: Path) -> None:
    assert entry(folder) == Entry("the architecture", ("bgp",), 8)
    (folder / "README.md").unlink()
    assert entry(folder).title.startswith("Eight FRR routers in a row")


def test_a_lab_with_mistakes_is_listed_all_the_same(folder: Path) -> None:
    (folder / "vpn.yml").write_text("provider: 7\n")
    assert entry(folder) == Entry("the architecture", (), None)


def test_a_readme_that_waits_for_a_writer_is_no_title(folder: Path) -> None:
    (folder / "README.md").unlink()
    os.mkfifo(folder / "README.md")
    assert entry(folder).title.startswith("Eight FRR routers in a row")
