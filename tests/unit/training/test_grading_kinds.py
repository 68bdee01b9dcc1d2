"""Designs and changes that were handed in: made of recordings, with packets and outages as they were seen."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator import commands
from orchestrator.cli import parser
from orchestrator.evidence.bundle import Seen
from orchestrator.evidence.file import read
from orchestrator.fleet.comparing import RUNNING
from orchestrator.training import designs, outage
from orchestrator.training.course import CourseIntent
from orchestrator.training.looks import BEGIN, few, meanwhile
from orchestrator.verification.kit.answers import Transcript
from tests.unit.training.handed_in import Learner, at, lesson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.bundle import Bundle
    from orchestrator.verification.kit.facts import CouldNotLook
    from orchestrator.verification.kit.probes import Flight, Probe

DESIGN, CHANGE, SEED = "design-backdoor", "change-provider", 8
CUT = "link pe1-ce1 cut"
DESIGNING = CourseIntent(title="Day", exercises=[DESIGN])
MOVING = CourseIntent(title="Day", exercises=[CHANGE])


LOOKS = Path(__file__).parent / "looks"


def seen_of(name: str, line: str = "") -> Bundle:
    """What was kept of an exercise that was done; at the check, hq or pe1 has a line that nobody wants."""
    bundle = read(LOOKS / f"{name}.tar.xz")
    times = {BEGIN: at(0.5)}
    looks = [replace(one, at=times.get(one.title, at(10))) for one in bundle.seen]
    journal = (f"{at(-5)} up {bundle.lab}",)
    last = looks[-1]
    said = last.answers["pe1" if "pe1" in last.answers else "hq"]
    running = said[RUNNING]
    assert isinstance(running, Transcript)
    new = replace(running, output=running.output.replace("\nrouter ", f"\n{line}\n!\nrouter ", 1))
    answers = {**last.answers, running.node: {**said, RUNNING: new}} if line else last.answers
    return replace(bundle, seen=(*looks[:-1], replace(last, answers=answers)), journal=journal)


def graded(learner: Learner, folder: Path) -> Mapping[str, str]:
    """The row of the table."""
    file = learner.hands_in(folder)
    commands.run(parser().parse_args(["learn", "grade", str(file), "--csv", str(folder / "x.csv")]))
    return next(csv.DictReader((folder / "x.csv").read_text().splitlines()))


@dataclass(frozen=True)
class Designer(Learner):
    """Who has put a site of origin at both PEs.

    Attributes:
        lacks: of what happened, what was not seen.
        astray: whether packets go by the provider though its link is cut.
        line: another one in the configuration of pe1.
    """

    name: str = "Alice"
    seed: int = 7
    exercise: str = DESIGN
    course: CourseIntent = DESIGNING
    lacks: str = ""
    astray: bool = False
    line: str = ""

    def looks(self) -> Bundle:
        found = seen_of(self.exercise, self.line)
        healthy = found.seen[-1]
        kept = [one for one in found.seen if self.lacks not in {one.title, *one.title.split(", ")[1:]}]
        cut = meanwhile("check 1", CUT)
        if self.astray:
            kept = [replace(one, flights=_alike(one, healthy)) if one.title == cut else one for one in kept]
        return replace(found, seen=tuple(kept))

    def right(self) -> list[int]:
        there = lesson(self.exercise, self.seed)
        return [
            one.right
            for one in designs.questions(
                there.exercise, self.seed, designs.designs(there.lab, there.exercise)
            )
        ]


def test_a_design_is_graded_by_what_packets_did_failures_included(tmp_path: Path) -> None:
    row = graded(Designer(), tmp_path)
    assert (row["points"], row["state"], row["remarks"]) == ("100", "healed", "")
    assert row["vpn"] == "holds"


@pytest.mark.parametrize(
    ("learner", "points", "state"),
    [
        (Designer(choices=()), "60", "healed"),
        (Designer(line="ip route 10.77.0.0/16 blackhole"), "98", "healed"),
        (Designer(lacks=CUT), None, "broken"),
        (Designer(astray=True), None, "broken"),
    ],
)
def test_what_a_design_lacks_costs(learner: Designer, points: str | None, state: str, tmp_path: Path) -> None:
    row = graded(learner, tmp_path)
    assert row["state"] == state
    if points is None:
        assert (int(row["points"]) < 100, row["economy"]) == (True, "0")
    else:
        assert row["points"] == points


def _alike(seen: Seen, other: Seen) -> Mapping[Probe, Flight | CouldNotLook]:
    """What becomes of the same packets when nothing has failed."""
    return {probe: other.flights[probe] for probe in seen.flights}


@dataclass(frozen=True)
class Mover(Learner):
    """Who has brought a site to another provider.

    Attributes:
        gone: seconds for which each site was out of reach; None where nobody noted it.
        still: whether nothing was done.
        line: another one in the configuration of hq.
    """

    name: str = "Alice"
    seed: int = SEED
    exercise: str = CHANGE
    course: CourseIntent = MOVING
    gone: float | None = 0.0
    still: bool = False
    line: str = ""

    def looks(self) -> Bundle:
        found = seen_of(self.exercise, self.line)
        last = self._noted(found.seen[-1])
        begun = found.seen[0]
        return replace(
            found, seen=(begun, replace(begun, title=last.title, at=last.at) if self.still else last)
        )

    def _noted(self, seen: Seen) -> Seen:
        there = lesson(self.exercise, self.seed)
        answers = {node: dict(said) for node, said in seen.answers.items()}
        for ce, aims in outage.Watch.of(there.begun, there.customers).aims.items():
            text = "" if self.gone is None else "".join(f"{one} {self.gone * 1000:.0f} 0\n" for one in aims)
            answers[ce][outage.COMMAND] = Transcript(ce, outage.COMMAND, text, 0)
        return replace(seen, answers=answers)

    def right(self) -> list[int]:
        return []


@pytest.mark.parametrize(
    ("learner", "points", "state"),
    [
        (Mover(), "93", "healed"),
        (Mover(gone=1.0), "93", "healed"),
        (Mover(gone=3.5), "81", "healed"),
        (Mover(gone=None), "53", "healed"),
        (Mover(line="ip prefix-list other seq 5 permit 10.98.0.0/16"), "91", "healed"),
        (Mover(still=True), "0", "broken"),
    ],
)
def test_a_change_is_graded_by_what_is_reached_and_who_was_gone(
    learner: Mover, points: str, state: str, tmp_path: Path
) -> None:
    row = graded(learner, tmp_path)
    assert (row["points"], row["state"], row["remarks"]) == (points, state, "")


def test_of_many_looks_the_last_are_kept_with_what_was_seen_meanwhile() -> None:
    def look(title: str, minute: int) -> Seen:
        return Seen(title, at(minute), "", (), {})

    made = [look(BEGIN, 0)]
    for number in range(1, 31):
        made += [
            look(meanwhile(f"check {number}", "link a-b is cut"), number),
            look(f"check {number}", number),
        ]
    kept = [one.title for one in few([*made, look("check 31, stray", 40)])]
    assert kept[:3] == [BEGIN, "check 7, link a-b is cut", "check 7"]
    assert kept[-1] == "check 30"
    assert len(kept) == 1 + 2 * 24
