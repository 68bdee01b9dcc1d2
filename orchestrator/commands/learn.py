"""`learn`: exercises on running labs, one after the other, with hints, questions and points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.commands import learn_course, learn_door, learn_grade, learner
from orchestrator.commands.curriculum import next_one, print_list
from orchestrator.commands.learn_check import check_exercises
from orchestrator.commands.learn_kinds import steps_of
from orchestrator.commands.learn_watch import watch
from orchestrator.commands.learner import Lesson
from orchestrator.errors import ExitCode, UsageError
from orchestrator.model.mistakes import LabFileError
from orchestrator.terminal import console
from orchestrator.training.attendance import Attendance
from orchestrator.training.catalogue import exercise, exercises
from orchestrator.training.progress import Active, ProgressFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.settings import Settings
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.progress import Progress


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    action: str
    words: Sequence[str]
    seed: int | None
    class_file: str | None
    output: str | None
    keys: bool | None
    sign_with: str | None
    course: str | None
    csv: str | None
    html: str | None
    host: str | None
    runtime: str | None
    wait: bool


def run(options: Options, settings: Settings) -> int:
    """Do one step of learning; `check` ends with 1 while something is lost.

    Of exercises that are named, `check` says whether they are what they claim.
    """
    least, most, usage = _WORDS[options.action]
    if not least <= len(options.words) <= most:
        raise UsageError(f"say `l3vpn learn {options.action}{usage}`")
    if options.seed is not None and options.action != "start" and not _checks_exercises(options):
        raise UsageError("--seed is of `learn start NAME` and `learn check NAME`")
    _must_belong(options)
    if options.action in _OF_COURSES:
        return _OF_COURSES[options.action](options, settings)
    on = Attendance.at(settings.places.state)
    if on is not None and _checks_exercises(options):
        on.must_allow("try")
    if on is None or options.action in {"list", "brief", "watch"} or _checks_exercises(options):
        return _ACTIONS[options.action](options, settings)
    on.must_allow(options.action, options.words[0] if options.action == "start" and options.words else "")
    with on.noting(_file(settings).read, options.action):
        code = _ACTIONS[options.action](options, settings)
    if left := on.left():
        console().print(f"{on.given.course.title}: {left}", markup=False)
    return code


def _must_belong(options: Options) -> None:
    """Options that an action does not have are none of its business.

    Raises:
        UsageError: there are some.
    """
    for name, (said, actions) in _OPTIONS.items():
        if getattr(options, name) is not None and options.action not in actions:
            raise UsageError(f"{said} is of {' and '.join(f'`learn {one}`' for one in actions)}")


def _list(options: Options, settings: Settings) -> int:  # noqa: ARG001 -- every action is called alike
    progress, on = _file(settings).read(_say), Attendance.at(settings.places.state)
    if on is None:
        print_list(console(), exercises(), progress)
    else:
        learn_course.print_course(on)
        print_list(console(), on.exercises, on.own(progress))
    return ExitCode.PROVEN


def _start(options: Options, settings: Settings) -> int:
    file = _file(settings)
    progress = file.read(_say)
    on = Attendance.at(settings.places.state)
    wanted = exercise(options.words[0]) if options.words else _next_of(on, progress)
    given = on is not None and wanted.name in on.given.course.exercises
    if given and options.seed is not None:
        raise UsageError(f"the seed of '{wanted.name}' is given by the course")
    if progress.active is not None:
        _put_away(options, settings)
    if missing := [one for one in wanted.intent.after if one not in progress.done]:
        _say(f"{wanted.name} is best done after {', '.join(missing)}")
    before = progress.done.get(wanted.name)
    another = 0 if before is None else before.seed + 1
    if on is not None and given:
        another = on.given.seed
    lesson = replace(Lesson.of(wanted, another if options.seed is None else options.seed), attendance=on)
    learner.bring_up(lesson.lab, options, settings)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    active = Active(exercise=wanted.name, lab=str(lesson.folder), seed=lesson.variant.seed, begun=now)
    # Before anything is broken: `stop` and `reset` find it then.
    file.write(file.read().model_copy(update={"active": active}))
    return steps_of(lesson).begin(lesson, active, options, settings, file)


def _next_of(on: Attendance | None, progress: Progress) -> Exercise:
    following = None if on is None else next_one(on.exercises, on.own(progress))
    if following is None:
        raise UsageError("say `l3vpn learn start NAME`")
    return following


def _checks_exercises(options: Options) -> bool:
    return options.action == "check" and bool(options.words)


def _check(options: Options, settings: Settings) -> int:
    if _checks_exercises(options):
        progress = _file(settings).read(_say)
        return check_exercises(options.words, options.seed or 0, options, settings, progress)
    lesson, active = _at(settings)
    return steps_of(lesson).check(lesson, active, options, settings, _file(settings))


def _brief(options: Options, settings: Settings) -> int:  # noqa: ARG001 -- every action is called alike
    lesson, _ = _at(settings, broken=False)
    steps_of(lesson).show_brief(lesson)
    return ExitCode.PROVEN


def _hint(options: Options, settings: Settings) -> int:
    lesson, active = _at(settings)
    return steps_of(lesson).give_hint(lesson, active, options, settings, _file(settings))


def _answer(options: Options, settings: Settings) -> int:
    lesson, active = _at(settings)
    return steps_of(lesson).answer(lesson, active, options.words, _file(settings))


def _solve(options: Options, settings: Settings) -> int:
    lesson, active = _at(settings)
    return steps_of(lesson).solve(lesson, active, options, settings, _file(settings))


def _reset(options: Options, settings: Settings) -> int:
    lesson, active = _at(settings, broken=False)
    return steps_of(lesson).begin(lesson, active, options, settings, _file(settings))


def _watch(options: Options, settings: Settings) -> int:
    def do(action: str, *words: str) -> int:
        return run(replace(options, action=action, words=words), settings)

    return watch(partial(_at, settings), do, _file(settings), options, settings)


def _stop(options: Options, settings: Settings) -> int:
    _active(settings)
    _put_away(options, settings)
    return ExitCode.PROVEN


def _put_away(options: Options, settings: Settings) -> None:
    """Heal the lab and forget what was on; an exercise that is no longer there is only forgotten."""
    active, file = _active(settings), _file(settings)
    try:
        lesson = Lesson.of(exercise(active.exercise), active.seed)
    except (UsageError, LabFileError) as error:
        _say(f"{active.exercise} is forgotten, and its lab left as it is: {error}")
    else:
        steps_of(lesson).put_away(lesson, active, options, settings)
    file.write(file.read().model_copy(update={"active": None}))


def _at(settings: Settings, *, broken: bool = True) -> tuple[Lesson, Active]:
    """The exercise that the learner is at.

    Raises:
        UsageError: at none, or it could not be prepared.
    """
    active = _active(settings)
    if broken and not active.lost:
        raise UsageError(f"exercise '{active.exercise}' was interrupted: `l3vpn learn reset` prepares it")
    lesson = Lesson.of(exercise(active.exercise), active.seed)
    return replace(lesson, attendance=Attendance.at(settings.places.state)), active


def _door(options: Options, settings: Settings) -> int:
    wanted = learn_door.entered(options.words[0], settings)
    if wanted.node:
        return learn_door.vtysh(wanted, settings)
    return run(replace(options, action=wanted.step, words=wanted.words), settings)


def _active(settings: Settings) -> Active:
    active = _file(settings).read(_say).active
    if active is None:
        raise UsageError("no exercise is on: `l3vpn learn` lists them, `l3vpn learn start NAME` begins one")
    return active


def _file(settings: Settings) -> ProgressFile:
    return ProgressFile.below(settings.places.state)


def _say(line: str) -> None:
    console(stderr=True).print(line, markup=False)


_ACTIONS: Final[Mapping[str, Callable[[Options, Settings], int]]] = {
    "list": _list,
    "start": _start,
    "brief": _brief,
    "check": _check,
    "hint": _hint,
    "answer": _answer,
    "solve": _solve,
    "reset": _reset,
    "stop": _stop,
    "watch": _watch,
}
_OF_COURSES: Final[Mapping[str, Callable[[Options, Settings], int]]] = {
    "pack": lambda options, _: learn_course.pack(
        options.words[0], options.class_file, options.output, keys=bool(options.keys)
    ),
    "door": _door,
    "join": lambda options, settings: learn_course.join(options.words[0], settings),
    "leave": lambda _, settings: learn_course.leave(settings),
    "hand-in": lambda options, settings: learn_course.hand_in(options.output, options.sign_with, settings),
    "grade": lambda options, _: learn_grade.grade_files(options),
}
_OPTIONS: Final = {
    "class_file": ("--class", ("pack", "grade")),
    "output": ("--output", ("pack", "hand-in")),
    "keys": ("--keys", ("pack",)),
    "sign_with": ("--sign", ("hand-in",)),
    "course": ("--course", ("grade",)),
    "csv": ("--csv", ("grade",)),
    "html": ("--html", ("grade",)),
}
_WORDS: Final = {
    "pack": (1, 1, " COURSE.yml --class names.csv"),
    "door": (1, 1, " FILE"),
    "join": (1, 1, " FILE"),
    "leave": (0, 0, ""),
    "hand-in": (0, 0, " -o FILE"),
    "grade": (1, 999, " FILE…"),
    "list": (0, 0, ""),
    "start": (0, 1, " NAME"),
    "brief": (0, 0, ""),
    "check": (0, 999, " [NAME…]"),
    "hint": (0, 0, ""),
    "answer": (0, 2, " [NUMBER LETTER]"),
    "solve": (0, 0, ""),
    "reset": (0, 0, ""),
    "stop": (0, 0, ""),
    "watch": (0, 0, ""),
}
