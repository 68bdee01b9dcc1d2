"""A learner on a course: what he was given, his journal, and looks at his labs, kept until he hands in."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from orchestrator.errors import UsageError
from orchestrator.evidence.archive import BadBundle
from orchestrator.evidence.file import read, write
from orchestrator.evidence.gather import bundled, completed, look_of
from orchestrator.hosts.files import private_folder, write_whole
from orchestrator.lifecycle.keeping import subject
from orchestrator.model.mistakes import LabFileError
from orchestrator.training import journal
from orchestrator.training.catalogue import exercise, exercise_files
from orchestrator.training.course import given_text, load_given
from orchestrator.training.journal import Event
from orchestrator.training.looks import few
from orchestrator.verification.prober import Prober

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle
    from orchestrator.evidence.bundle import Seen as Look
    from orchestrator.lifecycle.store import Store
    from orchestrator.training.course import GivenIntent
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.impact import Customers
    from orchestrator.training.progress import Progress
    from orchestrator.training.session import Seen, Session
    from orchestrator.verification.kit.facts import CouldNotLook
    from orchestrator.verification.kit.probes import Flight, Probe

_FOLDER: Final = "course"
_GIVEN: Final = "given.yml"
_JOURNAL: Final = "journal.jsonl"
_LOOKS: Final = ".tar.xz"
_TRIES: Final = 3
_NOT_IN_EXAM: Final = {"hint": "there are no hints", "solve": "no solution is shown"}


@dataclass(frozen=True, slots=True)
class Attendance:
    """On a course.

    Attributes:
        folder: in which all of it is kept.
        given: what the learner was given.
    """

    folder: Path
    given: GivenIntent

    @classmethod
    def at(cls, state: Path) -> Attendance | None:
        """The course that is on, by a user's state folder.

        Raises:
            LabFileError: what the learner was given is damaged, or names exercises that there are not.
        """
        file = state / _FOLDER / _GIVEN
        return cls(file.parent, load_given(file, exercise_files())) if file.is_file() else None

    @classmethod
    def join(cls, state: Path, file: Path) -> Attendance:
        """Begin the course that a learner was given.

        Raises:
            LabFileError: the file has mistakes.
            UsageError: another course is on.
        """
        given = load_given(file, exercise_files())
        before = cls.at(state)
        if before is not None and before.given != given:
            again = "`l3vpn learn hand-in -o FILE`, then `l3vpn learn leave`"
            raise UsageError(f"course '{before.given.course.title}' is on: {again}")
        if before is not None:
            return before
        folder = state / _FOLDER
        for left in sorted(state.glob(f"{_FOLDER}-*")):
            if _given_in(left) == given:  # its clock has run on
                left.rename(folder)
                return cls(folder, given)
        write_whole(private_folder(folder) / _GIVEN, given_text(given))
        joined = cls(folder, given)
        joined.note([Event(at=journal.now(), what="join", seed=given.seed)])
        return joined

    @classmethod
    def leave(cls, state: Path) -> Path | None:
        """Put the course away; where it is now, None if none is on. Who joins it again goes on with it."""
        folder = state / _FOLDER
        if not folder.is_dir():
            return None
        stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        return folder.rename(folder.with_name(f"{_FOLDER}-{stamp}"))

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Those of the course, in its order."""
        return tuple(map(exercise, self.given.course.exercises))

    def own(self, progress: Progress) -> Progress:
        """Of what was ever done, what was done on this course."""
        joined = min((one.time for one in self.journal), default=datetime.now(UTC))
        here = {
            name: done
            for name, done in progress.done.items()
            if done.seed == self.given.seed and datetime.fromisoformat(done.at) >= joined
        }
        return progress.model_copy(update={"done": here})

    @property
    def given_text(self) -> str:
        """As it was given."""
        return (self.folder / _GIVEN).read_text("utf-8")

    @property
    def journal(self) -> tuple[Event, ...]:
        """What was done, the oldest first.

        Raises:
            UsageError: the file is damaged.
        """
        file = self.folder / _JOURNAL
        try:
            return journal.from_text(file.read_text("utf-8")) if file.exists() else ()
        except ValueError as error:
            raise UsageError(f"{file}: {error}") from None

    def note(self, happened: Iterable[Event]) -> None:
        """Write into the journal. Commands in several terminals do not mix their lines."""
        if text := journal.to_text(happened):
            with (self.folder / _JOURNAL).open("a", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(text)

    @contextmanager
    def noting(self, read_progress: Callable[[], Progress], action: str) -> Iterator[None]:
        """What is done within goes into the journal, however it ends."""
        before = read_progress()
        try:
            yield
        finally:
            happened = journal.events(before, read_progress(), action, journal.now())
            self.note(one for one in happened if self.has(one.exercise, one.seed))

    def has(self, name: str, seed: int) -> bool:
        """Whether that is an exercise of the course as it was given, and none for practice."""
        return name in self.given.course.exercises and seed == self.given.seed

    @property
    def ends(self) -> datetime | None:
        """When what is done counts no more; None where that is not limited, or nothing was begun."""
        return ends(self.given, self.journal)

    @property
    def over(self) -> bool:
        """Whether what is done now counts no more."""
        end = self.ends
        return end is not None and datetime.now(UTC) > end

    def left(self, at: datetime | None = None) -> str:
        """How much time is left, in words; "" where it is not limited."""
        minutes = self.given.course.minutes
        if minutes is None:
            return ""
        end = self.ends
        if end is None:
            return f"{minutes} minutes from the first start"
        left = (end - (at or datetime.now(UTC))).total_seconds() / 60
        return (
            f"{left:.0f} of {minutes} minutes left"
            if left > 0
            else "the time is over: nothing counts any more"
        )

    def must_allow(self, action: str, name: str = "") -> None:
        """Refuse what an exam does not have.

        Raises:
            UsageError: it is such a thing.
        """
        course = self.given.course
        if course.exam and action in _NOT_IN_EXAM:
            raise UsageError(f"'{course.title}' is an exam: {_NOT_IN_EXAM[action]}")
        if course.exam and action == "try":
            raise UsageError(f"'{course.title}' is an exam: exercises are not tried")
        if course.exam and name and name not in course.exercises:
            raise UsageError(f"'{course.title}' is an exam: '{name}' is none of its exercises")

    def keep(self, session: Session, exercise: str, looks: Sequence[Look], store: Store) -> None:
        """Keep looks at the lab of an exercise beside those that there are; of many the last ones."""
        placement = store.get(session.lab.name)
        if placement is None:
            return
        about = subject(session.lab, placement, store.journal(session.lab.name))
        before = self.looks_at(exercise)
        kept = few((*(before.seen if before is not None else ()), *looks))
        write(bundled(about, kept), self._looks(exercise))

    def looks_at(self, exercise: str) -> Bundle | None:
        """What was seen of the lab of an exercise; None for nothing."""
        file = self._looks(exercise)
        try:
            return read(file) if file.exists() else None
        except BadBundle:
            file.replace(file.with_suffix(".damaged"))
            return None

    @property
    def looks(self) -> Mapping[str, Bundle]:
        """The same of all exercises of the course."""
        found = {name: self.looks_at(name) for name in self.given.course.exercises}
        return {name: one for name, one in found.items() if one is not None}

    def _looks(self, exercise: str) -> Path:
        return self.folder / f"{exercise}{_LOOKS}"


def _given_in(folder: Path) -> GivenIntent | None:
    try:
        return load_given(folder / _GIVEN, exercise_files())
    except LabFileError:
        return None


def look_at(session: Session, customers: Customers, seen: Seen, title: str) -> Look:
    """What was seen of a lab, with all that it can be judged by again."""
    taken = completed(look_of(seen.report, session.lab, (), title), session.nodes, session.lab)
    return replace(taken, flights={**taken.flights, **_flights(session, customers, seen)})


def _flights(session: Session, customers: Customers, seen: Seen) -> Mapping[Probe, Flight | CouldNotLook]:
    """What became of each packet of a customer; sent until that is what the learner was told."""
    with Prober(session.nodes) as prober:
        for _ in range(_TRIES):
            flights = customers.flights(prober)
            if customers.missing(flights) == seen.lost:
                break
    return flights


def ends(given: GivenIntent, events: Iterable[Event]) -> datetime | None:
    """When what is done counts no more; None where that is not limited, or nothing was begun."""
    starts = [one.time for one in events if one.what == "start"]
    minutes = given.course.minutes
    return min(starts) + timedelta(minutes=minutes) if minutes is not None and starts else None
