"""What the steps of `learn` do in an exercise of kind design: choose one, build it, have it tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rich.text import Text

from orchestrator.commands import learner
from orchestrator.commands.differences import print_differences
from orchestrator.commands.learner import on_lab, some
from orchestrator.errors import ExitCode
from orchestrator.evidence.bundle import Seen as Look
from orchestrator.evidence.gather import completed, look_of
from orchestrator.lifecycle.converge import prove
from orchestrator.lifecycle.store import Store
from orchestrator.terminal import console, program
from orchestrator.training import designs, hints, score
from orchestrator.training.happening import patience
from orchestrator.training.impact import Customers, settled
from orchestrator.training.looks import BEGIN, check_title, meanwhile
from orchestrator.training.session import NotFit
from orchestrator.training.trying import attempt
from orchestrator.verification.prober import Prober
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from orchestrator.commands.learner import Lesson, Where
    from orchestrator.model.lab import Lab
    from orchestrator.settings import Settings
    from orchestrator.training.designs import Design
    from orchestrator.training.progress import Active, ProgressFile
    from orchestrator.training.session import Glance, Session
    from orchestrator.training.trying import Tried
    from orchestrator.verification.kit.answers import Transcript, Unreachable
    from orchestrator.verification.kit.facts import CouldNotLook
    from orchestrator.verification.kit.probes import Flight, Probe

put_away = learner.put_away
answer = learner.answer
_PROVEN_WITHIN: Final = 20.0
_SHOWS_WITHIN: Final = 10.0
"""Seconds within which customers lose something, if they do at all without the design."""
_HINTS: Final = (
    "what is asked for and not met",
    "a design that does not do",
    "another one that does not",
    "one that does",
    "the routers",
    "the configuration",
)


def _designs(lesson: Lesson) -> tuple[Design, ...]:
    return designs.designs(lesson.lab, lesson.exercise)


def _base(lesson: Lesson) -> Lab:
    """The lab with the first design: what the exercise leaves something out of."""
    return _designs(lesson)[0].lab


def _customers(lesson: Lesson) -> Customers:
    return Customers.of(_base(lesson))


def begin(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """Leave the design out, and say what is asked for."""
    with on_lab(lesson, options, settings, "prepare") as session:
        here, tried = begun(session, lesson, settings)
        drift = here.drift()
        if lesson.kept:
            lesson.keep(session, _looks(session, lesson, tried, BEGIN), settings)
    found = {"lost": tuple(sorted(tried.names)), "drift": drift}
    file.write(file.read().model_copy(update={"active": active.model_copy(update=found)}))
    show_brief(lesson)
    return ExitCode.PROVEN


def show_brief(lesson: Lesson) -> None:
    """What is asked for, and what one can type."""
    learner.print_brief(
        lesson,
        (f"shell {lesson.lab.name} NODE", "vtysh of a router; `exec` for Linux"),
        ("learn answer", "the questions: 40 of 100 points"),
        ("learn check", "have it tried, failures included"),
        ("learn hint", "each one says more, and costs more"),
        ("learn watch", "this and what changes, on a screen with keys"),
        ("learn solve", "show the solution; `reset`, `stop`; `brief` is this"),
        points=f"{score.HEALED} points are for what is asked for and met, {score.ECONOMY} for having changed "
        "no more than the nearest right design does (economy).",
    )


def begun(session: Session, lesson: Lesson, settings: Settings) -> tuple[Session, Tried]:
    """The lab without what is to be designed, and what is not met then.

    Raises:
        NotFit: it is not healthy to begin with, or all is met without it.
    """
    here = _built(session, _base(lesson))
    here.watcher.step("preparing the exercise")
    here.do(lesson.variant.changes)
    with Prober(here.nodes) as prober:  # what is left out is still there for a moment
        settled(lambda: _customers(lesson).lost(prober), broken=True, within=_SHOWS_WITHIN)
    tried = _attempt(here, lesson, settings)
    if not tried.unmet:
        here.heal()
        raise NotFit(f"{lesson.exercise.name}: all is met without any design")
    return here, tried


def _built(session: Session, lab: Lab, *, proven: bool = True) -> Session:
    """The lab with a design; one that nobody would build need not be proven, only built.

    Raises:
        NotFit: it is not proven.
    """
    here = replace(session, lab=lab)
    here.watcher.step("bringing the network to a design")
    here.heal()
    within = patience(lab) if proven else _PROVEN_WITHIN
    if not prove(here.nodes, lab, within, here.watcher).holds and proven:
        raise NotFit(f"{lab.name} is not proven: `l3vpn verify {lab.name}` says why")
    return here


def _attempt(session: Session, lesson: Lesson, settings: Settings) -> Tried:
    """What is not met; of the proof, too, where the exercise wants it."""
    tried = _by_packets(session, lesson, settings)
    if not lesson.exercise.intent.proven:
        return tried
    within = 0 if tried.unmet else _PROVEN_WITHIN
    proofs = {
        one.name: verify(session.nodes, one.lab, timeout=within) for one in _designs(lesson) if one.right
    }
    wrong: list[dict[str, str]] = [
        {
            f"proof: {one.check.id}": f"{one.check.id}: {one.observed}"
            for one in hints.failing(report.findings)
        }
        for report in proofs.values()
    ]
    nearest = min(wrong, key=len)
    return replace(tried, unmet={**tried.unmet, **nearest}, proofs=proofs)


def _looks(session: Session, lesson: Lesson, tried: Tried, title: str) -> list[Look]:
    """What was seen of the network, and meanwhile of packets, with all that it can be judged by again."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    made = [
        Look(meanwhile(title, what), at, "", (), {}, flights) for what, flights in tried.meanwhile.items()
    ]
    answers: dict[str, dict[str, Transcript | Unreachable]] = {}
    flights: dict[Probe, Flight | CouldNotLook] = {}
    for one in _designs(lesson):
        if one.right:
            report = tried.proofs.get(one.name) or verify(session.nodes, one.lab, timeout=0)
            seen = completed(look_of(report, one.lab, (), title), session.nodes, one.lab)
            flights |= seen.flights
            for node, said in seen.answers.items():
                answers.setdefault(node, {}).update(said)
    whole = Look(title, at, "", (), answers, {**flights, **tried.flights})
    return [*made, whole]


