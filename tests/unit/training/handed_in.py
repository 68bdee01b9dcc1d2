"""What a learner hands in, made without a lab: looks at one that was broken, and that has been healed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from orchestrator.commands.learner import Lesson
from orchestrator.evidence.file import read
from orchestrator.evidence.gather import Subject, bundled
from orchestrator.fleet.comparing import RUNNING
from orchestrator.training.catalogue import exercise
from orchestrator.training.course import CourseIntent, GivenIntent, given_text
from orchestrator.training.hand_in import hand_in_parts, pack_hand_in
from orchestrator.training.journal import Event
from orchestrator.training.judging import Begun
from orchestrator.training.looks import BEGIN
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.probes import Flight
from tests.recorded.recording import RecordingKey
from tests.unit.training.broken import Prepared, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle, Seen
    from orchestrator.training.journal import What

COURSE = CourseIntent(title="Day", exercises=["import-target"])
BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@cache
def lesson(name: str, seed: int) -> Lesson:
    """An exercise."""
    return Lesson.of(exercise(name), seed)


def at(minutes: float) -> str:
    """So many minutes after the class has begun."""
    return (BEGUN + timedelta(minutes=minutes)).isoformat(timespec="seconds")


@cache
def well(lab: str) -> Seen:
    """A look at a lab that is healed: a recording."""
    (seen,) = read(RecordingKey(lab, "", "10.3").file).seen
    return seen


@cache
def broken(name: str, seed: int) -> Seen:
    """The same of one that was broken, as far as it is what was set; no packet of the customer arrives."""
    there = lesson(name, seed)
    prepared, seen = Prepared.by(there.lab, there.variant), well(there.lab.name)
    lost = {one.attachments[0].ce.node for one in there.lab.sites if one.vpn == there.variant.place["vpn"]}
    answers = {
        node: {
            command: replace(said, output=_says(prepared, node, command, said.output))
            if isinstance(said, Transcript)
            else said
            for command, said in there_said.items()
        }
        for node, there_said in seen.answers.items()
    }
    flights = {probe: Flight() if probe.ce in lost else fate for probe, fate in seen.flights.items()}
    return replace(seen, answers=answers, flights=flights, report="")


def _says(prepared: Prepared, node: str, command: str, text: str) -> str:
    lines = prepared.configurations.get(node)
    if command == RUNNING and lines is not None:
        return f"frr version 10.3\n{text_of(lines)}end\n"
    return prepared.says(text, node, command)


@dataclass(frozen=True)
class Learner:
    """One of a class, who does one exercise: begins it, answers, and has healed it at the last check.

    Attributes:
        choices: what was answered to each question, in order; None for the right ones.
        events: further lines of the journal.
        edit: changes the looks, two of them: as it began, and the check.
        lab_journal: of the lab.
    """

    name: str = "Alice"
    seed: int = 1
    exercise: str = "import-target"
    course: CourseIntent = COURSE
    choices: Sequence[int] | None = None
    events: Sequence[Event] = ()
    edit: Callable[[Sequence[Seen]], Sequence[Seen]] = tuple
    lab_journal: tuple[str, ...] = (f"{at(-1)} up two-vpns",)

    def looks(self) -> Bundle:
        """What was seen of the lab."""
        there = lesson(self.exercise, self.seed)
        begun = replace(broken(self.exercise, self.seed), title=BEGIN, at=at(0.5))
        healed = replace(well(there.lab.name), title="check 1", at=at(10))
        files = {one.name: one.read_text("utf-8") for one in there.lab.folder.glob("*.yml")}
        return bundled(
            Subject(there.lab, files, "guest", "netns", self.lab_journal), self.edit((begun, healed))
        )

    def journal(self) -> tuple[Event, ...]:
        """What was done."""
        choices = self.right() if self.choices is None else self.choices
        made = [
            Event(at=at(-1), what="join", seed=self.seed),
            self.event(0, "start"),
            *(self.event(5 + one / 60, "answer", one + 1, choice) for one, choice in enumerate(choices)),
            self.event(10, "check", 1),
            *self.events,
            Event(at=at(60), what="hand-in", seed=self.seed),
        ]
        return tuple(sorted(made, key=lambda one: one.time))

    def event(self, minutes: float, what: What, number: int = 0, choice: int = 0) -> Event:
        """Of the exercise."""
        return Event(
            at=at(minutes), what=what, exercise=self.exercise, seed=self.seed, number=number, choice=choice
        )

    def right(self) -> list[int]:
        """The right answers."""
        there, seen = lesson(self.exercise, self.seed), broken(self.exercise, self.seed)
        lost = there.customers.missing(seen.flights)
        return [one.right for one in there.questions(Begun(lost, "mpbgp"))]

    def parts(self) -> dict[str, bytes]:
        """The parts of the file."""
        given = GivenIntent(learner=self.name, seed=self.seed, course=self.course)
        return hand_in_parts(given_text(given), self.journal(), {self.exercise: self.looks()}, "test")

    def hands_in(self, folder: Path) -> Path:
        """The file."""
        file = folder / f"{self.name.lower()}.hand"
        file.write_bytes(pack_hand_in(self.parts(), None))
        return file
