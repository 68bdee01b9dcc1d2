"""The page of a class: who has which points for what, and why; one file that needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean, median
from typing import TYPE_CHECKING

from orchestrator.page.templating import environment
from orchestrator.training.class_results import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from orchestrator.training.class_results import Result
    from orchestrator.training.course import CourseIntent


@dataclass(frozen=True, slots=True)
class Row:
    """How a class fared with an exercise."""

    name: str
    begun: int
    healed: int
    points: str
    minutes: str
    hints: str


def class_page(
    results: Sequence[Result], names: Sequence[str], course: CourseIntent | None, refused: Iterable[str]
) -> str:
    """One HTML document.

    Args:
        results: of each learner.
        names: of the exercises.
        course: by which was graded; None for those that the learners say they were given.
        refused: why files were not graded.
    """
    return (
        environment()
        .get_template("class.html.j2")
        .render(
            title=course.title if course is not None else "Results of a class",
            results=results,
            names=names,
            course=course,
            rubric=course.rubric if course is not None else None,
            refused=list(refused),
            layers=LAYERS,
            summary=list(_rows(results, names)),
            at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        )
    )


def _rows(results: Sequence[Result], names: Sequence[str]) -> Iterator[Row]:
    for name in names:
        begun = [it for one in results if (it := one.of(name)).state != "not begun"]
        minutes = [it.minutes for it in begun if it.minutes is not None]
        yield Row(
            name,
            len(begun),
            sum(it.state == "healed" for it in begun),
            f"{mean(it.points for it in begun):.0f}" if begun else "",
            f"{median(minutes):.1f}" if minutes else "",
            f"{mean(it.hint for it in begun):.1f}" if begun else "",
        )
