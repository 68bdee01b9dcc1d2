"""Which module does the steps of `learn` for an exercise: by its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from orchestrator.commands import learn_change, learn_design, learn_predict, learner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.commands.learner import Lesson, Where
    from orchestrator.settings import Settings
    from orchestrator.training.progress import Active, ProgressFile
    from orchestrator.training.session import Glance, Session


class Steps(Protocol):
    """What a kind does at each step. A module is one."""

    def begin(
        self, lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile, /
    ) -> int:
        """Prepare the lab, and say what the exercise is."""

    def show_brief(self, lesson: Lesson, /) -> None:
        """Say what the exercise is, and what one can type."""

    def check(
        self, lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile, /
    ) -> int:
        """Look at it, and say how it stands."""

    def give_hint(
        self, lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile, /
    ) -> int:
        """The next hint."""

    def solve(
        self, lesson: Lesson, active: Active, options: Where, settings: Settings, file: ProgressFile, /
    ) -> int:
        """Show the solution."""

    def answer(self, lesson: Lesson, active: Active, words: Sequence[str], file: ProgressFile, /) -> int:
        """Show the questions, or take an answer."""

    def put_away(self, lesson: Lesson, active: Active, options: Where, settings: Settings, /) -> None:
        """Bring the lab back to its files."""

    def points_line(self, lesson: Lesson, active: Active, glance: Glance, /) -> str:
        """The points so far."""


class Trial(Protocol):
    """A kind with a trial of its own."""

    def trial(self, session: Session, lesson: Lesson, settings: Settings, /) -> tuple[str, tuple[str, ...]]:
        """Do it as a learner does: what was seen, and what is not as it should be."""


_KINDS: Final[Mapping[str, Steps]] = {
    "change": learn_change,
    "design": learn_design,
    "predict": learn_predict,
}
TRIALS: Final[Mapping[str, Trial]] = {
    "change": learn_change,
    "design": learn_design,
    "predict": learn_predict,
}
"""By kind; of others `training.trial` is the one."""


def steps_of(lesson: Lesson) -> Steps:
    """The module for an exercise."""
    return _KINDS.get(lesson.kind, learner)
