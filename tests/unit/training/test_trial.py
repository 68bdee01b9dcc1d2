"""What `learn check EXERCISE` says of an exercise that is not what it claims, without a lab."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.commands.learner import Lesson
from orchestrator.training.catalogue import exercise
from orchestrator.training.session import Seen
from orchestrator.training.trial import trial
from orchestrator.verification.report.result import Report
from tests.unit.training.broken import findings

if TYPE_CHECKING:
    from collections.abc import Mapping

LESSON = Lesson.of(exercise("no-labels"), 0)
(NODE,) = LESSON.variant.nodes
LOST = frozenset(list(LESSON.customers.flows)[:4])
BROKEN = Seen(LOST, Report("two-vpns", findings(LESSON.lab, LESSON.variant), 1.0), (f"{NODE} lacks a line",))
WELL = Seen(frozenset(), Report("two-vpns", (), 1.0), ())


class SilentWatcher:
    def step(self, text: str) -> None:
        """Nobody looks."""


@dataclass
class FakeSession:
    """A lab that is seen so, once it is broken, when it is looked at, and once it is healed."""

    begun: Seen = BROKEN
    broken: Seen = BROKEN
    healed: Seen = WELL
    watcher: SilentWatcher = field(default_factory=SilentWatcher)
    heals: int = 0

    def begin(self, *_: object) -> Seen:
        return self.begun

    def look(self, *_: object) -> Seen:
        return self.healed if self.heals else self.broken

    def heal(self) -> None:
        self.heals += 1

    def settle(self) -> None:
        assert self.heals


def trouble(seen: Mapping[str, Any]) -> tuple[str, ...]:
    session: Any = FakeSession(**seen)
    begun, said = trial(session, LESSON.variant, LESSON.customers, LESSON.questions)
    assert begun is session.begun
    assert session.heals == 1
    return said


def test_an_exercise_that_is_what_it_claims() -> None:
    assert trouble({}) == ()


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({"broken": replace(BROKEN, lost=frozenset())}, "heals by itself: "),
        ({"begun": replace(BROKEN, lost=frozenset(list(LOST)[:1]))}, "is lost only later: "),
        ({"begun": replace(BROKEN, drift=())}, f"is changed only later: {NODE} lacks a line"),
        (
            {"begun": replace(BROKEN, report=WELL.report)},
            "the lowest broken layer is none first and ldp later",
        ),
        ({"broken": replace(BROKEN, report=WELL.report, drift=())}, "hint 2, the lowest broken layer, gives"),
        ({"broken": replace(BROKEN, drift=("red1 lacks a line",))}, f"the last hint names none of {NODE}: "),
        ({"healed": replace(WELL, lost=LOST)}, "solved, still lost: red: red1 - red2: "),
        ({"healed": replace(WELL, report=BROKEN.report)}, "solved, fails: ldp.interfaces.p1: "),
        ({"healed": replace(WELL, drift=("p1 lacks it",))}, "solved, left behind: p1 lacks it"),
    ],
)  # fmt: skip
def test_one_that_is_not(seen: Mapping[str, Seen], said: str) -> None:
    assert [line for line in trouble(seen) if line.startswith(said)], trouble(seen)
