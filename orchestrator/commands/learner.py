"""What the steps of `learn` do, and what a learner reads: fit for 80 columns, nothing by colour alone."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from rich.text import Text

from orchestrator.commands.curriculum import next_one
from orchestrator.commands.differences import print_differences
from orchestrator.commands.resolve import alone_with, held_lab
from orchestrator.errors import ExitCode, UsageError
from orchestrator.lifecycle.factory import pick
from orchestrator.lifecycle.failing import failed_in
from orchestrator.lifecycle.running import NotUp, find, fleet
from orchestrator.lifecycle.spreading import spread_over
from orchestrator.lifecycle.store import Store
from orchestrator.lifecycle.up import Request, up
from orchestrator.loading import load_lab
from orchestrator.terminal import PhaseLines, console, program
from orchestrator.training import designs, hints, score
from orchestrator.training.attendance import look_at
from orchestrator.training.catalogue import exercises, lab_of
from orchestrator.training.diagnosis import possible_causes, questions
from orchestrator.training.impact import Customers
from orchestrator.training.looks import BEGIN, check_title
from orchestrator.training.progress import Done
from orchestrator.training.session import NotFit, Session, must_be_whole
from orchestrator.training.variant import draw, stages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from rich.console import Console

    from orchestrator.evidence.bundle import Seen as Look
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings
    from orchestrator.training.attendance import Attendance
    from orchestrator.training.diagnosis import Question
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.progress import Active, Progress, ProgressFile
    from orchestrator.training.session import Glance, Seen
    from orchestrator.training.variant import Variant

_TIMEOUT = 90.0
_SHOWN = 8
_NOT_IN_EXAM = frozenset(("learn hint", "learn solve"))


class Where(Protocol):
    """Options that say where a lab is."""

    @property
    def host(self) -> str | None:
        """`--host`."""

    @property
    def runtime(self) -> str | None:
        """`--runtime`."""

    @property
    def wait(self) -> bool:
        """`--wait`."""


def place_of(lesson: Lesson, options: Where) -> OnThisLab:
    """Where it is."""
    return OnThisLab(str(lesson.folder), options.host, options.runtime, options.wait)


class Broken(Protocol):
    """What was seen when the exercise was prepared."""

    @property
    def lost(self) -> Collection[str]:
        """What customers lost, by the ids of checks."""

    @property
    def layer(self) -> str:
        """The lowest in which a check did not hold."""


@dataclass(frozen=True, slots=True)
class OnThisLab:
    """Where an exercise is."""

    lab: str
    host: str | None
    runtime: str | None
    wait: bool


@dataclass(frozen=True)
class Lesson:
    """An exercise that is done: with its lab and what the seed draws; of a course, if one is on."""

    exercise: Exercise
    lab: Lab
    variant: Variant
    attendance: Attendance | None = None
    catalogue: tuple[Exercise, ...] = ()

    @classmethod
    def of(cls, exercise: Exercise, seed: int) -> Lesson:
        """With a seed."""
        lab = load_lab(lab_of(exercise))
        return cls(exercise, lab, draw(lab, exercise, seed))

    @property
    def kind(self) -> str:
        """Of the exercise."""
        return self.exercise.intent.kind

    @cached_property
    def begun(self) -> Lab:
        """The lab as the exercise begins, before anything is broken in it."""
        return stages(self.lab)[self.variant.begin] if self.variant.begin else self.lab

    @property
    def folder(self) -> Path:
        """Of the lab."""
        return self.lab.folder

    @cached_property
    def customers(self) -> Customers:
        """What they have when all is well."""
        return Customers.of(self.begun)

    def questions(self, seen: Broken) -> tuple[Question, ...]:
        """What the learner is asked; of what is to be built the brief says it all."""
        if self.kind in {"build", "change"}:
            return ()
        if self.kind == "design":
            return designs.questions(
                self.exercise, self.variant.seed, designs.designs(self.lab, self.exercise)
            )
        others = [one for one in self.catalogue or exercises() if one.lab == self.exercise.lab]
        causes = possible_causes(self.lab, self.variant, others)
        return questions(self.variant, self.customers, seen.lost, seen.layer, causes)

    @property
    def untouchable(self) -> Collection[str]:
        """Nodes that are to be left alone."""
        side = self.exercise.intent.hands_off
        return [
            one.name
            for one in self.lab.nodes
            if side is not None and one.role.in_provider == (side == "provider")
        ]

    @property
    def exam(self) -> bool:
        """Whether nothing may be given away."""
        return self.attendance is not None and self.attendance.given.course.exam

    def following(self, progress: Progress) -> Exercise | None:
        """The next one that is not done, of the course or of all."""
        on = self.attendance
        every, done = (exercises(), progress) if on is None else (on.exercises, on.own(progress))
        return next_one([one for one in every if one.name != self.exercise.name], done)

    @property
    def kept(self) -> bool:
        """Whether looks at the lab are kept: it is of the course that the learner is on."""
        on = self.attendance
        return on is not None and on.has(self.exercise.name, self.variant.seed)

    def keep(self, session: Session, looks: Sequence[Look], settings: Settings) -> None:
        """Keep looks at the lab, if the learner is on a course."""
        if self.attendance is not None and self.kept:
            self.attendance.keep(session, self.exercise.name, looks, Store.of(settings))


def bring_up(lab: Lab, options: Where, settings: Settings) -> None:
    """Bring the lab up, if it is not."""
    try:
        find(str(lab.folder), settings)
    except NotUp:
        pass
    else:
        return
    watcher = PhaseLines(console())
    place = pick(options.host or "", options.runtime or "", settings)
    guests, suite, image = spread_over(None, *place, settings), settings.suite, settings.image
    request = Request(*place, bare=False, timeout=_TIMEOUT, suite=suite, image=image, guests=guests)
    with alone_with(lab.name, "learn", settings, wait=options.wait):
        try:
            done = up(lab, request, settings, watcher)
        finally:
            watcher.stop()
    if done.report is None or not done.report.holds:
        raise NotFit(f"{lab.name} is up but not proven: `l3vpn verify {lab.name}` says why")


@contextmanager
def on_lab(lesson: Lesson, options: Where, settings: Settings, phase: str) -> Iterator[Session]:
    """The lab that the exercise is on, for this command alone; at the stage in which its files begin."""
    with held_lab(place_of(lesson, options), "learn", settings) as running:
        if running.placement.stage:
            again = f"`l3vpn push {lesson.lab.name} --stage ''`"
            raise UsageError(f"{lesson.lab.name} is at stage {running.placement.stage}: {again} first")
        must_be_whole(lesson.lab.name, failed_in(lesson.lab, Store.of(settings)))
        watcher = PhaseLines(console(stderr=True))
        watcher.begin(phase)
        try:
            with fleet(running, lesson.lab) as nodes:
                yield Session(nodes, lesson.lab, watcher)
        finally:
            watcher.stop()


def begin(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """Break the lab, and say what the customer says."""
    with on_lab(lesson, options, settings, "prepare") as session:
        seen = session.begin(lesson.variant, lesson.customers)
        if lesson.kept:
            lesson.keep(session, [look_at(session, lesson.customers, seen, BEGIN)], settings)
    found = {"lost": tuple(sorted(seen.lost)), "layer": seen.layer, "drift": seen.drift}
    file.write(file.read().model_copy(update={"active": active.model_copy(update=found)}))
    show_brief(lesson)
    return ExitCode.PROVEN


def show_brief(lesson: Lesson) -> None:
    """What the customer says, and what one can do."""
    built = lesson.kind == "build"
    worth = score.HEALED + score.DIAGNOSIS if built else score.HEALED
    print_brief(
        lesson,
        (f"shell {lesson.lab.name} NODE", "vtysh of a router; `exec` for Linux"),
        (f"trace {lesson.lab.name} SITE PREFIX", "where a route or packets end, hop by hop"),
        ("learn watch", "this and what changes, on a screen with keys"),
        ("learn check", "what has changed, and the points so far"),
        ("learn hint", "each one says more, and costs more"),
        *(() if built else (("learn answer", "the questions: 40 of 100 points"),)),
        ("learn solve", "show the solution; `reset`, `stop`; `brief` is this"),
        points=f"{worth} points are for what customers have again, however that is done, {score.ECONOMY} for "
        "having changed nothing else (economy).",
    )


def print_brief(lesson: Lesson, *commands: tuple[str, str], points: str = "") -> None:
    """What the customer says, what to look at where something is to be built, and what one can type."""
    intent, out = lesson.exercise.intent, console()
    out.print(Text(f"\n{intent.title}", "bold"))
    seed = "" if lesson.exam else f", seed {lesson.variant.seed}"  # what is broken, to who has the program
    out.print(
        f"{lesson.exercise.name}: {intent.kind}, about {intent.minutes} minutes, "
        f"lab {lesson.lab.name}{seed}\n",
        markup=False,
    )
    paragraphs(out, lesson.variant.brief)
    if intent.hands_off:
        out.print(f"\nLeave the {intent.hands_off}'s routers as they are.", markup=False)
    if lesson.kind == "build" and not lesson.exam and (look := where_to_look(lesson.variant.lesson)):
        out.print()
        paragraphs(out, look)
    out.print()
    for words, what in commands:
        if not lesson.exam or words not in _NOT_IN_EXAM:
            out.print(f"  {program()} {words:<27}  {what}", markup=False)
    if points:
        out.print()
        paragraphs(out, points)


def where_to_look(lesson: str) -> str:
    """What of a lesson says where to look; "" if nothing does."""
    return next((one for one in lesson.split("\n\n") if one.startswith("Look at: ")), "")


def check(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """What is lost, healed, newly broken; the points; the lesson once nothing is lost."""
    with on_lab(lesson, options, settings, "look") as session:
        seen = session.look(lesson.customers, active.drift)
        if lesson.kept:
            title = check_title(active.checks + 1)
            lesson.keep(session, [look_at(session, lesson.customers, seen, title)], settings)
    active = active.model_copy(update={"checks": active.checks + 1})
    file.write(file.read().model_copy(update={"active": active}))
    points, out = points_of(lesson, active, seen), console()
    before = frozenset(active.lost)
    for heading, lines in (
        ("still lost", lesson.customers.described(before & seen.lost)),
        ("newly lost", lesson.customers.described(seen.lost - before)),
        ("healed", lesson.customers.restored(before - seen.lost)),
    ):
        some(out, heading, lines)
    some(out, "changed beside it", score.beside(active.drift, seen.drift))
    if seen.lost:
        out.print(Text(str(points), "bold"))
        out.print("A session that has just been configured takes some seconds; to check again costs nothing.")
        return ExitCode.UNPROVEN
    _print_healed(out, lesson, active, seen, points, file)
    return ExitCode.PROVEN


def _print_healed(  # noqa: PLR0913, PLR0917 -- the rest of `check`
    out: Console, lesson: Lesson, active: Active, seen: Seen, points: score.Score, file: ProgressFile
) -> None:
    out.print(Text("Nothing is lost any more.", "bold green"))
    left = hints.failing(seen.report.findings)
    some(out, "it works, and yet is not as it should be", [f"{one.check.id}: {one.observed}" for one in left])
    other = score.otherwise(active.drift, seen.drift)
    some(out, "otherwise than in the lab's files, which costs nothing", other)
    asked = still_asked(out, lesson, active)
    out.print(Text(str(points), "bold"))
    keep_result(lesson, active, points.total, file)
    print_lesson(out, lesson, file, asked=asked)


def still_asked(out: Console, lesson: Lesson, active: Active) -> bool:
    """Whether questions are open, and said to be: what was right would give their answers away."""
    asked = not active.shown and bool(open_questions(lesson, active))
    if asked:
        out.print(f"Questions are open: {program()} learn answer, then check once more", markup=False)
    return asked


def print_lesson(out: Console, lesson: Lesson, file: ProgressFile, *, asked: bool = False) -> None:
    """What it was about, where that gives nothing away (no question is open), and what is next."""
    if not lesson.exam and not asked:
        out.print(Text("\nWhat this was about", "bold"))
        out.print(Text(lesson.variant.cause + ".\n"))
        paragraphs(out, lesson.variant.lesson)
    following = lesson.following(file.read())
    if following is not None:
        out.print(f"\nnext: {program()} learn start {following.name}", markup=False)
    else:
        out.print("\nThat was the last exercise: all of them are done.")


def keep_result(lesson: Lesson, active: Active, points: int, file: ProgressFile) -> None:
    """Note how it went."""
    now = datetime.now(UTC)
    minutes = (now - datetime.fromisoformat(active.begun)).total_seconds() / 60
    done = Done(
        score=points,
        seed=active.seed,
        at=now.isoformat(timespec="seconds"),
        minutes=round(minutes, 1),
        shown=active.shown,
    )
    file.write(file.read().with_result(lesson.exercise.name, done))


def points_of(lesson: Lesson, active: Active, seen: Seen | Glance) -> score.Score:
    """The points for what is seen; of a solution that was shown none for healing."""
    asked = lesson.questions(active)
    answers = score.diagnosed(asked, active.answers)
    healed = 0 if active.shown else score.healed(active.lost, seen.lost, asked=bool(asked))
    spared = 0
    if not seen.lost and not active.shown:
        spared = score.economy(active.drift, seen.drift, lesson.untouchable)
    return score.Score(answers, healed, spared, score.of_hints(active.hint), asked=bool(asked))


def points_line(lesson: Lesson, active: Active, glance: Glance) -> str:
    """The same in a line."""
    return str(points_of(lesson, active, glance))


def give_hint(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """The next hint; the last one again once all are given."""
    level, out = min(active.hint + 1, len(hints.COSTS)), console()
    with on_lab(lesson, options, settings, "look") as session:
        lost = lesson.customers.described(session.lost_now(lesson.customers))
        findings = session.proof().findings if lost and level > 1 else ()
        told = not lost or level == 1 or (level < len(hints.COSTS) and hints.failing(findings))
        drift = () if told else session.drift()
    lines = hints.hint(level, findings, lost, drift) if lost else ()
    if not lines:
        out.print("No customer loses anything any more: no hint, no cost.")
        return ExitCode.PROVEN
    again = active.hint == level
    cost = "again, free" if again else f"-{hints.COSTS[level - 1]} points"
    out.print(Text(f"Hint {level} of {len(hints.COSTS)}, {hints.NAMES[level - 1]} ({cost})", "bold"))
    for line in lines[:_SHOWN]:
        out.print(Text(f"  {line}"))
    file.write(file.read().model_copy(update={"active": active.model_copy(update={"hint": level})}))
    return ExitCode.PROVEN


def answer(lesson: Lesson, active: Active, words: Sequence[str], file: ProgressFile) -> int:
    """Ask what is open, or take answers: 1 if one is wrong."""
    asked, out = lesson.questions(active), console()
    if not words:
        for number, question in open_questions(lesson, active):
            out.print(Text(f"{number + 1}. {question.text}", "bold"))
            tried = active.answers.get(number, ())
            for position, choice in enumerate(question.choices):
                mark = " (tried)" if position in tried else ""
                out.print(Text(f"   {'abcdefgh'[position]}) {choice}{mark}"))
        if not open_questions(lesson, active):
            out.print("No question is open.")
        else:
            out.print(f"\n{program()} learn answer NUMBER LETTER", markup=False)
        return ExitCode.PROVEN
    number, position = read_answer(words, asked)
    if active.shown:
        raise UsageError("the solution has been shown: an answer counts no more")
    question, tried = asked[number], active.answers.get(number, ())
    if question.right in tried:
        raise UsageError(f"question {number + 1} is answered already")
    answers = active.answers | {number: (*tried, position)}
    active = active.model_copy(update={"answers": answers})
    file.write(file.read().model_copy(update={"active": active}))
    right = position == question.right
    out.print(Text("Right." if right else "No.", "bold green" if right else "bold red"))
    out.print(f"diagnosis {score.diagnosed(asked, answers)}/{score.DIAGNOSIS}", markup=False)
    return ExitCode.PROVEN if right else ExitCode.UNPROVEN


def open_questions(lesson: Lesson, active: Active) -> list[tuple[int, Question]]:
    """Those that are not answered right yet, with their numbers from 0."""
    asked = enumerate(lesson.questions(active))
    return [(number, one) for number, one in asked if one.right not in active.answers.get(number, ())]


def read_answer(words: Sequence[str], asked: Sequence[Question]) -> tuple[int, int]:
    """The number of a question, and the position of a choice.

    Raises:
        UsageError: there is no such question or choice.
    """
    if not asked:
        raise UsageError("this exercise has no questions")
    number = int(words[0]) - 1 if words[0].isdecimal() else -1
    if not 0 <= number < len(asked):
        raise UsageError(f"there is no question '{words[0]}': give a number within 1..{len(asked)}")
    letters = "abcdefgh"[: len(asked[number].choices)]
    letter = words[1].lower() if len(words) > 1 else ""
    if len(letter) != 1 or letter not in letters:
        raise UsageError(f"question {number + 1} is answered by a letter: one of {', '.join(letters)}")
    return number, letters.index(letter)


def solve(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """Show what a push changes on each node and why, and push it."""
    file.write(file.read().model_copy(update={"active": active.model_copy(update={"shown": True})}))
    out = console()
    with on_lab(lesson, options, settings, "solve") as session:
        report, results = session.proof(), session.differences()
        session.heal()
        session.settle()
    out.print(Text(f"{lesson.variant.cause}.\n", "bold"))
    wrong = [one for one in hints.failing(report.findings) if one.why]
    reasons = [
        f"{one.check.node}: {one.check.title}: {one.why}"
        for one in wrong
        if one.check.node in lesson.variant.nodes
    ]
    some(out, "why", list(dict.fromkeys(reasons)) or [f"{one.check.node}: {one.why}" for one in wrong[:1]])
    print_differences(lesson.lab, results)
    out.print(f"\nIt is healed now: {program()} learn check", markup=False)
    return ExitCode.PROVEN


def put_away(lesson: Lesson, active: Active, options: Where, settings: Settings) -> None:
    """Heal the lab, if it is up."""
    try:
        with on_lab(lesson, options, settings, "heal") as session:
            session.heal()
    except NotUp:
        return
    console().print(f"{active.exercise} is put away; {lesson.lab.name} is as its files want it", markup=False)


def paragraphs(out: Console, text: str) -> None:
    """Text of a file, wrapped anew, no wider than is read with ease."""
    blocks = [" ".join(one.split()) for one in text.split("\n\n")]
    out.print(Text("\n\n".join(blocks)), width=min(out.width, 80))


def some(out: Console, heading: str, lines: Sequence[str]) -> None:
    """The first few lines, under a heading."""
    if not lines:
        return
    out.print(f"{heading}:", markup=False)
    for line in lines[:_SHOWN]:
        out.print(Text(f"  {line}"))
    if len(lines) > _SHOWN:
        out.print(f"  and {len(lines) - _SHOWN} more")
