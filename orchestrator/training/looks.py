"""Looks at the lab of an exercise on a course: what they are called, and how many are kept.

A look is called `begin` when an exercise had been prepared, and `check N` later. In a design failures happen
meanwhile: what became of packets then stands before it, in looks called `check N, pe1-ce1 is cut`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.evidence.bundle import Seen as Look

BEGIN: Final = "begin"
_MEANWHILE: Final = ", "
_MOST_CHECKS: Final = 24
_MOST_BEGINNINGS: Final = 6
MOST_LOOKS: Final = _MOST_CHECKS + _MOST_BEGINNINGS
"""What is kept of an exercise, beside what was seen meanwhile."""
MOST_PARTS: Final = 5 * MOST_LOOKS
"""The same with that: no exercise has more than two failures."""


def check_title(number: int) -> str:
    """What the look of a check is called."""
    return f"check {number}"


def meanwhile(title: str, what: str) -> str:
    """What that is called that was seen before the look of that title."""
    return f"{title}{_MEANWHILE}{what}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A look at a lab, with what was seen meanwhile, by what had happened."""

    look: Look
    meanwhile: Mapping[str, Look]

    @property
    def parts(self) -> tuple[Look, ...]:
        """As they are kept: the look itself comes last."""
        return (*self.meanwhile.values(), self.look)


def attempts(looks: Iterable[Look]) -> tuple[Attempt, ...]:
    """Looks put together, in their order; what has no look behind it is none."""
    found: list[Attempt] = []
    before: dict[str, Look] = {}
    for one in looks:
        title, mark, _ = one.title.partition(_MEANWHILE)
        if mark:
            before[one.title] = one
            continue
        own = {name.partition(_MEANWHILE)[2]: it for name, it in before.items() if _of(name, title)}
        found.append(Attempt(one, own))
        before = {}
    return tuple(found)


def _of(name: str, title: str) -> bool:
    return name.startswith(f"{title}{_MEANWHILE}")


def few(looks: Iterable[Look]) -> tuple[Look, ...]:
    """Those that are kept: the last ones of each kind, in the order of their times."""
    made = attempts(looks)
    begun = [one for one in made if one.look.title == BEGIN][-_MOST_BEGINNINGS:]
    checks = [one for one in made if one.look.title != BEGIN][-_MOST_CHECKS:]
    kept = sorted((*begun, *checks), key=lambda one: one.look.at)
    return tuple(part for one in kept for part in one.parts)
