"""Grading what learners hand in: points computed again from what nodes said and what became of packets.

What counts of an exercise: the answers to its questions, in the order in which they were given over all
attempts; the best of its looks, by what customers have again and how little else was changed; the highest
hint. Nothing counts after the solution was shown, or after the end of a course that has one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from orchestrator.training import score
from orchestrator.training.judging import Begun
from orchestrator.training.looks import BEGIN
from orchestrator.training.prediction import POINTS as PREDICTION
from orchestrator.training.prediction import guessed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from orchestrator.training.course import Rubric
    from orchestrator.training.diagnosis import Question
    from orchestrator.training.journal import Event
    from orchestrator.training.judging import Judged, Lesson
    from orchestrator.training.prediction import Asked

_LETTERS: Final = "abcdefgh"


@dataclass(frozen=True, slots=True)
class Graded:
    """An exercise of a learner.

    Attributes:
        state: `not begun`, `begun` (no look counts), `broken` (something is still lost), `healed`;
            `predicted`; `shown`, where the solution was shown before anything was healed.
        points: of the rubric's most.
        cost: of hints.
        hint: the highest level that was given.
        attempts: how often it was begun.
        checks: how often it was looked at.
        minutes: from the first start to the look that counts; None without one.
        layers: by layer, what the look that counts shows.
        lost: what customers still lost then, a line each.
        key: the right answers, a letter each.
        answers: what was answered first, a letter each; `-` for nothing.
        cause: what was broken.
    """

    exercise: str
    state: str = "not begun"
    points: int = 0
    diagnosis: int = 0
    healed: int = 0
    economy: int = 0
    cost: int = 0
    hint: int = 0
    attempts: int = 0
    checks: int = 0
    minutes: float | None = None
    layers: Mapping[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    key: str = ""
    answers: str = ""
    cause: str = ""


def grade(  # noqa: PLR0913, PLR0917 -- what is known of an exercise, and what it is graded by
    name: str,
    events: Sequence[Event],
    looks: Sequence[Judged],
    lesson: Lesson,
    rubric: Rubric,
    end: datetime | None = None,
) -> Graded:
    """One exercise of a learner.

    Args:
        name: of the exercise.
        events: of the journal, about it.
        looks: at its lab.
        lesson: it, with the seed that was given.
        rubric: what is worth how much.
        end: when what is done counts no more; None for never.
    """
    starts = [one.time for one in events if one.what == "start"]
    if not starts:
        return Graded(name, cause=lesson.variant.cause)
    before = _before_solution(events, end)
    shown = any(one.what == "solve" for one in events)
    made = _effort(name, events, before, rubric)
    tried = _answers(before)
    best = _best(_counting(looks, events, end, rubric), lesson, rubric)
    begun = best[0] if best else next((one for one in reversed(looks) if one.title == BEGIN), None)
    asked = _asked(lesson, begun)
    diagnosis = round(score.diagnosed(asked, tried) * rubric.diagnosis / score.DIAGNOSIS)
    made = replace(
        made,
        state="shown" if shown else "begun",
        diagnosis=diagnosis,
        points=max(0, diagnosis - made.cost),
        cause=lesson.variant.cause,
        key="".join(one.letter for one in asked),
        answers="".join(
            _LETTERS[tried[number][0]] if tried.get(number) else "-" for number in range(len(asked))
        ),
    )
    if best is None:
        return made
    _, look, healed, economy = best
    return replace(
        made,
        state="shown" if shown and look.lost else "broken" if look.lost else "healed",
        healed=healed,
        economy=economy,
        points=max(0, diagnosis + healed + economy - made.cost),
        minutes=_minutes(min(starts), look.at),
        layers=look.layers,
        lost=look.lines,
    )


def grade_prediction(
    name: str,
    events: Sequence[Event],
    asked: Sequence[Asked],
    rubric: Rubric,
    end: datetime | None = None,
) -> Graded:
    """One whose questions are answered before it happens: the last answers until then, without any look.

    Args:
        name: of the exercise.
        events: of the journal, about it.
        asked: its questions.
        rubric: what is worth how much; a prediction is worth all of it.
        end: when what is done counts no more; None for never.
    """
    starts = [one.time for one in events if one.what == "start"]
    if not starts:
        return Graded(name)
    checks = [one.time for one in events if one.what == "check"]
    before = [one for one in _before_solution(events, end) if not checks or one.time <= min(checks)]
    last = {one.number - 1: (one.choice,) for one in before if one.what == "answer"}
    made = _effort(name, events, before, rubric)
    diagnosis = round(guessed(asked, last) * rubric.most / PREDICTION)
    shown = any(one.what == "solve" for one in events)
    return replace(
        made,
        state="shown" if shown else "predicted" if checks else "begun",
        points=max(0, diagnosis - made.cost),
        diagnosis=diagnosis,
        minutes=_minutes(min(starts), min(checks)) if checks else None,
        key="".join(one.question.letter for one in asked),
        answers="".join(
            _LETTERS[min(last[number][0], len(_LETTERS) - 1)] if number in last else "-"
            for number in range(len(asked))
        ),
    )


def _effort(name: str, events: Sequence[Event], counting: Sequence[Event], rubric: Rubric) -> Graded:
    """How often an exercise was begun and looked at, and what the hints among the events that count cost."""
    hint = max((one.number for one in counting if one.what == "hint"), default=0)
    return Graded(
        name,
        cost=min(sum(rubric.hints[:hint]), rubric.most),
        hint=hint,
        attempts=sum(one.what in {"start", "reset"} for one in events),
        checks=sum(one.what == "check" for one in events),
    )


def _minutes(begun: datetime, at: datetime) -> float:
    return round(max(0.0, (at - begun).total_seconds() / 60), 1)


def _before_solution(events: Sequence[Event], end: datetime | None) -> list[Event]:
    found: list[Event] = []
    for one in events:
        if one.what == "solve":
            break
        if end is None or one.time <= end:
            found.append(one)
    return found


def _answers(events: Sequence[Event]) -> dict[int, tuple[int, ...]]:
    """By question, what was answered, whichever attempt it was in; the same answer twice is one."""
    found: dict[int, tuple[int, ...]] = {}
    for one in events:
        if one.what == "answer" and one.number and one.choice < len(_LETTERS):
            before = found.get(one.number - 1, ())
            found[one.number - 1] = before if one.choice in before else (*before, one.choice)
    return found


def _counting(
    looks: Sequence[Judged], events: Sequence[Event], end: datetime | None, rubric: Rubric
) -> list[tuple[Judged, Judged]]:
    """The looks that count, each behind the one at the beginning of its attempt."""
    solved = min((one.time for one in events if one.what == "solve"), default=None)
    begun: Judged | None = None
    found: list[tuple[Judged, Judged]] = []
    for look in looks:
        if look.title == BEGIN:
            begun = look
        elif begun is not None and (end is None or look.at <= end) and (solved is None or look.at <= solved):
            found.append((begun, look))
    return found[: rubric.checks]


def _best(
    looks: Sequence[tuple[Judged, Judged]], lesson: Lesson, rubric: Rubric
) -> tuple[Judged, Judged, int, int] | None:
    """The look with the most points, of equal ones the first; how it began, healed and economy."""
    best: tuple[Judged, Judged, int, int] | None = None
    for begun, look in looks:
        asked = bool(_asked(lesson, begun))
        most = rubric.healed if asked else rubric.healed + rubric.diagnosis
        shares = look.worth(begun, lesson.untouchable, asked=asked)
        healed, economy = round(shares[0] * most), round(shares[1] * rubric.economy)
        if best is None or healed + economy > best[2] + best[3]:
            best = begun, look, healed, economy
    return best


def _asked(lesson: Lesson, begun: Judged | None) -> Sequence[Question]:
    if lesson.kind in {"build", "change"} or begun is None:
        return ()
    if lesson.kind == "design":
        return lesson.questions(Begun(frozenset(), ""))
    if not begun.lost or not begun.layer:
        return ()  # the layer is asked for last: it takes a proof
    return lesson.questions(Begun(begun.lost, begun.layer))


def in_order(looks: Sequence[Judged]) -> bool:
    """Whether each look is later than the one before."""
    return all(one.at <= other.at for one, other in pairwise(looks))
