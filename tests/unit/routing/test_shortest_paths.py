"""Costs of core links: which ways are the cheapest, in each direction, and which are equally cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.state import HEALTHY, State
from orchestrator.protocols.registry import effective_lab
from orchestrator.routing.shortest_paths import cost_of
from tests.labs import COSTS
from tests.unit.model.labs import RED, small

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab
    from orchestrator.routing.effective_lab import EffectiveLab


@pytest.fixture(scope="module")
def lab() -> Lab:
    return load_lab(COSTS)


@pytest.fixture(scope="module")
def whole(lab: Lab) -> EffectiveLab:
    return effective_lab(lab, HEALTHY)


def test_more_hops_that_cost_less_are_shorter(whole: EffectiveLab) -> None:
    assert whole.path("pe1", "pe3") == ("pe1", "p2", "p3", "pe3")
    assert whole.distance("pe1", "pe3") == 40


def test_each_end_counts_its_own_cost(whole: EffectiveLab) -> None:
    assert whole.path("pe3", "pe1") == ("pe3", "p1", "pe1")
    assert whole.distance("pe3", "pe1") == 20


def test_two_hops_and_three_are_equally_short(whole: EffectiveLab) -> None:
    assert [far.node for _, far in whole.equal_cost_hops("pe1", "pe2")] == ["p1", "p2"]
    assert [far.node for _, far in whole.equal_cost_hops("pe2", "pe1")] == ["p1", "p3"]
    assert [far.node for _, far in whole.equal_cost_hops("p3", "pe2")] == ["pe2"]


def test_what_is_left_is_reckoned_anew(lab: Lab) -> None:
    (cut,) = (one for one in lab.links if {one.a.node, one.b.node} == {"p2", "p3"})
    left = effective_lab(lab, State(links_down=frozenset({cut})))
    assert left.path("pe1", "pe3") == ("pe1", "p1", "pe2", "p3", "pe3")
    assert left.distance("pe1", "pe3") == 60


def test_one_cost_gives_all_ports_of_a_core_one(lab: Lab) -> None:
    ports = [own for node in ("pe1", "p1", "p2", "p3") for own, _ in lab.core_links_of(node)]
    assert None not in {one.cost for one in ports}


def test_without_costs_links_count_alike(tmp_path: Path) -> None:
    lab = small(RED).load(tmp_path / "plain")
    assert {own.cost for own, _ in lab.core_links_of("p1")} == {None}
    assert {cost_of(own) for own, _ in lab.core_links_of("p1")} == {10}
