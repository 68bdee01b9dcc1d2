"""What a learner has done, and is doing: one file, whole or not there, that outlives labs and machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.errors import UsageError
from orchestrator.hosts.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VERSION: Final = 1


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Active(_Kept):
    """The exercise that a learner is at.

    Attributes:
        lost: what customers lost when it was broken, by the ids of checks.
        layer: the lowest in which a check did not hold then.
        drift: how nodes differed from the lab's files then.
        hint: the highest level that was given.
        answers: by question, what was answered, in order.
        shown: whether the solution was shown.
        begun: when (UTC, ISO 8601).
    """

    exercise: str
    lab: str
    seed: int
    begun: str
    lost: tuple[str, ...] = ()
    layer: str = ""
    drift: tuple[str, ...] = ()
    hint: int = 0
    answers: dict[int, tuple[int, ...]] = {}
    checks: int = 0
    shown: bool = False


class Done(_Kept):
    """How an exercise went at its best."""

    score: int
    seed: int
    at: str
    minutes: float
    shown: bool = False


class Progress(_Kept):
    """All of it."""

    version: int = VERSION
    active: Active | None = None
    done: dict[str, Done] = {}

    def with_result(self, exercise: str, result: Done) -> Progress:
        """The better of two results counts."""
        before = self.done.get(exercise)
        if before is not None and (before.score, not before.shown) >= (result.score, not result.shown):
            return self
        return self.model_copy(update={"done": self.done | {exercise: result}})


@dataclass(frozen=True, slots=True)
class ProgressFile:
    """Where it is kept."""

    path: Path

    @classmethod
    def below(cls, state: Path) -> ProgressFile:
        """In a user's state folder."""
        return cls(state / "training.json")

    def read(self, say: Callable[[str], None] = lambda _: None) -> Progress:
        """What is kept. A file that is damaged is put aside, and one begins anew.

        Raises:
            UsageError: a newer version of the program wrote it.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Progress()
        except UnicodeDecodeError:
            text = ""
        try:
            found = Progress.model_validate_json(text)
        except ValidationError:
            if _version(text) > VERSION:
                raise _newer(self.path) from None
            aside = self.path.with_suffix(".damaged")
            self.path.replace(aside)
            say(f"{self.path} can't be read: kept as {aside.name}, begun anew")
            return Progress()
        if found.version > VERSION:
            raise _newer(self.path)
        return found

    def write(self, progress: Progress) -> None:
        """Keep it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, progress.model_dump_json(indent=1) + "\n")


class _Versioned(BaseModel):
    version: int = 0


def _version(text: str) -> int:
    try:
        return _Versioned.model_validate_json(text).version
    except ValidationError:
        return 0


def _newer(path: Path) -> UsageError:
    return UsageError(f"{path} was written by a newer version of this program: update it, or move the file")
