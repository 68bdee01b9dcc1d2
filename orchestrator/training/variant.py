"""An exercise with what a seed draws: the same seed, the same exercise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from orchestrator.faults.fault import NoSuchTarget
from orchestrator.faults.naming import read_fault
from orchestrator.loading import load_stages
from orchestrator.model.mistakes import LabFileError, nearest
from orchestrator.training.breaking import changes
from orchestrator.training.events import in_words, sentence
from orchestrator.training.exercise import PLACEHOLDER, filled
from orchestrator.training.places import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.faults.injections import Injection
    from orchestrator.model.lab import Lab
    from orchestrator.model.paths import Path as PathInFile
    from orchestrator.training.breaking import Change
    from orchestrator.training.exercise import BreakIntent, Exercise
    from orchestrator.training.places import Place


@dataclass(frozen=True, slots=True)
class Variant:
    """What one learner gets.

    Attributes:
        cause: what is wrong, or what it is about, in one line.
        changes: what is done to the lab.
        begin: the stage of the lab at which it begins.
        end: the stage to which it is to be brought.
        event: what is going to happen.
    """

    exercise: Exercise
    seed: int
    place: Place
    cause: str
    changes: tuple[Change, ...] = ()
    begin: str = ""
    end: str = ""
    event: Injection | None = None

    @property
    def brief(self) -> str:
        """What the customer says."""
        return filled(self.exercise.intent.brief, self.place).strip()

    @property
    def lesson(self) -> str:
        """What is to be learnt."""
        return filled(self.exercise.intent.lesson, self.place).strip()

    @property
    def nodes(self) -> frozenset[str]:
        """Where something is wrong."""
        return frozenset(node for one in self.changes for node in one.needs_push)


def dice(exercise: Exercise, seed: int, what: str = "") -> Random:
    """Chance that a seed repeats: on every machine, in every version of Python (a text seeds by SHA-512)."""
    return Random(f"{exercise.lab}/{exercise.name}/{seed}/{what}")  # noqa: S311 -- to be repeated, not to be secret


def variants(lab: Lab, exercise: Exercise, seed: int = 0) -> tuple[Variant, ...]:
    """All that any seed can draw, in the order of the lab and of the file.

    A place that lacks what the exercise names, such as a second VRF on its PE, is not drawn.

    Raises:
        LabFileError: the exercise names something that the lab does not have, or no place suits it.
    """
    if exercise.intent.kind == "predict":
        return tuple(_events(lab, exercise, seed))
    if exercise.intent.kind == "change":
        return tuple(_steps(lab, exercise, seed))
    if exercise.intent.kind == "design":
        return _designs(lab, exercise, seed)
    return _broken(lab, exercise, seed)


def _broken(lab: Lab, exercise: Exercise, seed: int) -> tuple[Variant, ...]:
    """What may be broken, wherever it may."""
    mistakes = []
    made: list[Variant] = []
    for number, intent in enumerate(exercise.intent.break_):
        for place in places(lab, exercise.intent.vary):
            if not all(place[name] for name in _named(exercise, intent)):
                continue
            at: PathInFile = ("break", number, "configure" if intent.configure else "ports")
            try:
                done = changes(lab, intent, place)
                at = ("break", number, "also")
                if intent.also is not None:
                    changes(lab, intent.also, place)
            except NoSuchTarget as lack:
                mistakes.append(exercise.document.mistake(at, lack.what, lack.right))
                break
            made.append(Variant(exercise, seed, place, filled(intent.cause, place), done))
    if not made and not mistakes:
        what = f"lab '{lab.name}' has no {exercise.intent.vary} that has all that is named here"
        mistakes = [exercise.document.mistake(("vary",), what, "name less, or draw something else")]
    if mistakes:
        raise LabFileError(mistakes)
    return tuple(made)


def _events(lab: Lab, exercise: Exercise, seed: int) -> Iterator[Variant]:
    """What may happen, at each stage at which it may."""
    for number, intent in enumerate(exercise.intent.events):
        for position, stage in enumerate(intent.at or [""]):
            at = ("events", number, "at", position) if intent.at else ("events", number)
            there = _at_stage(lab, exercise, stage, at)
            try:
                event = read_fault(there, intent.fail)
            except NoSuchTarget as lack:
                found = exercise.document.mistake(("events", number, "fail"), lack.what, lack.right)
                raise LabFileError((found,)) from None
            words = in_words(event)
            yield Variant(
                exercise, seed, {"event": words}, sentence(words), begin=stage, end=stage, event=event
            )


def _designs(lab: Lab, exercise: Exercise, seed: int) -> tuple[Variant, ...]:
    """What is left out of the first design; of the others nothing is there to begin with."""
    return (
        _broken(lab, exercise, seed) if exercise.intent.break_ else (Variant(exercise, seed, {}, "Nothing"),)
    )


def _steps(lab: Lab, exercise: Exercise, seed: int) -> Iterator[Variant]:
    for number, intent in enumerate(exercise.intent.steps):
        for key, stage in (("from", intent.begin), ("to", intent.end)):
            _at_stage(lab, exercise, stage, ("steps", number, key))
        task = {"task": intent.task}
        yield Variant(exercise, seed, task, intent.task, begin=intent.begin, end=intent.end)


def _at_stage(lab: Lab, exercise: Exercise, stage: str, path: PathInFile) -> Lab:
    """The lab at one of its stages.

    Raises:
        LabFileError: it has no such stage.
    """
    known = stages(lab)
    if stage not in known:
        right = nearest(stage, [one for one in known if one])
        raise LabFileError((exercise.document.mistake(path, f"{lab.name} has no stage '{stage}'", right),))
    return known[stage]


@lru_cache(maxsize=8)
def stages(lab: Lab) -> Mapping[str, Lab]:
    """A lab as it begins (""), and at each of its stages, in order."""
    return {one.stage: one for one in load_stages(lab.folder)}


def draw(lab: Lab, exercise: Exercise, seed: int) -> Variant:
    """What a seed draws.

    Raises:
        LabFileError: as `variants`.
    """
    return dice(exercise, seed).choice(variants(lab, exercise, seed))


def _named(exercise: Exercise, intent: BreakIntent) -> set[str]:
    texts = (exercise.intent.brief, exercise.intent.lesson, intent.model_dump_json(by_alias=True))
    return {name for text in texts for name in PLACEHOLDER.findall(text)}
