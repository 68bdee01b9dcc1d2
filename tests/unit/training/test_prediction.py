"""Exercises of kind predict, for many seeds: questions before it happens, and what is seen then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.commands import learn_predict
from orchestrator.commands.learner import Lesson
from orchestrator.training import catalogue, prediction
from orchestrator.training.happening import Happened
from orchestrator.training.kinds import EventIntent
from orchestrator.training.variant import draw, variants
from orchestrator.verification.expect import expect
from tests.unit.training.mistaken import Mistake

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.training.exercise import Exercise

PREDICTIONS = [one for one in catalogue.exercises() if one.intent.kind == "predict"]
BY_NAME = pytest.mark.parametrize("exercise", PREDICTIONS, ids=lambda one: one.name)


def asked(lesson: Lesson) -> tuple[prediction.Asked, ...]:
    return learn_predict.questions(lesson)


def as_expected(lesson: Lesson) -> Happened:
    """What is seen when all comes as the proof expects."""
    gone = prediction.lost_ids(lesson.variant, lesson.begun)
    lost = frozenset(lesson.customers.flows) & gone
    right = next(one.question.right for one in asked(lesson) if "how long" in one.question.text)
    longest = asked(lesson)[1].meanings[right]
    assert isinstance(longest, prediction.Detection)
    return Happened(lost, longest.most - 0.1 if longest.most else 30.0, 3, gone, as_expected=True)


@pytest.mark.parametrize("seeds", [30, pytest.param(1000, marks=pytest.mark.thorough)])
@BY_NAME
def test_each_seed_asks_what_follows_from_the_intent(exercise: Exercise, seeds: int) -> None:
    first = Lesson.of(exercise, 0)
    drawn = {(one.cause, one.begin) for one in (draw(first.lab, exercise, seed) for seed in range(200))}
    assert drawn == {(one.cause, one.begin) for one in variants(first.lab, exercise)}, "one is never drawn"
    for seed in range(seeds):
        lesson = Lesson.of(exercise, seed)
        questions = asked(lesson)
        assert [one.question for one in questions] == [
            one.question for one in asked(Lesson.of(exercise, seed))
        ]
        assert len(questions) == 3
        for one in questions:
            assert len(set(one.question.choices)) == len(one.question.choices) == len(one.meanings) >= 2
            assert len(set(one.meanings)) == len(one.meanings)
        assert "{" not in lesson.variant.brief + lesson.variant.lesson
        assert all(one.seen(as_expected(lesson), lesson.customers)[0] for one in questions)
        assert all(learn_predict.hint(lesson, level) for level in (1, 2, 3, 4))


@BY_NAME
def test_what_ends_is_expected_no_more_and_the_rest_still_is(exercise: Exercise) -> None:
    for variant in variants(Lesson.of(exercise, 0).lab, exercise):
        lesson = replace(Lesson.of(exercise, 0), variant=variant)
        assert variant.event is not None
        then = {str(one.id) for one in expect(lesson.begun, variant.event.state)}
        (ends,) = [one for one in asked(lesson) if all(isinstance(it, str) for it in one.meanings)]
        assert [one for one in ends.meanings if one not in then] == [ends.meanings[ends.question.right]]


def lesson_of(event: str, stage: str) -> Lesson:
    exercise = catalogue.exercise("predict-failure")
    intent = exercise.intent.model_copy(update={"events": [EventIntent(fail=event, at=[stage])]})
    return Lesson.of(replace(exercise, intent=intent), 0)


@pytest.mark.parametrize(
    ("event", "stage", "noticed"),
    [
        ("pe1-p1", "bfd", "less than a second: somebody sees the carrier go"),
        ("p1", "bfd", "less than a second: somebody sees the carrier go"),
        ("pe1-p1 silent", "bfd", "about 2 s: BFD's detection time"),
        ("pe1-p1 silent", "tuned", "about 4 s: OSPF's dead interval"),
        ("pe1-p1 silent", "standard", "about 40 s: OSPF's dead interval"),
        ("pe1-ce1 silent", "bfd", "about 2 s: BFD's detection time"),
        ("pe1-ce1 silent", "standard", "about 180 s: BGP's hold time"),
        ("pe3-ce2", "bfd", "until it is repaired: there is no other way"),
    ],
)
def test_the_fastest_that_watches_the_link_decides(event: str, stage: str, noticed: str) -> None:
    question = asked(lesson_of(event, stage))[1].question
    assert question.choices[question.right] == noticed


def test_what_comes_otherwise_is_said() -> None:
    lesson = lesson_of("pe1-p1 silent", "bfd")
    who, long, ends = asked(lesson)
    right = as_expected(lesson)
    slow = replace(right, gap=39.0)
    assert long.seen(slow, lesson.customers) == (False, "the flow that was dead longest was for 39.0 s")
    assert not long.seen(replace(right, flows=0), lesson.customers)[0]
    cut = replace(right, lost=frozenset(lesson.customers.flows))
    assert who.seen(cut, lesson.customers) == (False, "lost until it was repaired: ce1 - ce2")
    assert not long.seen(cut, lesson.customers)[0]
    assert ends.seen(replace(right, ended=frozenset()), lesson.customers) == (False, "ended: none")


def test_the_last_answer_to_a_question_counts() -> None:
    questions = asked(lesson_of("pe1-p1", "bfd"))
    right = {number: (one.question.right,) for number, one in enumerate(questions)}
    assert prediction.guessed(questions, right) == 100
    wrong = (right[0][0] + 1) % 2
    assert prediction.guessed(questions, right | {0: (wrong, *right[0])}) == 100
    assert prediction.guessed(questions, right | {0: (*right[0], wrong)}) == 67
    assert prediction.guessed(questions, {}) == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "fail: pe1-p1 silent",
            "fail: pe1-p9 silent",
            "lab 'failover' has no link, node or LAN 'pe1-p9'; did",
        ),
        ("[bfd, tuned]", "[bdf, tuned]", "failover has no stage 'bdf'; did you mean 'bfd'?"),
        ("{event}", "{events}", "'{events}' stands for nothing"),
        ("kind: predict", "kind: change", "an exercise of kind change has no 'steps'; add steps:"),
    ],
)
def test_a_mistake_has_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    Mistake(old, new, said).must_have_its_line(PREDICTIONS[0], variants, tmp_path)