def _by_packets(session: Session, lesson: Lesson, settings: Settings) -> Tried:
    asked = designs.demands(_base(lesson), lesson.exercise)
    return attempt(session, _customers(lesson), asked, Store.of(settings))


def check(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """Try what the learner has built."""
    with on_lab(lesson, options, settings, "try") as session:
        tried = _attempt(session, lesson, settings)
        extra = () if tried.unmet else _extra(session, lesson)
        if lesson.kept:
            lesson.keep(session, _looks(session, lesson, tried, check_title(active.checks + 1)), settings)
    active = active.model_copy(update={"checks": active.checks + 1})
    file.write(file.read().model_copy(update={"active": active}))
    out = console()
    some(out, "not met", _lines(tried))
    points = _points(lesson, active, tried.names, extra)
    if tried.unmet:
        out.print(Text(str(points), "bold"))
        return ExitCode.UNPROVEN
    out.print(Text("All is met that is asked for.", "bold green"))
    some(out, "differs from the nearest of the right designs", extra)
    asked = learner.still_asked(out, lesson, active)
    out.print(Text(str(points), "bold"))
    learner.keep_result(lesson, active, points.total, file)
    if not asked:
        others = [f"{one.name}: {one.lacks}" for one in _designs(lesson) if not one.right]
        some(out, "why not the others", others)
    learner.print_lesson(out, lesson, file, asked=asked)
    return ExitCode.PROVEN


def _lines(tried: Tried) -> list[str]:
    return list(dict.fromkeys(filter(None, tried.unmet.values())))


def _extra(session: Session, lesson: Lesson) -> tuple[str, ...]:
    """How the nodes differ from that right design to which the least is lacking."""
    drifts = [replace(session, lab=one.lab).drift() for one in _designs(lesson) if one.right]
    return min(drifts, key=len)


def _points(lesson: Lesson, active: Active, unmet: Collection[str], extra: Sequence[str]) -> score.Score:
    asked = lesson.questions(active)
    spared = 0
    if not unmet and not active.shown:
        spared = score.economy(active.drift, extra, designs.untouchable(_base(lesson), lesson.exercise))
    return score.Score(
        score.diagnosed(asked, active.answers),
        0 if active.shown else score.healed(active.lost, unmet, asked=bool(asked)),
        spared,
        score.of_hints(active.hint),
        asked=bool(asked),
    )


def points_line(lesson: Lesson, active: Active, glance: Glance) -> str:  # noqa: ARG001 -- as of all kinds
    """The points for answers; the rest takes a trial."""
    right = score.diagnosed(lesson.questions(active), active.answers)
    return f"questions {right}/{score.DIAGNOSIS}; `{program()} learn check` has the network tried"


def give_hint(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """The next hint; the last one again once all are given."""
    level, out = min(active.hint + 1, len(_HINTS)), console()
    with on_lab(lesson, options, settings, "look") as session:
        lines = hint(session, lesson, settings, level)
    cost = "again, free" if active.hint == level else f"-{hints.COSTS[level - 1]} points"
    out.print(Text(f"Hint {level} of {len(_HINTS)}, {_HINTS[level - 1]} ({cost})", "bold"))
    for line in lines:
        out.print(Text(f"  {line}"))
    file.write(file.read().model_copy(update={"active": active.model_copy(update={"hint": level})}))
    return ExitCode.PROVEN


def hint(session: Session, lesson: Lesson, settings: Settings, level: int) -> tuple[str, ...]:
    """The lines of a hint."""
    known = _designs(lesson)
    wrong = [f"{one.name}: {one.lacks}" for one in known if not one.right]
    match level:
        case 1:
            return tuple(_lines(_attempt(session, lesson, settings))) or ("All is met.",)
        case 2 | 3:
            return tuple(wrong[level - 2 :][:1] or wrong[-1:])
        case 4:
            return (next(one.name for one in known if one.right),)
    extra = _extra(session, lesson)
    if level == 5:  # noqa: PLR2004 -- the one before the last
        return (f"Look at {', '.join(dict.fromkeys(line.split(' ', 1)[0] for line in extra)) or 'none'}.",)
    return extra or ("Nothing differs any more.",)


def solve(lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile) -> int:
    """Show the first right design as a difference on each node, and push it."""
    file.write(file.read().model_copy(update={"active": active.model_copy(update={"shown": True})}))
    out, base = console(), _base(lesson)
    with on_lab(lesson, options, settings, "solve") as session:
        here = replace(session, lab=base)
        results = here.differences()
        here.heal()
        here.settle()
    out.print(Text(f"{_designs(lesson)[0].name}.\n", "bold"))
    some(out, "why not the others", [f"{one.name}: {one.lacks}" for one in _designs(lesson) if not one.right])
    print_differences(base, results)
    out.print(f"\nIt is there now: {program()} learn check", markup=False)
    return ExitCode.PROVEN


def trial(session: Session, lesson: Lesson, settings: Settings) -> tuple[str, tuple[str, ...]]:
    """Build every design, try it, and compare with what follows from its intent."""
    trouble: list[str] = []
    try:
        here, tried = begun(session, lesson, settings)
        drift = here.drift()
        trouble += _hints(here, lesson, settings)
        for one in _designs(lesson):
            there = _built(session, one.lab, proven=not one.fails)
            trouble += _differs(_by_packets(there, lesson, settings), one)
    finally:
        session.watcher.step("bringing the lab to its files")
        session.heal()
    session.settle()
    after = session.look(lesson.customers)
    trouble += [f"afterwards, still lost: {line}" for line in lesson.customers.described(after.lost)]
    trouble += [f"afterwards, left behind: {line}" for line in after.drift]
    return f"{_lines(tried)[0]}; {len(drift)} lines left out; {len(_designs(lesson))} designs tried", tuple(
        trouble
    )


def _hints(session: Session, lesson: Lesson, settings: Settings) -> Iterator[str]:
    for level, name in enumerate(_HINTS, 1):
        if not hint(session, lesson, settings, level):
            yield f"hint {level}, {name}, gives nothing"


def _differs(tried: Tried, design: Design) -> Iterator[str]:
    if tried.unmet and not design.fails:
        yield f"{design.name}: follows to be right, and does not do: {_lines(tried)[0]}"
    if design.fails and not tried.unmet:
        yield f"{design.name}: follows to be wrong ({design.fails[0]}), and does it all"
