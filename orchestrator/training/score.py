"""Points, of 100: diagnosis 40, healed 40, economy 20; hints cost.

What is to be built is no riddle: there is no diagnosis, and healing counts for both. In a change half of
that is for what is reached, half for nobody having been out of reach meanwhile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.training.hints import COSTS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.training.diagnosis import Question

DIAGNOSIS: Final = 40
HEALED: Final = 40
ECONOMY: Final = 20
REACHED: Final = 40
KEPT: Final = 40
FREE: Final = 1.0
"""Seconds of outage that cost nothing: a route that changes may take a packet or two along."""
_SECOND: Final = 4
"""Points that each further second costs."""
_SECOND_TRY: Final = 0.5
_LINE: Final = 2
_NODE: Final = 5


@dataclass(frozen=True, slots=True)
class Score:
    """What a learner has so far."""

    diagnosis: int
    healed: int
    economy: int
    hints: int
    asked: bool = True

    @property
    def total(self) -> int:
        """Of 100; never less than nothing."""
        return max(0, self.diagnosis + self.healed + self.economy - self.hints)

    def __str__(self) -> str:
        hints = f" - hints {self.hints}" if self.hints else ""
        diagnosis = f"diagnosis {self.diagnosis}/{DIAGNOSIS} + " if self.asked else ""
        return (
            f"{diagnosis}healed {self.healed}/{_worth(asked=self.asked)} + "
            f"economy {self.economy}/{ECONOMY}{hints} = {self.total}"
        )


def diagnosed(questions: Sequence[Question], answers: Mapping[int, Sequence[int]]) -> int:
    """Points for answers: a question's share at the first try, half of it at the second, then nothing."""
    points = 0.0
    for number, question in enumerate(questions):
        tried = list(answers.get(number, ()))
        if question.right in tried:
            tries = tried.index(question.right)
            share = DIAGNOSIS / len(questions)
            points += (share, share * _SECOND_TRY)[tries] if tries < 2 else 0  # noqa: PLR2004 -- first, second
    return round(points)


def _worth(*, asked: bool) -> int:
    return HEALED if asked else HEALED + DIAGNOSIS


def healed(before: Collection[str], now: Collection[str], *, asked: bool = True) -> int:
    """Points for what customers have again, less for what they have lost since.

    Args:
        before: what they lost when it was broken.
        now: what they lose now.
        asked: whether there is a diagnosis beside it.
    """
    if not before:
        return 0
    share = (len(set(before) - set(now)) - len(set(now) - set(before))) / len(before)
    return max(0, round(_worth(asked=asked) * share))


def economy(before: Collection[str], now: Collection[str], untouchable: Collection[str]) -> int:
    """Points for how little else was changed: by what differs now and was not what was broken.

    Args:
        before: how nodes differed from the lab's files when it was broken, a line each with its node.
        now: how they differ now.
        untouchable: nodes that were to be left alone.
    """
    extra = set(now) - set(before)
    nodes = {line.split(" ", 1)[0] for line in extra}
    if nodes & set(untouchable):
        return 0
    strange = nodes - {line.split(" ", 1)[0] for line in before}
    return max(0, ECONOMY - _LINE * len(extra) - _NODE * len(strange))


def changed(begun: Collection[str], fails: Collection[str], longest: float) -> tuple[int, int]:
    """Points for what is reached, and for nobody having been gone: that counts as far as it is reached.

    Args:
        begun: what of the proof of the stage to be reached did not hold to begin with, by the ids of checks.
        fails: what does not hold now.
        longest: seconds of the longest outage.
    """
    left, new = set(begun) & set(fails), set(fails) - set(begun)
    share = max(0.0, (len(set(begun)) - len(left) - len(new)) / len(set(begun))) if begun else 0.0
    kept = max(0.0, KEPT - _SECOND * math.ceil(max(0.0, longest - FREE))) if longest < math.inf else 0.0
    return round(REACHED * share), round(kept * share)


def of_hints(level: int) -> int:
    """What hints up to a level cost."""
    return sum(COSTS[:level])
