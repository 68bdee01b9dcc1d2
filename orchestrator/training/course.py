"""A course: exercises in an order, and how they are graded; and the file that each learner is given."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import yaml
from pydantic import Field

from orchestrator.model.load import read_file
from orchestrator.model.mistakes import LabFileError, Mistake, nearest
from orchestrator.model.reading import read_text
from orchestrator.model.schema import StrictModel, Text, choice, validate, whole
from orchestrator.training.hints import COSTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from orchestrator.model.document import Document
    from orchestrator.model.paths import Path as PathInFile
    from orchestrator.model.paths import PathWords

EXAM: Final = "exam"
LONGEST_NAME: Final = 80
_LARGEST_SEED: Final = 999_999_999
_Points = Annotated[int, whole("number of points", 0, 100)]
SchemaT = TypeVar("SchemaT", bound=StrictModel)


class Rubric(StrictModel):
    """What is worth how much. What is left out is as a learner alone has it."""

    diagnosis: _Points = Field(default=40, description="for the questions, where an exercise has any")
    healed: _Points = Field(default=40, description="for what customers have again")
    economy: _Points = Field(default=20, description="for having changed nothing else")
    hints: Annotated[list[_Points], Field(min_length=len(COSTS), max_length=len(COSTS))] = Field(
        default=list(COSTS), description="what each of the six hints costs"
    )
    checks: Annotated[int, whole("number of checks", 1, 99)] | None = Field(
        default=None, description="only so many checks of an exercise count, the first ones"
    )
    weights: dict[Text, Annotated[int, whole("weight", 0, 100)]] = Field(
        default_factory=dict,
        description="exercises that count more or less than the others, whose weight is 1",
    )

    @property
    def most(self) -> int:
        """The points of an exercise that is done perfectly."""
        return self.diagnosis + self.healed + self.economy


class CourseIntent(StrictModel):
    """The file of a course."""

    title: Text = Field(description="title: what the course is called")
    exercises: Annotated[list[Text], Field(min_length=1, max_length=100)] = Field(
        description="exercises: their names, in order"
    )
    mode: Annotated[str, choice("mode", "training", EXAM)] = Field(
        default="training", description="mode: training, or exam: no hints, no solutions, a limit of time"
    )
    minutes: Annotated[int, whole("number of minutes", 1, 1440)] | None = Field(
        default=None,
        description="minutes: from the start of the first exercise; what is later does not count",
    )
    rubric: Rubric = Field(default=Rubric(), description="rubric: what is worth how much")

    @property
    def exam(self) -> bool:
        """Whether there are neither hints nor solutions."""
        return self.mode == EXAM


class GivenIntent(StrictModel):
    """What a learner is given."""

    learner: Text = Field(description="learner: whose it is")
    seed: Annotated[int, whole("seed", 0, _LARGEST_SEED)] = Field(
        description="seed: which variant of each exercise"
    )
    course: CourseIntent = Field(description="course: as its file has it")


PLACES: Final[PathWords] = {
    ("rubric",): "the rubric",
    ("rubric", "weights", "*"): "the weight of {2}",
    ("exercises", "*"): "exercise {1}",
    ("course",): "the course",
    ("course", "rubric"): "the rubric",
}


def load_course(file: Path, known: Collection[str]) -> CourseIntent:
    """The course in a file.

    Args:
        file: of the course.
        known: the names of all exercises.

    Raises:
        LabFileError: the file has mistakes; it holds all that could be seen.
    """
    return _loaded(file, CourseIntent, partial(_of_course, known, ()), read_text)


def load_given(file: Path, known: Collection[str], text: str | None = None) -> GivenIntent:
    """What a learner was given.

    Args:
        file: that he was given.
        known: the names of all exercises.
        text: of the file, where that is elsewhere.

    Raises:
        LabFileError: as `load_course`.
    """
    return _loaded(
        file, GivenIntent, partial(_of_given, known), read_text if text is None else lambda _: text
    )


def _loaded(
    file: Path,
    schema: type[SchemaT],
    check: Callable[[Document, SchemaT], Iterator[Mistake]],
    read: Callable[[Path], str],
) -> SchemaT:
    def typed(document: Document) -> tuple[Document, SchemaT | None, tuple[Mistake, ...]]:
        return document, *validate(document, schema, PLACES)

    _, found, mistakes = read_file(file, typed, check, read=read)
    if found is None or mistakes:
        raise LabFileError(mistakes)
    return found


def _of_given(known: Collection[str], document: Document, given: GivenIntent) -> Iterator[Mistake]:
    if what := unfit_name(given.learner):
        yield document.mistake(("learner",), *what)
    yield from _of_course(known, ("course",), document, given.course)


def _of_course(
    known: Collection[str], at: PathInFile, document: Document, course: CourseIntent
) -> Iterator[Mistake]:
    for number, name in enumerate(course.exercises):
        path = (*at, "exercises", number)
        if name not in known:
            yield document.mistake(path, f"there is no exercise '{name}'", nearest(name, known))
        elif name in course.exercises[:number]:
            yield document.mistake(path, f"exercise '{name}' is there twice", "name it once")
    for name in course.rubric.weights:
        if name not in course.exercises:
            what = f"exercise '{name}' is none of the course"
            yield document.mistake((*at, "rubric", "weights", name), what, nearest(name, course.exercises))
    if not course.rubric.most:
        yield document.mistake((*at, "rubric"), "nothing is worth a point", "give one of them some")
    if not any(course.rubric.weights.get(one, 1) for one in course.exercises):
        yield document.mistake((*at, "rubric", "weights"), "no exercise counts", "give one of them a weight")
    if course.exam and course.minutes is None:
        yield document.mistake((*at, "mode"), "an exam has no end", "say how many minutes it lasts")


def unfit_name(name: str) -> tuple[str, str] | None:
    """Why a learner cannot be called so, and what would be right."""
    if not name.strip() or name != name.strip() or not name.isprintable():
        return "a learner's name is printable characters", "write the name alone"
    if len(name) > LONGEST_NAME:
        return f"a learner's name has {len(name)} characters", f"write {LONGEST_NAME} at most"
    return None


def given_text(given: GivenIntent) -> str:
    """The file that a learner is given."""
    said = given.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return "# Begin with: l3vpn learn join THIS-FILE\n" + yaml.safe_dump(
        said, sort_keys=False, allow_unicode=True, width=100
    )
