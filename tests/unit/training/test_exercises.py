"""Every exercise, for many seeds, without a running lab: it loads, breaks what it says, can be graded."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from orchestrator.lifecycle.folders import known_labs
from orchestrator.loading import load_lab
from orchestrator.training import catalogue, hints, score
from orchestrator.training.diagnosis import possible_causes, questions
from orchestrator.training.impact import Customers
from orchestrator.training.kinds import NEEDS
from orchestrator.training.variant import draw, variants
from orchestrator.verification.kit.check import Verdict
from tests.unit.training.broken import findings

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.variant import Variant
    from orchestrator.verification.kit.check import Finding

ALL = catalogue.exercises()
BROKEN = [one for one in ALL if one.intent.kind not in NEEDS]
"""Those that break something; what they need of the others is tested by kind."""
BY_NAME = pytest.mark.parametrize("exercise", BROKEN, ids=lambda one: one.name)


@cache
def lab_of(exercise: Exercise) -> Lab:
    return load_lab(catalogue.lab_of(exercise))


@cache
def customers_of(exercise: Exercise) -> Customers:
    return Customers.of(lab_of(exercise))


_SEEN: dict[tuple[str, str], tuple[Finding, ...]] = {}


def seen(variant: Variant) -> tuple[Finding, ...]:
    """What fails by itself; of each variant looked at once, however many seeds draw it."""
    key = variant.exercise.name, variant.cause + str(variant.place)
    if key not in _SEEN:
        wrong = {Verdict.FAIL, Verdict.ERROR}
        _SEEN[key] = tuple(one for one in findings(lab_of(variant.exercise), variant) if one.verdict in wrong)
    return _SEEN[key]


def test_the_curriculum_has_an_order_and_no_name_twice() -> None:
    numbers = [one.intent.number for one in ALL]
    assert len(set(numbers)) == len(numbers) == len(catalogue.exercise_files()) == 30
    assert sorted(numbers) == list(range(1, 31))
    by_name = {one.name: one.intent.number for one in ALL}
    for one in ALL:
        assert all(by_name[before] < one.intent.number for before in one.intent.after), one.name
    files = [file for folder in known_labs().values() for file in folder.glob("exercises/*.yml")]
    assert len(files) == len(ALL)


@pytest.mark.parametrize("seeds", [100, pytest.param(1000, marks=pytest.mark.thorough)])
@BY_NAME
def test_each_seed_draws_something_that_breaks_and_can_be_graded(exercise: Exercise, seeds: int) -> None:
    lab = lab_of(exercise)
    drawn = [draw(lab, exercise, seed) for seed in range(seeds)]
    assert drawn[:9] == [draw(lab, exercise, seed) for seed in range(9)]
    assert {(one.cause, str(one.place)) for one in drawn} == {
        (one.cause, str(one.place)) for one in variants(lab, exercise)
    }, "some variant is never drawn"
    for one in drawn:
        wrong = seen(one)
        assert wrong, f"{one.cause}: nothing fails"
        assert {it.verdict for it in wrong} == {Verdict.FAIL}, [it.observed for it in wrong]
        first, named = wrong[0].check, {*one.nodes, one.place.get("pe", "")}
        assert first.node in named or named & set(str(first.id).split(".")), f"{one.cause}: {first.id}"
        assert "{" not in one.brief + one.lesson + one.cause


@BY_NAME
def test_each_hint_says_something_and_one_of_them_the_answer(exercise: Exercise) -> None:
    for variant in variants(lab_of(exercise), exercise):
        node = min(variant.nodes)
        drift = (f"{node} lacks something", "elsewhere lacks something else")
        lines = [hints.hint(level, seen(variant), ("red: a - b",), drift) for level in range(1, 7)]
        assert all(all(one) and one for one in lines), lines
        assert len({str(one) for one in lines}) == len(hints.COSTS) == len(hints.NAMES)
        assert hints.hint(3, (), (), ()) == ()


def test_a_node_that_answers_late_is_not_what_is_broken() -> None:
    variant = draw(lab_of(ALL[0]), ALL[0], 0)
    fails = seen(variant)
    late = replace(fails[-1], verdict=Verdict.ERROR)
    assert hints.failing((late, *fails)) == fails
    assert hints.failing((late,)) == (late,)


ASKED = [one for one in BROKEN if one.intent.kind != "build"]  # what is to be built is no riddle


@pytest.mark.parametrize("exercise", ASKED, ids=lambda one: one.name)
def test_questions_have_one_right_answer_and_wrong_ones_lose_points(exercise: Exercise) -> None:
    lab, customers = lab_of(exercise), customers_of(exercise)
    for seed in range(20):
        variant = draw(lab, exercise, seed)
        lost = frozenset(list(customers.flows)[: 1 + seed])
        others = [one for one in ALL if one.lab == exercise.lab]
        causes = possible_causes(lab, variant, others)
        layer = seen(variant)[0].check.layer.value
        asked = questions(variant, customers, lost, layer, causes)
        assert asked == questions(variant, customers, lost, layer, causes)
        assert len(asked) >= 3
        for one in asked:
            assert len(set(one.choices)) == len(one.choices) >= 3
        assert asked[-1].choices[asked[-1].right] == variant.cause
        right = {number: (one.right,) for number, one in enumerate(asked)}
        assert score.diagnosed(asked, right) == score.DIAGNOSIS
        for number, one in enumerate(asked):
            wrong = (one.right + 1) % len(one.choices)
            late = score.diagnosed(asked, right | {number: (wrong, one.right)})
            never = score.diagnosed(asked, right | {number: (wrong,)})
            assert never < late < score.DIAGNOSIS


def test_wrong_answers_are_near_misses() -> None:
    """The other PE, and the same fault at another place: one has to look to tell them from what is right."""
    exercise = catalogue.exercise("import-target")
    lab, customers = lab_of(exercise), customers_of(exercise)
    for seed in range(20):
        variant = draw(lab, exercise, seed)
        causes = possible_causes(lab, variant, [one for one in ALL if one.lab == exercise.lab])
        *_, where, why = questions(variant, customers, frozenset(customers.flows), "mpbgp", causes)
        assert {"pe1", "pe2"} <= set(where.choices)
        assert sum("imports route target 65000:900, which nobody exports" in one for one in why.choices) >= 2


def test_a_link_seen_from_its_other_end_is_no_wrong_answer() -> None:
    exercise = catalogue.exercise("core-mtu")
    lab = lab_of(exercise)
    for variant in variants(lab, exercise):
        place = variant.place
        other_end = variant.cause.replace(
            f"{place['node']} and {place['far']}", f"{place['far']} and {place['node']}"
        )
        causes = possible_causes(lab, variant, ALL[:0])
        assert other_end not in causes
        links = [frozenset(re.findall(r"\bp[e]?\d\b", cause)) for cause in causes]
        assert len(links) == len(set(links)), causes


def test_a_layer_that_the_lab_has_not_is_no_wrong_answer() -> None:
    """It gives its labels by LDP, so that segment routing cannot be what is broken."""
    exercise = catalogue.exercise("no-labels")
    lab, customers = lab_of(exercise), customers_of(exercise)
    asked = [
        choice
        for seed in range(20)
        for one in questions(draw(lab, exercise, seed), customers, frozenset(customers.flows), "ldp", ())
        for choice in one.choices
    ]
    assert any("LDP and its LSPs" in one for one in asked)
    assert not any("segment routing" in one for one in asked)


@pytest.mark.parametrize("exercise", ALL, ids=lambda one: one.name)
def test_a_text_fits_and_names_its_source(exercise: Exercise) -> None:
    intent = exercise.intent
    assert len(intent.title) <= 40
    assert "RFC" in intent.lesson
    assert "Look at: " in intent.lesson
    assert 80 <= len(intent.lesson.split()) <= 300
    assert 30 <= len(intent.brief.split()) <= 150


def test_verdicts_are_those_of_a_converged_lab_but_for_what_was_broken() -> None:
    """A wrong import target fails at its VRF, and nothing beside it fails by itself."""
    exercise = catalogue.exercise("import-target")
    for variant in variants(lab_of(exercise), exercise):
        (only,) = seen(variant)
        assert only.verdict is Verdict.FAIL
        assert str(only.check.id) == f"mpbgp.vrf.{variant.place['pe']}.{variant.place['vrf']}"


def test_the_last_hint_says_first_what_is_lacking() -> None:
    """What there is too much of may be what the learner has built."""
    own, lacks = (
        "pe1 has neighbor PES peer-group (in router bgp 65000)",
        "pe1 lacks neighbor 10.255.0.4 activate",
    )
    assert hints.hint(6, (), ("x",), (own, lacks)) == (lacks, own)
