"""Looks that were handed in, judged again by the files of who grades: what is lost, what differs, the proof.

What is lost is, in most exercises, what customers lost by what became of their packets. In a design it is
what was asked for and not met, failures included; in a change what does not hold of the proof of the stage
that the network is to be brought to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from orchestrator.evidence.archive import BadBundle
from orchestrator.evidence.drift import drift_lines
from orchestrator.evidence.judge import Case, another_lab
from orchestrator.evidence.redact import redacted_files
from orchestrator.evidence.replay import Replay
from orchestrator.model.mistakes import LabFileError
from orchestrator.training import designs, outage, score, trying
from orchestrator.training.hints import failing, lowest_layer
from orchestrator.training.impact import Customers
from orchestrator.training.looks import BEGIN, MOST_LOOKS, MOST_PARTS, attempts
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle
    from orchestrator.evidence.bundle import Seen as Look
    from orchestrator.model.lab import Lab
    from orchestrator.training.diagnosis import Question
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.looks import Attempt
    from orchestrator.training.variant import Variant
    from orchestrator.verification.report.result import Report

_WORDS: Final = (
    (Verdict.FAIL, "fails"),
    (Verdict.ERROR, "not known"),
    (Verdict.BLOCKED, "not judged"),
    (Verdict.PASS, "holds"),
)


class Lesson(Protocol):
    """An exercise with what a seed draws, by the files of who grades."""

    @property
    def kind(self) -> str:
        """Of the exercise."""

    @property
    def exercise(self) -> Exercise:
        """Itself."""

    @property
    def lab(self) -> Lab:
        """Its lab."""

    @property
    def variant(self) -> Variant:
        """What is broken."""

    @property
    def customers(self) -> Customers:
        """What they have when all is well."""

    @property
    def untouchable(self) -> Collection[str]:
        """Nodes that are to be left alone."""

    def questions(self, seen: Begun) -> Sequence[Question]:
        """What the learner was asked."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was seen when an exercise had been prepared."""

    lost: frozenset[str]
    layer: str


@dataclass(frozen=True)
class Judged:
    """A look at a lab, judged again by the files of who grades."""

    case: Case
    customers: Customers
    at: datetime

    @property
    def title(self) -> str:
        """`begin` or `check N`."""
        return self.case.seen.title

    @cached_property
    def lost(self) -> frozenset[str]:
        """What customers lost then, by what became of their packets."""
        return self.customers.missing(self.case.network.fly(self.customers.probes, ()))

    @property
    def lines(self) -> tuple[str, ...]:
        """The same, in words."""
        return self.customers.described(self.lost)

    @cached_property
    def drift(self) -> tuple[str, ...]:
        """How nodes differed from the lab's files, by what they said."""
        return _drift(self.case)

    @cached_property
    def report(self) -> Report:
        """The proof; how nodes are set is another question: see `drift`."""
        return _proof(self.case)

    @property
    def layer(self) -> str:
        """The lowest in which a check did not hold; "" for none."""
        return lowest_layer(self.report.findings)

    @property
    def layers(self) -> dict[str, str]:
        """What each layer came to."""
        found = {}
        for layer in Layer:
            verdicts = {one.verdict for one in self.report.of(layer)}
            if verdicts:
                found[layer.value] = next(word for verdict, word in _WORDS if verdict in verdicts)
        return found

    def worth(self, begun: Judged, untouchable: Collection[str], *, asked: bool) -> tuple[float, float]:
        """The share of what may be had for healing, and for having changed nothing else.

        Args:
            begun: the look at the beginning of the attempt.
            untouchable: nodes that were to be left alone.
            asked: whether there is a diagnosis beside it.
        """
        most = score.HEALED if asked else score.HEALED + score.DIAGNOSIS
        healed = score.healed(begun.lost, self.lost, asked=asked) / most
        if self.lost or not begun.lost:
            return healed, 0.0
        return healed, score.economy(begun.drift, self.drift, untouchable) / score.ECONOMY


def _drift(case: Case) -> tuple[str, ...]:
    """How nodes differed; that one has left it open is a difference, too, or it would be worth points."""
    lines: list[str] = []
    for node, one in case.differences(case.standing).items():
        lines += drift_lines(one) if one.ok else [f"{node} did not say how it is set"]
    return tuple(lines)


def _proof(case: Case) -> Report:
    return verify(case.network, case.lab, timeout=0, carrier=case.network)


@dataclass(frozen=True)
class JudgedDesign(Judged):
    """A look at a network that is designed, with what became of packets when something had failed.

    Attributes:
        case: by the design that the exercise leaves something out of.
        right: by each design that does all that is asked for.
        demands: which ways packets must go.
        meanwhile: what was seen when something had failed, and when it was repaired, by its words.
        proven: whether the proof of one of the right designs must hold.
    """

    right: tuple[Case, ...]
    demands: tuple[designs.Demand, ...]
    meanwhile: Mapping[str, Look]
    proven: bool

    @cached_property
    def _unmet(self) -> dict[str, str]:
        probes = trying.probes(self.customers, self.demands)
        seen = {what: Replay(look).fly(probes, ()) for what, look in self.meanwhile.items()}
        found = trying.unmet(self.customers, self.demands, self.case.network.fly(probes, ()), seen)
        if self.proven:
            wrong = failing(self.report.findings)
            found |= {f"proof: {one.check.id}": f"{one.check.id}: {one.observed}" for one in wrong}
        return found

    @property
    def lost(self) -> frozenset[str]:
        """What is not met of what was asked for, by name."""
        return frozenset(self._unmet)

    @property
    def lines(self) -> tuple[str, ...]:
        """The same, in words."""
        return tuple(dict.fromkeys(filter(None, self._unmet.values())))

    @cached_property
    def drift(self) -> tuple[str, ...]:
        """As it began, what is left out of the first design; then, what the nearest right one has not."""
        return _drift(self.case) if self.title == BEGIN else min(map(_drift, self.right), key=len)

    @cached_property
    def report(self) -> Report:
        """The proof of that right design of which the most holds."""
        return min(map(_proof, self.right), key=lambda one: len(failing(one.findings)))


