"""An exercise with what a seed draws: the same seed, the same exercise."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from orchestrator.faults.fault import NoSuchTarget
from orchestrator.model.mistakes import LabFileError
from orchestrator.training.breaking import changes
from orchestrator.training.exercise import PLACEHOLDER, filled
from orchestrator.training.places import places

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.training.breaking import Change
    from orchestrator.training.exercise import BreakIntent, Exercise
    from orchestrator.training.places import Place


@dataclass(frozen=True, slots=True)
class Variant:
    """What one learner gets.

    Attributes:
        cause: what is wrong, in one line.
        changes: what is done to the lab.
    """

    exercise: Exercise
    seed: int
    place: Place
    cause: str
    changes: tuple[Change, ...]

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
    mistakes = []
    made: list[Variant] = []
    for number, intent in enumerate(exercise.intent.break_):
        for place in places(lab, exercise.intent.vary):
            if not all(place[name] for name in _named(exercise, intent)):
                continue
            try:
                done = changes(lab, intent, place)
            except NoSuchTarget as lack:
                path = ("break", number, "configure" if intent.configure else "ports")
                mistakes.append(exercise.document.mistake(path, lack.what, lack.right))
                break
            made.append(Variant(exercise, seed, place, filled(intent.cause, place), done))
    if not made and not mistakes:
        what = f"lab '{lab.name}' has no {exercise.intent.vary} that has all that is named here"
        mistakes = [exercise.document.mistake(("vary",), what, "name less, or draw something else")]
    if mistakes:
        raise LabFileError(mistakes)
    return tuple(made)


def draw(lab: Lab, exercise: Exercise, seed: int) -> Variant:
    """What a seed draws.

    Raises:
        LabFileError: as `variants`.
    """
    return dice(exercise, seed).choice(variants(lab, exercise, seed))


def _named(exercise: Exercise, intent: BreakIntent) -> set[str]:
    texts = (exercise.intent.brief, exercise.intent.lesson, intent.model_dump_json(by_alias=True))
    return {name for text in texts for name in PLACEHOLDER.findall(text)}
