"""`learn grade`: what a class has handed in, graded without a lab."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from rich.text import Text

from orchestrator.commands.exit_codes import complain
from orchestrator.commands.files import put
from orchestrator.commands.learner import Lesson
from orchestrator.errors import ExitCode
from orchestrator.evidence.archive import BadBundle
from orchestrator.hosts import limits
from orchestrator.loading import load_lab
from orchestrator.terminal import console, table
from orchestrator.training import prediction, remarks
from orchestrator.training.attendance import ends
from orchestrator.training.catalogue import exercises, lab_of
from orchestrator.training.class_list import read_class
from orchestrator.training.class_page import class_page
from orchestrator.training.class_results import Result, compared, to_csv, total
from orchestrator.training.course import CourseIntent, load_course
from orchestrator.training.grading import grade, grade_prediction
from orchestrator.training.hand_in import HandIn, read_hand_in
from orchestrator.training.judging import judged_looks
from orchestrator.training.variant import draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.model.lab import Lab
    from orchestrator.training.course import GivenIntent
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.grading import Graded
    from orchestrator.training.judging import Judged

_FEW: Final = 3
"""Files for which no further process is begun."""


class Grading(Protocol):
    """Options of `learn grade`."""

    @property
    def words(self) -> Sequence[str]:
        """The files."""

    @property
    def course(self) -> str | None:
        """`--course`."""

    @property
    def class_file(self) -> str | None:
        """`--class`."""

    @property
    def csv(self) -> str | None:
        """`--csv`."""

    @property
    def html(self) -> str | None:
        """`--html`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is graded by.

    Attributes:
        course: None for the one that each learner says that he was given.
        seeds: by learner, what each was given; None where nobody says.
    """

    course: CourseIntent | None
    seeds: Mapping[str, int] | None


def grade_files(options: Grading) -> int:
    """Grade them; 1 if there is one that cannot be."""
    begun = time.monotonic()
    course = None if options.course is None else load_course(Path(options.course), _catalogue())
    seeds = None if options.class_file is None else _seeds(Path(options.class_file))
    found = _graded(list(dict.fromkeys(options.words)), Wanted(course, seeds))
    refused = [one for one in found if isinstance(one, str)]
    for line in refused:
        complain(line)
    results = compared([one for one in found if isinstance(one, Result)])
    names = list(dict.fromkeys(it.exercise for one in results for it in one.exercises))
    _print(results, names)
    if options.csv:
        put(options.csv, to_csv(results))
    if options.html:
        put(options.html, class_page(results, names, course, refused))
    seconds = time.monotonic() - begun
    console().print(f"{len(results)} of {len(found)} graded in {seconds:.1f} s", markup=False)
    return ExitCode.UNPROVEN if refused else ExitCode.PROVEN


def _seeds(file: Path) -> dict[str, int]:
    return {one.name.casefold(): one.seed for one in read_class(file) if one.seed is not None}


def _graded(files: Sequence[str], wanted: Wanted) -> list[Result | str]:
    one_by_one = partial(_grade_file, wanted=wanted)
    processes = min(limits.processors(), len(files))
    if len(files) <= _FEW or processes == 1:
        return list(map(one_by_one, files))
    _catalogue()  # read once, and there in each process
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(one_by_one, files))


def _grade_file(file: str, wanted: Wanted) -> Result | str:
    """One of them, or why it cannot be."""
    try:
        hand_in = read_hand_in(Path(file), _catalogue())
    except BadBundle as error:
        return str(error)
    return _result(file, hand_in, wanted)


def _result(file: str, hand_in: HandIn, wanted: Wanted) -> Result:
    given = hand_in.given
    course = wanted.course or given.course
    seed = given.seed if wanted.seeds is None else wanted.seeds.get(given.learner.casefold(), given.seed)
    lines = [*_of_class_list(hand_in, wanted), *remarks.of_journal(hand_in, seed)]
    end = ends(_given(hand_in, course), hand_in.journal)
    made: list[Graded] = []
    prints: dict[str, str] = {}
    for name in course.exercises:
        events = [one for one in hand_in.journal if one.exercise == name]
        lesson = _lesson(name, seed)
        if lesson.kind == "predict":
            asked = prediction.asked(lesson.variant, lesson.begun, lesson.customers)
            made.append(grade_prediction(name, events, asked, course.rubric, end))
            continue
        looks: tuple[Judged, ...] = ()
        if (bundle := hand_in.looks.get(name)) is not None:
            try:
                looks = judged_looks(bundle, lesson)
            except BadBundle as error:
                lines.append(f"{name}: the looks at its lab {error}")
        made.append(grade(name, events, looks, lesson, course.rubric, end))
        lines += remarks.of_exercise(name, events, looks, lesson)
        prints |= remarks.prints(name, looks)
    return Result(
        Path(file).name,
        given.learner,
        seed,
        tuple(made),
        tuple((one.at, str(one)) for one in hand_in.journal),
        tuple(lines),
        hand_in.signer,
        total(made, course.rubric),
        course.rubric.most,
        prints,
    )


def _given(hand_in: HandIn, course: CourseIntent) -> GivenIntent:
    """As if the learner had been given this course."""
    return hand_in.given.model_copy(update={"course": course})


def _of_class_list(hand_in: HandIn, wanted: Wanted) -> Iterator[str]:
    given, course = hand_in.given, wanted.course
    if wanted.seeds is not None and given.learner.casefold() not in wanted.seeds:
        yield f"'{given.learner}' is none of the class"
    for name in ("title", "exercises", "mode", "minutes") if course is not None else ():
        wants, has = getattr(course, name), getattr(given.course, name)
        if wants != has:
            said = "other exercises" if name == "exercises" else f"{name} {has} instead of {wants}"
            yield f"hands in another course: {said}"


@cache
def _catalogue() -> dict[str, Exercise]:
    return {one.name: one for one in exercises()}


@cache
def _lab(name: str) -> Lab:
    return load_lab(lab_of(_catalogue()[name]))


def _lesson(name: str, seed: int) -> Lesson:
    one, lab = _catalogue()[name], _lab(_first_of(_catalogue()[name].lab))
    return Lesson(one, lab, draw(lab, one, seed), catalogue=tuple(_catalogue().values()))


@cache
def _first_of(lab: str) -> str:
    """One exercise of each lab stands for all, so that a lab is read once."""
    return next(name for name, one in _catalogue().items() if one.lab == lab)


def _print(results: Sequence[Result], names: Sequence[str]) -> None:
    out = console()
    rows = [
        (
            one.learner,
            str(one.seed),
            *map(str, (one.of(name).points for name in names)),
            str(one.total),
            str(len(one.remarks) or ""),
        )
        for one in results
    ]
    if rows:
        out.print(table(("learner", "seed", *names, "percent", "remarks"), rows))
    for one in results:
        for line in one.remarks:
            out.print(Text(f"{one.learner}: {line}"), soft_wrap=True)
