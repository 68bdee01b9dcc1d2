"""What a class came to: each learner's exercises, remarks, and all of it as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from orchestrator.training.grading import Graded
from orchestrator.training.remarks import Prints, of_class
from orchestrator.verification.kit.check_id import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.training.course import Rubric

LAYERS: Final = tuple(one.value for one in Layer)
_FORMULA: Final = frozenset("=+-@\t\r")
_HEAD: Final = (
    *("learner", "seed", "file", "exercise", "points", "of", "state", "diagnosis", "healed", "economy"),
    *("hints cost", "hint", "attempts", "checks", "minutes", *LAYERS, "remarks"),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a learner handed in.

    Attributes:
        file: its name.
        seed: that was given, as far as it is known.
        journal: what the learner did: when, and what.
        remarks: what does not fit together, a line each.
        total: in percent of what all exercises are worth.
        most: the points of an exercise that is done perfectly.
        prints: see `remarks.prints`.
    """

    file: str
    learner: str
    seed: int
    exercises: tuple[Graded, ...]
    journal: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    signer: str = ""
    total: int = 0
    most: int = 100
    prints: Prints = field(default_factory=dict)

    def of(self, exercise: str) -> Graded:
        """One of the exercises."""
        return next((one for one in self.exercises if one.exercise == exercise), Graded(exercise))


def total(exercises: Iterable[Graded], rubric: Rubric) -> int:
    """Percent of what they are worth."""
    weighed = [(rubric.weights.get(one.exercise, 1), one.points) for one in exercises]
    most = rubric.most * sum(weight for weight, _ in weighed)
    return round(100 * sum(weight * points for weight, points in weighed) / most) if most else 0


def compared(results: Sequence[Result]) -> tuple[Result, ...]:
    """The same with remarks on what learners have in common; sorted by name."""
    graded = {one.file: {it.exercise: it for it in one.exercises} for one in results}
    seeds = {one.file: one.seed for one in results}
    common = list(of_class(graded, seeds, {one.file: one.prints for one in results}))
    names: dict[str, list[str]] = {}
    for one in results:
        names.setdefault(one.learner.casefold(), []).append(one.file)
    found = []
    for one in results:
        twice = [other for other in names[one.learner.casefold()] if other != one.file]
        further = [f"'{one.learner}' handed in {' and '.join(twice)}, too"] if twice else []
        further += [line for file, line in common if file == one.file]
        found.append(replace(one, remarks=(*one.remarks, *further)))
    return tuple(sorted(found, key=lambda one: (one.learner.casefold(), one.file)))


def to_csv(results: Iterable[Result]) -> str:
    """A line for each learner and exercise, and one for each learner."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(_HEAD)
    for one in results:
        who = one.learner, one.seed, one.file
        for it in one.exercises:
            layers = [it.layers.get(layer, "") for layer in LAYERS]
            points = it.diagnosis, it.healed, it.economy, it.cost, it.hint, it.attempts, it.checks
            minutes = "" if it.minutes is None else it.minutes
            about = [line for line in one.remarks if line.startswith((f"{it.exercise}:", f"{it.exercise},"))]
            row = (
                *who,
                it.exercise,
                it.points,
                one.most,
                it.state,
                *points,
                minutes,
                *layers,
                " | ".join(about),
            )
            writer.writerow(map(_cell, row))
        row = (*who, "total", one.total, 100, *[""] * (len(_HEAD) - 7), " | ".join(one.remarks))
        writer.writerow(map(_cell, row))
    return made.getvalue()


def _cell(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value