@dataclass(frozen=True)
class JudgedChange(Judged):
    """A look at a network that is brought from one stage to another.

    Attributes:
        case: by the stage to be reached.
        before: by the stage at which it began.
        watch: who is to reach whom all the time.
    """

    before: Case
    watch: outage.Watch

    @cached_property
    def outages(self) -> tuple[outage.Outage, ...]:
        """Who was out of reach for how long, by what CEs had noted."""
        said = {
            ce: answer.output
            for ce, answers in self.case.seen.answers.items()
            if isinstance(answer := answers.get(outage.COMMAND), Transcript)
        }
        return self.watch.read(said)

    @cached_property
    def lost(self) -> frozenset[str]:
        """What does not hold of the proof of the stage to be reached, by the ids of checks."""
        return frozenset(str(one.check.id) for one in self.report.findings if not one.holds)

    @property
    def lines(self) -> tuple[str, ...]:
        """That in a line, and who was gone."""
        left = [
            f"{len(self.lost)} checks of what it is to be do not hold: {one}" for one in sorted(self.lost)[:1]
        ]
        gone = [f"gone was {one}" for one in self.outages if one.seconds > score.FREE]
        return (*left, *gone)

    @cached_property
    def drift(self) -> tuple[str, ...]:
        """As it began, how nodes differed from the stage before; then, from the one to be reached."""
        return _drift(self.before if self.title == BEGIN else self.case)

    def worth(self, begun: Judged, untouchable: Collection[str], *, asked: bool) -> tuple[float, float]:
        """See `Judged.worth`: to have come there, and nobody having been gone, are half of it each."""
        del asked
        longest = max((one.seconds for one in self.outages), default=0.0)
        healed = sum(score.changed(begun.lost, self.lost, longest)) / (score.REACHED + score.KEPT)
        return healed, 0.0 if self.lost else score.economy((), self.drift, untouchable) / score.ECONOMY


def judged_looks(bundle: Bundle, lesson: Lesson) -> tuple[Judged, ...]:
    """What was seen of an exercise's lab, the oldest first; what is not asked for is not judged.

    Raises:
        BadBundle: it is of another lab, or nothing that `learn` has kept.
    """
    if bundle.lab != lesson.lab.name:
        raise BadBundle(f"are of lab {bundle.lab}, and the exercise is on {lesson.lab.name}")
    made = attempts(bundle.seen)
    if len(made) > MOST_LOOKS or len(bundle.seen) > MOST_PARTS:
        raise BadBundle(f"are {len(bundle.seen)}: no more than {MOST_LOOKS} are kept")
    return tuple(_judged(bundle, one, lesson) for one in made)


def _judged(bundle: Bundle, one: Attempt, lesson: Lesson) -> Judged:
    try:
        at = datetime.fromisoformat(one.look.at)
    except ValueError:
        raise BadBundle("have no time") from None
    if at.tzinfo is None:
        raise BadBundle("have no time")
    files = tuple(sorted(bundle.files.items())) if bundle.redacted else None

    def by(lab: Lab) -> Case:
        # Nothing that somebody says was failed: nobody is excused by saying so.
        return Case(bundle, one.look, lab, ())

    try:
        if lesson.kind == "design":
            known = designs.designs(lesson.lab, lesson.exercise)
            labs = [_designed(lesson.exercise, lesson.lab, number, files) for number in range(len(known))]
            right = tuple(by(lab) for lab, it in zip(labs, known, strict=True) if it.right)
            asked = designs.demands(known[0].lab, lesson.exercise)
            proven = bool(lesson.exercise.intent.proven)
            customers = _customers(known[0].lab)
            return JudgedDesign(by(labs[0]), customers, at, right, asked, one.meanwhile, proven)
        if lesson.kind == "change":
            before = _as_named(files, lesson.lab.folder, lesson.variant.begin)
            after = _as_named(files, lesson.lab.folder, lesson.variant.end)
            watch = outage.Watch.of(lesson.customers.lab, lesson.customers)
            return JudgedChange(by(after), lesson.customers, at, by(before), watch)
        return Judged(by(_as_named(files, lesson.lab.folder, "")), lesson.customers, at)
    except LabFileError as error:
        raise BadBundle(f"have files that cannot be read: {str(error).splitlines()[0]}") from None


Files = tuple[tuple[str, str], ...]


@lru_cache(maxsize=16)
def _as_named(files: Files | None, folder: Path, stage: str) -> Lab:
    """The lab in a folder, with keys and passwords named as in a bundle's files; one for all alike."""
    return another_lab(folder, stage, None if files is None else dict(files))


@lru_cache(maxsize=16)
def _designed(exercise: Exercise, lab: Lab, number: int, files: Files | None) -> Lab:
    """The same with a design."""

    def edited(texts: Mapping[str, str]) -> Mapping[str, str]:
        return texts if files is None else redacted_files(texts, dict(files))

    return designs.designed(lab, exercise, number, edited)


@lru_cache(maxsize=16)
def _customers(lab: Lab) -> Customers:
    return Customers.of(lab)
