"""Exercises of kind change: the stages between are a way there, an outage is noticed and costs points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.commands import learn_change
from orchestrator.commands.learner import Lesson
from orchestrator.loading import load_lab
from orchestrator.training import catalogue, outage_agent, score
from orchestrator.training.impact import Customers
from orchestrator.training.outage import Outage, Watch
from orchestrator.training.variant import draw, variants
from tests.unit.training.mistaken import Mistake

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.training.exercise import Exercise

CHANGES = [one for one in catalogue.exercises() if one.intent.kind == "change"]
BY_NAME = pytest.mark.parametrize("exercise", CHANGES, ids=lambda one: one.name)


@pytest.mark.parametrize("seeds", [100, pytest.param(1000, marks=pytest.mark.thorough)])
@BY_NAME
def test_each_seed_draws_a_step_between_two_stages(exercise: Exercise, seeds: int) -> None:
    lab = load_lab(catalogue.lab_of(exercise))
    drawn = [draw(lab, exercise, seed) for seed in range(seeds)]
    assert drawn[:9] == [draw(lab, exercise, seed) for seed in range(9)]
    assert {one.cause for one in drawn} == {one.cause for one in variants(lab, exercise)}
    assert "{" not in "".join(one.brief + one.lesson for one in drawn)


@BY_NAME
def test_a_way_there_keeps_all_sites_together_at_each_stage(exercise: Exercise) -> None:
    lab = load_lab(catalogue.lab_of(exercise))
    seeds = {draw(lab, exercise, seed).cause: seed for seed in range(100)}
    for seed in seeds.values():
        lesson = Lesson.of(exercise, seed)
        way = learn_change._way(lesson)
        assert [one.stage for one in way][-1] == lesson.variant.end != lesson.variant.begin
        pairs = set(lesson.customers.all_pairs)

        assert all(set(Customers.of(one).all_pairs) == pairs for one in way)
        watch = Watch.of(lesson.begun, lesson.customers)
        watched = {(ce, far) for ce, aims in watch.aims.items() for far in aims.values()}
        assert watched == {(a, b) for pair in pairs for a, b in (pair, pair[::-1])}


def test_points_for_what_is_reached_and_for_nobody_having_been_gone() -> None:
    begun = ("a", "b", "c", "d")
    nothing = frozenset[str]()
    assert score.changed(begun, nothing, 0.0) == (40, 40)
    assert score.changed(begun, nothing, 1.0) == (40, 40)
    assert score.changed(begun, nothing, 1.2) == (40, 36)
    assert score.changed(begun, nothing, 4.2) == (40, 24)
    assert score.changed(begun, nothing, 60.0) == (40, 0)
    assert score.changed(begun, frozenset(begun), 0.0) == (0, 0), "who does nothing is not gone"
    assert score.changed(begun, frozenset("abx"), 0.0) == (10, 10)
    assert str(Outage("hq", "branch1", 2.25, lasts=True)) == "hq - branch1: 2.2 s and still"


def test_an_outage_is_as_long_as_no_answer_came() -> None:
    watched = outage_agent.Watched("172.16.0.1", 100.0)
    watched.answered(100.1)
    assert watched.line(100.3) == "172.16.0.1 0 0\n"
    assert watched.line(101.1) == "172.16.0.1 1000 1000\n"
    watched.answered(102.1)
    watched.answered(102.2)
    assert watched.line(102.3) == "172.16.0.1 2000 0\n"


def test_a_ping_has_a_right_checksum() -> None:
    packet = outage_agent.echo(3, 70000, b"12345678")
    assert outage_agent.checksum(packet) == 0
    assert outage_agent.HEADER.unpack(packet)[3:5] == (3, 70000 & 0xFFFF)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("to: branch1", "to: branch9", "provider-migration has no stage 'branch9'; did you mean"),
        ("{task}", "{tusk}", "'{tusk}' stands for nothing"),
        ("    from: before\n", "", "item 1 of 'steps' has no 'from'"),
    ],
)
def test_a_mistake_has_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    Mistake(old, new, said).must_have_its_line(CHANGES[0], variants, tmp_path)
