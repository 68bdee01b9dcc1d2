from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.hosts.base import BuildFailed
from orchestrator.hosts.containerlab_release import pinned
from orchestrator.hosts.recipe import Recipe
from orchestrator.settings import Settings

GO_MOD = Path(__file__).parents[3] / "image" / "containerlab" / "go.mod"


def test_the_repository_pins_a_release() -> None:
    release = pinned(GO_MOD.read_text())
    assert release.version == "0.79.0"
    assert release.go >= (1, 26)


def test_a_go_mod_without_it_is_refused() -> None:
    with pytest.raises(BuildFailed):
        pinned("module x\n\ngo 1.26.0\n")


def test_the_guests_tree_with_docker_is_another_and_names_the_release() -> None:
    plain, docker = Recipe.load(Settings.of({})), Recipe.load(Settings.of({}), docker=True)
    assert set(plain.packages) < set(docker.packages)
    assert {"docker.io", "docker-cli", "crun"} <= set(docker.packages)
    assert (plain.containerlab, docker.containerlab) == ("", "0.79.0")
    assert plain.key != docker.key


def test_which_frr_the_nodes_have_does_not_change_the_guest_with_docker() -> None:
    older = {"L3VPN_SUITE": "bookworm"}
    assert Recipe.load(Settings.of(older), docker=True) == Recipe.load(Settings.of({}), docker=True)
    assert Recipe.load(Settings.of(older)) != Recipe.load(Settings.of({}))
