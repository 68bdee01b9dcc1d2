"""FRR's own parser accepts what is rendered: `vtysh -C` of every FRR version that labs can have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.recipe import SUITES
from orchestrator.loading import load_lab, load_stages
from orchestrator.model.timer_values import STANDARD
from orchestrator.render.difference import configuration_changes
from orchestrator.render.frr import frr_configuration
from orchestrator.render.observed import OBSERVE, ObservedPlumbing
from tests.live.frr_tree import FrrTree

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.model.lab import Lab

pytestmark = pytest.mark.live

LABS = Path(__file__).parents[2] / "labs"


@pytest.fixture(scope="module", params=SUITES)
def frr(request: pytest.FixtureRequest, tree_with: Callable[[str], Path]) -> FrrTree:
    """The FRR of one version."""
    tree = FrrTree(tree_with(request.param))
    assert tree.version.startswith(request.param)
    return tree


@pytest.fixture(scope="module")
def two_vpns() -> Lab:
    return load_lab(LABS / "two-vpns")


def test_every_node_is_accepted(frr: FrrTree, two_vpns: Lab) -> None:
    version = frr.version
    slow = replace(two_vpns, providers=tuple(replace(one, timers=STANDARD) for one in two_vpns.providers))
    complaints = {
        (node.name, lab is slow): frr.complaint(frr_configuration(lab, node.name, version))
        for lab in (two_vpns, slow)
        for node in lab.nodes
    }
    assert set(complaints.values()) == {""}, complaints


def test_removing_everything_is_accepted(frr: FrrTree, two_vpns: Lab) -> None:
    version = frr.version
    for node in two_vpns.nodes:
        removal = configuration_changes(frr_configuration(two_vpns, node.name, version), "", version).commands
        assert "no router" in removal
        assert not frr.complaint(removal)


def test_every_stage_of_the_failover_lab_and_the_way_there_is_accepted(frr: FrrTree) -> None:
    version = frr.version
    stages = load_stages(LABS / "failover")
    for before, after in zip(stages, (*stages[1:], stages[0]), strict=True):
        for node in ("pe1", "p1", "ce1"):
            have, want = (frr_configuration(one, node, version) for one in (before, after))
            assert not frr.complaint(want)
            assert not frr.complaint(configuration_changes(have, want, version).commands)


def test_a_wrong_line_is_not_accepted(frr: FrrTree) -> None:
    assert "line 2: % Unknown command" in frr.complaint("router ospf\n ospf rooter-id 1.1.1.1\nexit\n")


def test_what_a_node_says_of_its_plumbing_is_read(frr: FrrTree) -> None:
    """`ip -json` and `sysctl` as each of these Debian releases has them."""
    seen = ObservedPlumbing.read(frr.says(OBSERVE))
    assert seen.devices["lo"].kind is None
    assert "net/ipv4/conf/lo/rp_filter" in seen.sysctls
    assert any(rule.table == "local" for rule in seen.rules)
