"""What the steps of `learn` do in an exercise of kind change: another network, and nobody gone on the way."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Final

from rich.text import Text

from orchestrator.commands import learner
from orchestrator.commands.differences import print_differences
from orchestrator.commands.learner import on_lab, some
from orchestrator.errors import ExitCode
from orchestrator.evidence.gather import completed, look_of
from orchestrator.lifecycle.converge import prove
from orchestrator.lifecycle.running import NotUp
from orchestrator.terminal import console, program
from orchestrator.training import hints, outage, score
from orchestrator.training.happening import patience
from orchestrator.training.looks import BEGIN, check_title
from orchestrator.training.outage import Watch
from orchestrator.training.session import NotFit
from orchestrator.training.variant import stages
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.commands.learner import Lesson, Where
    from orchestrator.evidence.bundle import Seen as Look
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings
    from orchestrator.training.outage import Outage
    from orchestrator.training.progress import Active, ProgressFile
    from orchestrator.training.session import Glance, Session
    from orchestrator.verification.report.result import Report

answer = learner.answer
_PROVEN_WITHIN: Final = 20.0
_STEADY: Final = 3.0


@dataclass(frozen=True, slots=True)
class _Stand:
    """How far the network is.

    Attributes:
        fails: what of the proof of the stage to be reached does not hold, by the ids of checks.
        outages: the longest first.
        drift: how the nodes differ from that stage.
        report: that proof.
        noted: what each CE has noted of who is out of reach.
    """

    fails: frozenset[str]
    outages: tuple[Outage, ...]
    drift: tuple[str, ...]
    report: Report
    noted: Mapping[str, str]

    @property
    def longest(self) -> float:
        """Seconds of the longest outage."""
        return max((one.seconds for one in self.outages), default=0.0)


def _goal(lesson: Lesson) -> Lab:
    return stages(lesson.lab)[lesson.variant.end]


def _way(lesson: Lesson) -> tuple[Lab, ...]:
    """The stages that lead there, one after the other, in the order of the lab's file."""
    known = stages(lesson.lab)
    names = list(known)
    here, there = names.index(lesson.variant.begin), names.index(lesson.variant.end)
    return tuple(known[name] for name in names[here + 1 : there + 1]) or (known[lesson.variant.end],)


def _watch(lesson: Lesson) -> Watch:
    return Watch.of(lesson.begun, lesson.customers)


