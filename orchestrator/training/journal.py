"""A learner's journal: what he did on a course, and when; seen from what changes in his progress."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.training.progress import Active, Progress

MOST: Final = 20_000
"""Events of a journal: a learner has some hundred."""
What = Literal["join", "start", "reset", "check", "hint", "answer", "solve", "stop", "hand-in"]
_Number = Annotated[int, Field(ge=0, le=10**9)]


class Event(BaseModel):
    """One thing that a learner did.

    Attributes:
        at: when (UTC, ISO 8601).
        number: of the hint, the question or the check, the first being 1.
        choice: what was answered, the first being 0.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: str
    what: What
    exercise: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]*$", max_length=100)] = ""
    seed: _Number = 0
    number: _Number = 0
    choice: _Number = 0

    @field_validator("at")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        if datetime.fromisoformat(value).tzinfo is None:
            raise ValueError(value)
        return value

    @property
    def time(self) -> datetime:
        """When it was."""
        return datetime.fromisoformat(self.at)

    def __str__(self) -> str:
        words = {
            "start": f"seed {self.seed}",
            "answer": f"{self.number} {'abcdefgh'[min(self.choice, 7)]}",
            "hint": str(self.number),
            "check": str(self.number),
        }
        return " ".join(filter(None, (self.what, self.exercise, words.get(self.what, ""))))


def now() -> str:
    """This moment."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def events(before: Progress, after: Progress, action: str, at: str) -> Iterator[Event]:
    """What a step of `learn` came to."""
    then, active = before.active, after.active
    if active is None:
        if then is not None:
            yield Event(at=at, what="stop", exercise=then.exercise, seed=then.seed)
        return
    begun = then is None or (then.exercise, then.begun) != (active.exercise, active.begun)
    if begun:
        yield Event(at=active.begun, what="start", exercise=active.exercise, seed=active.seed)
    elif action == "reset":
        yield Event(at=at, what="reset", exercise=active.exercise, seed=active.seed)
    yield from _within(None if begun else then, active, at)


def _within(then: Active | None, active: Active, at: str) -> Iterator[Event]:
    def event(what: What, number: int = 0, choice: int = 0) -> Event:
        return Event(
            at=at, what=what, exercise=active.exercise, seed=active.seed, number=number, choice=choice
        )

    for level in range((then.hint if then else 0) + 1, active.hint + 1):
        yield event("hint", level)
    for question, choices in sorted(active.answers.items()):
        known = len(then.answers.get(question, ())) if then else 0
        for choice in choices[known:]:
            yield event("answer", question + 1, choice)
    for number in range((then.checks if then else 0) + 1, active.checks + 1):
        yield event("check", number)
    if active.shown and not (then and then.shown):
        yield event("solve")


def to_text(journal: Iterable[Event]) -> str:
    """A line each."""
    return "".join(f"{one.model_dump_json(exclude_defaults=True)}\n" for one in journal)


def from_text(text: str) -> tuple[Event, ...]:
    """The same, read back.

    Raises:
        ValueError: it is something else; which line.
    """
    lines = text.splitlines()
    if len(lines) > MOST:
        raise ValueError(f"has more than {MOST:,} lines")
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(Event.model_validate_json(line))
        except ValidationError:
            raise ValueError(f"line {number} is not to be read") from None
    return tuple(found)
