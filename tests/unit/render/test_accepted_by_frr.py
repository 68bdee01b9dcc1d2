"""FRR's own parser accepts what is rendered: `vtysh -C` of every version at hand."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.model.lab import STANDARD
from orchestrator.render.difference import configuration_changes
from orchestrator.render.frr import frr_configuration
from tests.unit.render.trees import FrrTree, trees_at_hand

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab

TREES = trees_at_hand()
at_each_version = pytest.mark.parametrize("tree", TREES, ids=str)


def test_there_is_an_frr_to_ask() -> None:
    if not TREES and "CI" not in os.environ:
        pytest.skip("no FRR here: neither installed nor in a cached node tree")
    assert TREES


@at_each_version
def test_every_node_is_accepted(tree: FrrTree, two_vpns: Lab, tmp_path: Path) -> None:
    version = tree.version
    slow = replace(two_vpns, providers=tuple(replace(one, timers=STANDARD) for one in two_vpns.providers))
    complaints = {
        (node.name, lab is slow): tree.complaint(
            frr_configuration(lab, node.name, version), tmp_path / "conf"
        )
        for lab in (two_vpns, slow)
        for node in lab.nodes
    }
    assert set(complaints.values()) == {""}, complaints


@at_each_version
def test_removing_everything_is_accepted(tree: FrrTree, two_vpns: Lab, tmp_path: Path) -> None:
    version = tree.version
    for node in two_vpns.nodes:
        removal = configuration_changes(frr_configuration(two_vpns, node.name, version), "", version).commands
        assert "no router" in removal
        assert not tree.complaint(removal, tmp_path / "conf")


@at_each_version
def test_a_wrong_line_is_not_accepted(tree: FrrTree, tmp_path: Path) -> None:
    assert "line 2: % Unknown command" in tree.complaint(
        "router ospf\n ospf rooter-id 1.1.1.1\nexit\n", tmp_path / "conf"
    )