def begin(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """Bring the network to the stage at which it begins, and say to which it is to be brought."""
    with on_lab(lesson, options, settings, "prepare") as session:
        stand = _begun(session, lesson)
        if lesson.kept:
            lesson.keep(session, [_look(session, lesson, stand, BEGIN)], settings)
    found = {"lost": tuple(sorted(stand.fails)), "drift": stand.drift}
    file.write(file.read().model_copy(update={"active": active.model_copy(update=found)}))
    learner.print_brief(
        lesson,
        (f"shell {lesson.lab.name} NODE", "vtysh of a router; `exec` for Linux"),
        (f"diff {lesson.lab.name} --stage {lesson.variant.end}", "what is to be otherwise in the end"),
        ("learn check", "how far it is, and who was gone for how long"),
        ("learn hint", "each one says more, and costs more"),
        ("learn watch", "this and what changes, on a screen with keys"),
        ("learn solve", "show it stage by stage; `reset`, `stop`"),
    )
    return ExitCode.PROVEN


def _begun(session: Session, lesson: Lesson) -> _Stand:
    _at(session, lesson.begun)
    _watch(lesson).begin(session.nodes)
    return _stand(session, lesson, patience_for_proof=0)


def _at(session: Session, lab: Lab) -> None:
    """Bring the nodes to a stage.

    Raises:
        NotFit: it is not proven.
    """
    here = replace(session, lab=lab)
    here.watcher.step(f"stage {lab.stage or 'as it begins'}")
    here.heal()
    if not prove(here.nodes, lab, patience(lab), here.watcher).holds:
        raise NotFit(f"{lab.name} is not proven at stage {lab.stage}: `l3vpn verify {lab.name}` says why")


def _stand(session: Session, lesson: Lesson, patience_for_proof: float) -> _Stand:
    goal = _goal(lesson)
    report = verify(session.nodes, goal, timeout=patience_for_proof)
    fails = frozenset(str(one.check.id) for one in report.findings if not one.holds)
    watch = _watch(lesson)
    noted = watch.said(session.nodes)
    return _Stand(fails, watch.read(noted), replace(session, lab=goal).drift(), report, noted)


def _look(session: Session, lesson: Lesson, stand: _Stand, title: str) -> Look:
    """What was seen of the network, with all that it can be judged by again."""
    goal = _goal(lesson)
    taken = completed(look_of(stand.report, goal, (), title), session.nodes, goal)
    answers = {
        node: {**said, outage.COMMAND: Transcript(node, outage.COMMAND, stand.noted[node], 0)}
        if node in stand.noted
        else said
        for node, said in taken.answers.items()
    }
    return replace(taken, answers=answers)


def check(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """How far it is, and who was gone for how long."""
    with on_lab(lesson, options, settings, "look") as session:
        stand = _stand(session, lesson, _PROVEN_WITHIN)
        if lesson.kept:
            title = check_title(active.checks + 1)
            lesson.keep(session, [_look(session, lesson, stand, title)], settings)
    active = active.model_copy(update={"checks": active.checks + 1})
    file.write(file.read().model_copy(update={"active": active}))
    out = console()
    some(out, "out of reach for a while", [str(one) for one in stand.outages if one.seconds > score.FREE])
    total, line = _points(active, stand)
    if stand.fails:
        out.print(f"{len(stand.fails)} checks of what it is to be do not hold yet", markup=False)
        some(out, "first", sorted(stand.fails)[:3])
        out.print(Text(line, "bold"))
        return ExitCode.UNPROVEN
    out.print(Text("The network is what it was to become.", "bold green"))
    some(out, "changed beside it", stand.drift)
    out.print(Text(line, "bold"))
    learner.keep_result(lesson, active, total, file)
    learner.print_lesson(out, lesson, file)
    return ExitCode.PROVEN


def _points(active: Active, stand: _Stand) -> tuple[int, str]:
    if active.shown:
        return 0, "the solution was shown: no points"
    reached, kept = score.changed(active.lost, stand.fails, stand.longest)
    spared = 0 if stand.fails else score.economy((), stand.drift, ())
    taken = score.of_hints(active.hint)
    total = max(0, reached + kept + spared - taken)
    hints_line = f" - hints {taken}" if taken else ""
    return total, (
        f"reached {reached}/{score.REACHED} + nobody gone {kept}/{score.KEPT} + "
        f"economy {spared}/{score.ECONOMY}{hints_line} = {total}"
    )


def points_line(lesson: Lesson, active: Active, glance: Glance) -> str:  # noqa: ARG001 -- as of all kinds
    """Where the points are: a look at the whole network takes longer than a glance."""
    return (
        f"lab {lesson.lab.name}: `{program()} learn check` says how far it is, and who was gone for how long"
    )


def give_hint(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """The next hint; the last one again once all are given."""
    level, out = min(active.hint + 1, len(hints.COSTS)), console()
    with on_lab(lesson, options, settings, "look") as session:
        lines = hint(session, lesson, level)
    if not lines:
        out.print("Nothing is left to do: no hint, no cost.")
        return ExitCode.PROVEN
    cost = "again, free" if active.hint == level else f"-{hints.COSTS[level - 1]} points"
    name = "who was gone" if level == 1 else hints.NAMES[level - 1]
    out.print(Text(f"Hint {level} of {len(hints.COSTS)}, {name} ({cost})", "bold"))
    for line in lines:
        out.print(Text(f"  {line}"))
    file.write(file.read().model_copy(update={"active": active.model_copy(update={"hint": level})}))
    return ExitCode.PROVEN


def hint(session: Session, lesson: Lesson, level: int) -> tuple[str, ...]:
    """The lines of a hint: what the proof of the stage to be reached finds first."""
    gone = [str(one) for one in _watch(lesson).seen(session.nodes) if one.seconds > score.FREE]
    if level == 1:
        return tuple(gone) or ("Nobody was gone so far.",)
    goal = replace(session, lab=_goal(lesson))
    return hints.hint(level, goal.proof().findings, gone, goal.drift())[:_SHOWN]


_SHOWN: Final = 12


def solve(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """Go there stage by stage, and show what each of them changes."""
    file.write(file.read().model_copy(update={"active": active.model_copy(update={"shown": True})}))
    out = console()
    with on_lab(lesson, options, settings, "solve") as session:
        for lab in _way(lesson):
            here = replace(session, lab=lab)
            results = here.differences()
            out.print(Text(f"\nstage {lab.stage}", "bold"))
            print_differences(lab, results)
            _at(session, lab)
        outages = _watch(lesson).seen(session.nodes)
    some(out, "out of reach for a while", [str(one) for one in outages if one.seconds > score.FREE])
    out.print(f"\nIt is there now: {program()} learn check", markup=False)
    return ExitCode.PROVEN


def put_away(lesson: Lesson, active: Active, options: Where, settings: Settings) -> None:
    """Nobody pings any more, and the lab is as its files begin, if it is up."""
    try:
        with on_lab(lesson, options, settings, "end") as session:
            _watch(lesson).end(session.nodes)
    except NotUp:
        return
    learner.put_away(lesson, active, options, settings)


def trial(session: Session, lesson: Lesson, settings: Settings) -> tuple[str, tuple[str, ...]]:  # noqa: ARG001 -- as of all kinds
    """Do it stage by stage, and once at a stroke: the one costs nobody anything, the other one does."""
    trouble: list[str] = []
    said: list[str] = []
    watch, way = _watch(lesson), _way(lesson)
    try:
        stand = _begun(session, lesson)
        Event().wait(_STEADY)
        trouble += _unsolved(session, lesson, stand)
        for name, labs in (("stage by stage", way), *((("at once", way[-1:]),) if len(way) > 1 else ())):
            if name == "at once":
                _at(session, lesson.begun)
            watch.begin(session.nodes)
            begun = time.monotonic()
            for lab in labs:
                _at(session, lab)
            Event().wait(_STEADY)
            stand = _stand(session, lesson, _PROVEN_WITHIN)
            said.append(f"{name} {stand.longest:.1f} s of outage in {time.monotonic() - begun:.0f} s")
            trouble += _solved(stand, name)
    finally:
        watch.end(session.nodes)
        session.watcher.step("bringing the lab to its files")
        session.heal()
    session.settle()
    trouble += [f"afterwards, left behind: {line}" for line in session.look(lesson.customers).drift]
    return "; ".join(said), tuple(trouble)


def _unsolved(session: Session, lesson: Lesson, stand: _Stand) -> Iterator[str]:
    if not stand.fails:
        yield "it begins where it is to end"
    for level, name in enumerate(hints.NAMES, 1):
        if not hint(session, lesson, level):
            yield f"hint {level}, {name}, gives nothing"
    outages = _watch(lesson).seen(session.nodes)
    if not outages:
        yield "nobody pings anybody"
    yield from (f"nothing was done, and gone was {one}" for one in outages if one.seconds > score.FREE)


def _solved(stand: _Stand, name: str) -> Iterator[str]:
    yield from (f"{name}: not proven: {one}" for one in sorted(stand.fails)[:3])
    yield from (f"{name}: left behind: {line}" for line in stand.drift)
    if name == "at once" and stand.longest <= score.FREE:
        yield f"at once: nobody was gone (at most {stand.longest:.1f} s), so the order teaches nothing"
    if name != "at once" and stand.longest > score.FREE:
        yield f"{name}: gone was {stand.outages[0]}"
