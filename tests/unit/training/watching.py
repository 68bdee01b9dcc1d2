"""`learn watch` of a lab that is not there: broken at first, healed from the second look on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from orchestrator.commands.learn_watch import follow, keys
from orchestrator.commands.learner import Lesson
from orchestrator.live.full_screen import full_screen
from orchestrator.settings import Settings
from orchestrator.terminal import console
from orchestrator.training.catalogue import exercise, lab_of
from orchestrator.training.progress import Active, ProgressFile
from orchestrator.training.session import Glance

if TYPE_CHECKING:
    from collections.abc import Iterator

LESSON = Lesson.of(exercise("no-labels"), 0)
LOST = frozenset(one for one, check in LESSON.customers.flows.items() if check.node in {"red1", "blue1"})


def active() -> tuple[Lesson, Active]:
    begun = "2026-01-01T00:00:00+00:00"
    lost = tuple(sorted(LOST))
    lab = str(lab_of(LESSON.exercise))
    return LESSON, Active(exercise="no-labels", lab=lab, seed=0, begun=begun, lost=lost, layer="ldp")


def glances() -> Iterator[Glance | str]:
    yield Glance(LOST, ())
    yield "p1 does not answer"
    while True:
        yield Glance(frozenset(), ())


def do(action: str, *words: str) -> None:
    sys.stdout.write(f"[{action} {' '.join(words)}]\n")


def shell_of(lesson: Lesson) -> bool:
    sys.stdout.write(f"[shell of {lesson.lab.name}]\n")
    return True


def main() -> None:
    file = ProgressFile.below(Settings.here().places.state)
    out = console()
    with full_screen(out) as terminal:
        follow(terminal, active, glances(), keys(out, do, file, shell_of))


if __name__ == "__main__":
    main()
