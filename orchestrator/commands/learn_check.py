"""`learn check EXERCISE`: exercises tried on their running lab, for those who write them."""

from __future__ import annotations

import time
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from orchestrator.commands.learn_kinds import TRIALS
from orchestrator.commands.learner import Lesson, bring_up, on_lab
from orchestrator.errors import ExitCode, UsageError
from orchestrator.faults.execute import NotDone
from orchestrator.terminal import console
from orchestrator.training.catalogue import exercise, exercises
from orchestrator.training.other_way import other_way, try_other_way, why_none
from orchestrator.training.session import NotFit
from orchestrator.training.trial import trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.commands.learner import Where
    from orchestrator.settings import Settings
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.progress import Progress
    from orchestrator.training.session import Session


def check_exercises(
    names: Sequence[str], seed: int, options: Where, settings: Settings, progress: Progress
) -> int:
    """Try each of them, or all of the labs that are named; 1 if one is not what it claims.

    Raises:
        UsageError: there is no such exercise, or the learner is at one of the same lab.
    """
    lessons = [Lesson.of(one, seed) for one in _named(names)]
    at = progress.active
    if at is not None and Path(at.lab).resolve() in {one.folder.resolve() for one in lessons}:
        raise UsageError(f"exercise '{at.exercise}' is on: `l3vpn learn stop` first")
    results: list[bool] = []
    for _, same in groupby(sorted(lessons, key=lambda one: one.lab.name), lambda one: one.lab.name):
        ones = list(same)
        bring_up(ones[0].lab, options, settings)
        with on_lab(ones[0], options, settings, "check") as session:
            results += [_try(session, one, settings) for one in ones]
    return ExitCode.PROVEN if all(results) else ExitCode.UNPROVEN


def _named(names: Iterable[str]) -> list[Exercise]:
    """Exercises by their own name, or by that of their lab."""
    all_of_them = exercises()
    found = []
    for name in names:
        found += [one for one in all_of_them if one.lab == name] or [exercise(name)]
    return list({one.name: one for one in found}.values())


def _try(session: Session, lesson: Lesson, settings: Settings) -> bool:
    out, begun = console(), time.monotonic()
    name = f"{lesson.exercise.name} --seed {lesson.variant.seed}"
    try:
        if lesson.kind in TRIALS:
            saw, trouble = TRIALS[lesson.kind].trial(session, lesson, settings)
        else:
            seen, trouble = trial(session, lesson.variant, lesson.customers, lesson.questions)
            saw = f"{len(seen.lost)} flows lost, lowest layer {seen.layer or 'none'}"
            if way := other_way(lesson.lab, lesson.variant):
                trouble += try_other_way(session, lesson.variant, lesson.customers, way, lesson.untouchable)
                saw += "; another way tried, too"
            elif why := why_none(lesson.variant):
                saw += f"; no other way: {why}"
    except (NotFit, NotDone) as error:
        what, trouble = lesson.variant.cause, (str(error),)
    else:
        what = f"{lesson.variant.cause}: {saw}"
    said, style = ("as it should be", "green") if not trouble else ("NOT as it should be", "bold red")
    out.print(Text.assemble(f"{name:<28} ", (said, style), f"  {time.monotonic() - begun:.1f} s"))
    out.print(Text(f"  {what}"))
    for line in trouble:
        out.print(Text(f"  {line}", "red"))
    return not trouble
