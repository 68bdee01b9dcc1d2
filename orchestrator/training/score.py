"""Points, of 100: diagnosis 40, healed 40, economy 20; hints cost.

What is to be built is no riddle: there is no diagnosis, and healing counts for both. In a change half of
that is for what is reached, half for nobody having been out of reach meanwhile.
"""

from __future__ import annotations

import math
import re
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
_BLOCK: Final = re.compile(r" \(in (.*)\)$")
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
    """Points for how little else was changed: see `beside`.

    Args:
        before: how nodes differed from the lab's files when it was broken, a line each with its node.
        now: how they differ now.
        untouchable: nodes that were to be left alone.
    """
    extra = beside(before, now)
    nodes = set(map(_node, extra))
    if nodes & set(untouchable):
        return 0
    strange = nodes - set(map(_node, before))
    return max(0, ECONOMY - _LINE * len(extra) - _NODE * len(strange))


def beside(before: Collection[str], now: Collection[str]) -> tuple[str, ...]:
    """What differs from the lab's files now and has nothing to do with what was broken, a line each.

    Where something was broken, as in one interface or one instance of a protocol, what stands there now is
    the learner's way to heal it: several are right, and the files have but one of them.
    """
    broken = set(map(_place, before))
    return tuple(sorted(line for line in set(now) - set(before) if _place(line) not in broken))


def otherwise(before: Collection[str], now: Collection[str]) -> tuple[str, ...]:
    """What is healed and not as in the lab's files, where something was broken, a line each."""
    return tuple(sorted(set(now) - set(beside(before, now))))


def _node(line: str) -> str:
    return line.split(" ", 1)[0]


def _place(line: str) -> tuple[str, str]:
    """The node, and the block of its configuration; a line outside of any is a block of its own."""
    block = _BLOCK.search(line)
    return _node(line), block[1] if block is not None else line.split(" ", 2)[-1]


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
