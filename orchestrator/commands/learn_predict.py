"""What the steps of `learn` do in an exercise of kind predict: answers first, then it happens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rich.text import Text

from orchestrator.commands import learner
from orchestrator.commands.learner import on_lab, paragraphs, some
from orchestrator.errors import ExitCode, UsageError
from orchestrator.faults.injections import LinkImpaired, NodeLost
from orchestrator.lifecycle.converge import prove
from orchestrator.lifecycle.store import Store
from orchestrator.terminal import console, program
from orchestrator.training import hints, prediction, score
from orchestrator.training.happening import happen, patience
from orchestrator.training.session import NotFit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.commands.learner import Lesson, Where
    from orchestrator.settings import Settings
    from orchestrator.training.happening import Happened
    from orchestrator.training.prediction import Asked
    from orchestrator.training.progress import Active, ProgressFile
    from orchestrator.training.session import Glance, Session

put_away = learner.put_away
_HINTS: Final = (
    "who sees the carrier go",
    "the timers",
    "a wrong answer to each question",
    "another wrong answer to each",
)


def begin(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """Bring the network to the stage at which it will happen, and say what is going to."""
    with on_lab(lesson, options, settings, "prepare") as session:
        prepared(session, lesson)
    expected = tuple(sorted(prediction.lost_ids(lesson.variant, lesson.begun)))
    at_begin = {"lost": expected, "answers": {}, "checks": 0}
    file.write(file.read().model_copy(update={"active": active.model_copy(update=at_begin)}))
    show_brief(lesson)
    return ExitCode.PROVEN


def show_brief(lesson: Lesson) -> None:
    """What is going to happen, and what one can type."""
    learner.print_brief(
        lesson,
        (f"shell {lesson.lab.name} NODE", "vtysh of a router: look at it as long as you like"),
        ("learn answer", "the questions: 100 points; an answer may be changed until it happens"),
        ("learn hint", "each one says more, and costs more"),
        ("learn check", "let it happen, and compare"),
        ("learn solve", "what is expected, and nothing happens; `reset`, `stop`; `brief` is this"),
    )


def prepared(session: Session, lesson: Lesson) -> Session:
    """The lab, proven at the stage at which it will happen.

    Raises:
        NotFit: it is not proven.
    """
    here = replace(session, lab=lesson.begun)
    here.watcher.step("bringing the network to where it begins")
    here.heal()
    if not prove(here.nodes, here.lab, patience(here.lab), here.watcher).holds:
        raise NotFit(f"{here.lab.name} is not proven: `l3vpn verify {here.lab.name}` says why")
    return here


def questions(lesson: Lesson) -> tuple[Asked, ...]:
    """What the learner is asked."""
    return prediction.asked(lesson.variant, lesson.begun, lesson.customers)


def check(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """Let it happen, and compare.

    Raises:
        UsageError: not all questions are answered.
    """
    asked, out = questions(lesson), console()
    unanswered = [str(number) for number, _ in enumerate(asked, 1) if number - 1 not in active.answers]
    if unanswered and not active.shown:
        which = ", ".join(unanswered)
        raise UsageError(f"not answered yet: {which}; `l3vpn learn answer` first, then it happens")
    active = active.model_copy(update={"checks": active.checks + 1})
    file.write(file.read().model_copy(update={"active": active}))
    with on_lab(lesson, options, settings, "happen") as session:
        happened = _happen(session, lesson, settings)
    out.print(Text(f"{lesson.variant.cause}.\n", "bold"))
    for number, one in enumerate(asked):
        _print_compared(lesson, number, one, active.answers.get(number, ())[-1:], happened)
    points = _points(lesson, active)
    out.print(Text(points_line(lesson, active), "bold"))
    learner.keep_result(lesson, active, points, file)
    learner.print_lesson(out, lesson, file)
    return ExitCode.PROVEN


def _happen(session: Session, lesson: Lesson, settings: Settings) -> Happened:
    here = prepared(session, lesson)
    assert lesson.variant.event is not None  # noqa: S101 -- of this kind
    return happen(here, here.lab, lesson.variant.event, lesson.customers, Store.of(settings))


def _print_compared(
    lesson: Lesson, number: int, one: Asked, answer: Sequence[int], happened: Happened
) -> None:
    out, choices = console(), one.question.choices
    out.print(Text(f"{number + 1}. {one.question.text}"))
    for position in answer:
        right = position == one.question.right
        out.print(
            Text(f"   you: {choices[position]}: {'right' if right else 'wrong'}", "green" if right else "red")
        )
    if list(answer) != [one.question.right]:
        out.print(Text(f"   expected: {choices[one.question.right]}"))
    as_expected, seen = one.seen(happened, lesson.customers)
    out.print(
        Text(f"   {seen}{'' if as_expected else ' (not as expected, this time: a busy machine may be late)'}")
    )


def _points(lesson: Lesson, active: Active) -> int:
    if active.shown:
        return 0
    return max(0, prediction.guessed(questions(lesson), active.answers) - score.of_hints(active.hint))


def points_line(lesson: Lesson, active: Active, glance: Glance | None = None) -> str:  # noqa: ARG001 -- as of all kinds
    """The points so far: none before it has happened."""
    asked = questions(lesson)
    if not active.checks:
        return (
            f"{len(active.answers)} of {len(asked)} questions answered; `{program()} learn check`: it happens"
        )
    taken = f" - hints {score.of_hints(active.hint)}" if active.hint else ""
    shown = " (the solution was shown)" if active.shown else ""
    right = prediction.guessed(asked, active.answers)
    return f"prediction {right}/{prediction.POINTS}{taken} = {_points(lesson, active)}{shown}"


def give_hint(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:  # noqa: ARG001 -- as of all kinds: nothing has happened that could be looked at
    """The next hint; the last one again once all are given."""
    level, out = min(active.hint + 1, len(_HINTS)), console()
    cost = "again, free" if active.hint == level else f"-{hints.COSTS[level - 1]} points"
    out.print(Text(f"Hint {level} of {len(_HINTS)}, {_HINTS[level - 1]} ({cost})", "bold"))
    for line in hint(lesson, level):
        out.print(Text(f"  {line}"))
    file.write(file.read().model_copy(update={"active": active.model_copy(update={"hint": level})}))
    return ExitCode.PROVEN


def hint(lesson: Lesson, level: int) -> tuple[str, ...]:
    """The lines of a hint: from the intent alone."""
    if level == 1:
        return (_who_sees(lesson),)
    if level == 2:  # noqa: PLR2004 -- the second one
        return tuple(one.name for one in prediction.detections(lesson.begun))
    return tuple(prediction.struck(questions(lesson), level - 2))


def _who_sees(lesson: Lesson) -> str:
    event = lesson.variant.event
    match event:
        case LinkImpaired():
            return f"Nobody: at {event.link.a} and {event.link.b} the carrier stays."
        case NodeLost():
            far = [
                one.b.node if one.a.node == event.node else one.a.node
                for one in lesson.begun.links
                if event.node in {one.a.node, one.b.node}
            ]
            return f"Its neighbours do at once: {', '.join(dict.fromkeys(far))}."
    ends = sorted(map(str, event.takes_down)) if event else []
    return f"Both ends do at once: {' and '.join(ends)}. Everybody else has to be told."


def answer(lesson: Lesson, active: Active, words: Sequence[str], file: ProgressFile) -> int:
    """Show the questions with what was answered, or take an answer.

    Raises:
        UsageError: it has happened already.
    """
    asked, out = questions(lesson), console()
    if not words:
        for number, one in enumerate(asked):
            out.print(Text(f"{number + 1}. {one.question.text}", "bold"))
            for position, choice in enumerate(one.question.choices):
                mark = " (your answer)" if position in active.answers.get(number, ())[-1:] else ""
                out.print(Text(f"   {'abcdefgh'[position]}) {choice}{mark}"))
        out.print(f"\n{program()} learn answer NUMBER LETTER", markup=False)
        return ExitCode.PROVEN
    number, position = learner.read_answer(words, [one.question for one in asked])
    if active.checks:
        raise UsageError("it has happened: `l3vpn learn reset` begins anew")
    if active.shown:
        raise UsageError("the solution has been shown: an answer counts no more")
    answers = active.answers | {number: (*active.answers.get(number, ()), position)}
    active = active.model_copy(update={"answers": answers})
    file.write(file.read().model_copy(update={"active": active}))
    out.print(Text(f"Noted: {asked[number].question.choices[position]}"))
    out.print(points_line(lesson, active), markup=False)
    return ExitCode.PROVEN


def solve(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:  # noqa: ARG001 -- as of all kinds: nothing is done to the lab
    """Show what is expected, and which checks are expected no more."""
    file.write(file.read().model_copy(update={"active": active.model_copy(update={"shown": True})}))
    out = console()
    out.print(Text(f"{lesson.variant.cause}.\n", "bold"))
    for number, one in enumerate(questions(lesson), 1):
        out.print(Text(f"{number}. {one.question.text}\n   {one.question.choices[one.question.right]}"))
    gone = prediction.lost_ids(lesson.variant, lesson.begun)
    out.print()
    some(out, f"{len(gone)} checks that hold now and are not expected then, the first ones", sorted(gone))
    paragraphs(out, f"`{program()} learn check` lets it happen.")
    return ExitCode.PROVEN


def trial(session: Session, lesson: Lesson, settings: Settings) -> tuple[str, tuple[str, ...]]:
    """Let it happen as a learner does; what was seen, and what is not as it should be."""
    try:
        happened = _happen(session, lesson, settings)
    finally:
        session.watcher.step("bringing the lab to its files")
        session.heal()
    session.settle()
    return _said(happened), tuple(_trouble(session, lesson, happened))


def _said(happened: Happened) -> str:
    flows = f"{happened.flows} flows lost packets, for at most {happened.gap:.2f} s"
    return f"{flows}; {len(happened.ended)} checks ended"


def _trouble(session: Session, lesson: Lesson, happened: Happened) -> Iterator[str]:
    asked = questions(lesson)
    if not happened.as_expected:
        yield "what the proof expects then was not proven"
    for number, one in enumerate(asked, 1):
        as_expected, seen = one.seen(happened, lesson.customers)
        if not as_expected:
            yield f"question {number}: expected {one.question.choices[one.question.right]}; {seen}"
    right = {number: (one.question.right,) for number, one in enumerate(asked)}
    if prediction.guessed(asked, right) != prediction.POINTS:
        yield "right answers do not give all points"
    for number, one in enumerate(asked):
        wrong = (one.question.right + 1) % len(one.question.choices)
        if prediction.guessed(asked, right | {number: (wrong,)}) >= prediction.POINTS:
            yield f"a wrong answer costs nothing: {one.question.text}"
    for level, name in enumerate(_HINTS, 1):
        if not hint(lesson, level):
            yield f"hint {level}, {name}, gives nothing"
    seen_after = session.look(lesson.customers)
    yield from (f"afterwards, still lost: {line}" for line in lesson.customers.described(seen_after.lost))
    yield from (f"afterwards, left behind: {line}" for line in seen_after.drift)
