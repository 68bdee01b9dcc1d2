"""Grading what learners hand in: points computed again from what nodes said and what became of packets.

What counts of an exercise: the answers to its questions, in the order in which they were given over all
attempts; the best of its looks, by what customers have again and how little else was changed; the highest
hint. Nothing counts after the solution was shown, or after the end of a course that has one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Protocol

from orchestrator.evidence.archive import BadBundle
from orchestrator.evidence.drift import drift_lines
from orchestrator.evidence.judge import Case, another_lab
from orchestrator.model.mistakes import LabFileError
from orchestrator.training import score
from orchestrator.training.attendance import BEGIN, MOST_LOOKS
from orchestrator.training.hints import failing
from orchestrator.training.prediction import POINTS as PREDICTION
from orchestrator.training.prediction import guessed
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle
    from orchestrator.evidence.bundle import Seen as Look
    from orchestrator.model.lab import Lab
    from orchestrator.training.course import Rubric
    from orchestrator.training.diagnosis import Question
    from orchestrator.training.impact import Customers
    from orchestrator.training.journal import Event
    from orchestrator.training.prediction import Asked
    from orchestrator.training.variant import Variant
    from orchestrator.verification.report.result import Report

_WORDS: Final = (
    (Verdict.FAIL, "fails"),
    (Verdict.ERROR, "not known"),
    (Verdict.BLOCKED, "not judged"),
    (Verdict.PASS, "holds"),
)
GRADED: Final = frozenset(("build", "ticket", "mismatch", "predict"))
"""The kinds of exercise that a course may have."""
_LETTERS: Final = "abcdefgh"


class Lesson(Protocol):
    """An exercise with what a seed draws, by the files of who grades."""

    @property
    def kind(self) -> str:
        """Of the exercise."""

    @property
    def lab(self) -> Lab:
        """Its lab."""

    @property
    def variant(self) -> Variant:
        """What is broken."""

    @property
    def customers(self) -> Customers:
        """What they have when all is well."""

    @property
    def untouchable(self) -> Collection[str]:
        """Nodes that are to be left alone."""

    def questions(self, seen: Begun) -> Sequence[Question]:
        """What the learner was asked."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was seen when an exercise had been prepared."""

    lost: frozenset[str]
    layer: str


@dataclass(frozen=True)
class Judged:
    """A look at a lab, judged again by the files of who grades."""

    case: Case
    customers: Customers
    at: datetime

    @property
    def title(self) -> str:
        """`begin` or `check N`."""
        return self.case.seen.title

    @cached_property
    def lost(self) -> frozenset[str]:
        """What customers lost then, by what became of their packets."""
        both = (*self.customers.flows.values(), *self.customers.privacy.values())
        probes = [probe for one in both for probe in one.probes]
        return self.customers.missing(self.case.network.fly(probes, ()))

    @cached_property
    def drift(self) -> tuple[str, ...]:
        """How nodes differed from the lab's files, by what they said."""
        found = self.case.differences(self.case.standing).values()
        return tuple(line for one in found if one.ok and one.differs for line in drift_lines(one))

    @cached_property
    def report(self) -> Report:
        """The proof; how nodes are set is another question: see `drift`."""
        network = self.case.network
        return verify(network, self.case.lab, timeout=0, carrier=network)

    @property
    def layer(self) -> str:
        """The lowest in which a check did not hold; "" for none."""
        return next((one.check.layer.value for one in failing(self.report.findings)), "")

    @property
    def layers(self) -> dict[str, str]:
        """What each layer came to."""
        found = {}
        for layer in Layer:
            verdicts = {one.verdict for one in self.report.of(layer)}
            if verdicts:
                found[layer.value] = next(word for verdict, word in _WORDS if verdict in verdicts)
        return found


def judged_looks(bundle: Bundle, lesson: Lesson) -> tuple[Judged, ...]:
    """What was seen of an exercise's lab, the oldest first; what is not asked for is not judged.

    Raises:
        BadBundle: it is of another lab, or nothing that `learn` has kept.
    """
    if bundle.lab != lesson.lab.name:
        raise BadBundle(f"are of lab {bundle.lab}, and the exercise is on {lesson.lab.name}")
    if len(bundle.seen) > MOST_LOOKS:
        raise BadBundle(f"are {len(bundle.seen)}: no more than {MOST_LOOKS} are kept")
    return tuple(_judged(bundle, look, lesson) for look in bundle.seen)


def _judged(bundle: Bundle, look: Look, lesson: Lesson) -> Judged:
    try:
        at = datetime.fromisoformat(look.at)
        lab = _as_named(tuple(sorted(bundle.files.items())) if bundle.redacted else None, lesson.lab.folder)
    except ValueError:
        raise BadBundle("have no time") from None
    except LabFileError as error:
        raise BadBundle(f"have files that cannot be read: {str(error).splitlines()[0]}") from None
    if at.tzinfo is None:
        raise BadBundle("have no time")
    # No exercise has a stage, or something that was failed: nobody is excused by saying so.
    return Judged(Case(bundle, look, lab, ()), lesson.customers, at)


@lru_cache(maxsize=16)
def _as_named(files: tuple[tuple[str, str], ...] | None, folder: Path) -> Lab:
    """The lab in a folder, with keys and passwords named as in a bundle's files; one for all alike."""
    return another_lab(folder, "", None if files is None else dict(files))


@dataclass(frozen=True, slots=True)
class Graded:
    """An exercise of a learner.

    Attributes:
        state: `not begun`, `begun` (no look counts), `broken` (something is still lost), `healed`;
            `predicted`; `shown`, where the solution was shown before anything was healed; `not graded`, of a
            kind that courses do not have.
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
        lost=lesson.customers.described(look.lost),
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
        worth = score.HEALED if asked else score.HEALED + score.DIAGNOSIS
        healed = round(score.healed(begun.lost, look.lost, asked=asked) * most / worth)
        economy = 0
        if not look.lost and begun.lost:
            spared = score.economy(begun.drift, look.drift, lesson.untouchable)
            economy = round(spared * rubric.economy / score.ECONOMY)
        if best is None or healed + economy > best[2] + best[3]:
            best = begun, look, healed, economy
    return best


def _asked(lesson: Lesson, begun: Judged | None) -> Sequence[Question]:
    if lesson.kind == "build" or begun is None or not begun.lost or not begun.layer:
        return ()  # the layer is asked for last: it takes a proof
    return lesson.questions(Begun(begun.lost, begun.layer))


def in_order(looks: Sequence[Judged]) -> bool:
    """Whether each look is later than the one before."""
    return all(one.at <= other.at for one, other in pairwise(looks))
