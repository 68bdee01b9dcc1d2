"""What changed between two verifications."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.live.changes import FLAPS, WINDOW, Kind, changes
from orchestrator.live.moment import KEPT, Moment
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.report.result import Drift
from tests.unit.live.fake import look

if TYPE_CHECKING:
    from orchestrator.live.changes import Change, Memory
    from orchestrator.verification.report.result import Report

HEALTHY = replace(look()[1], drift=Drift())


def but(report: Report = HEALTHY, observed: str = "something", **verdicts: str) -> Report:
    """A report with other verdicts of some checks; `_` stands for the dots of their names."""
    wanted = {name.replace("_", "."): Verdict(verdict) for name, verdict in verdicts.items()}
    known = {str(one.check.id) for one in report.findings}
    assert wanted.keys() <= known, wanted.keys() - known
    return replace(
        report,
        findings=tuple(
            replace(one, verdict=wanted[name], observed=observed)
            if (name := str(one.check.id)) in wanted
            else one
            for one in report.findings
        ),
    )


def told(*reports: Report, apart: float = 2.0) -> list[list[tuple[str, str]]]:
    """What each report after the first one has new, by kind and name."""
    memory: Memory | None = None
    found = []
    for number, report in enumerate(reports):
        memory, new = changes(memory, report, number * apart)
        found.append([(one.kind.value, one.what) for one in new])
    assert found[0] == [], "nothing has changed before the first look"
    return found[1:]


BROKEN = but(ldp_neighbor_p1_pe1="FAIL")
UP, DOWN = ("healed", "ldp.neighbor.p1.pe1"), ("broken", "ldp.neighbor.p1.pe1")


def test_the_same_again_is_no_change() -> None:
    assert told(HEALTHY, HEALTHY) == [[]]
    assert told(BROKEN, BROKEN, but(BROKEN, "something else", ldp_neighbor_p1_pe1="FAIL")) == [[], []]


def test_broken_and_healed() -> None:
    assert told(HEALTHY, BROKEN, BROKEN, HEALTHY) == [[DOWN], [], [UP]]


def test_what_was_broken_before_the_first_look_heals_too() -> None:
    assert told(BROKEN, HEALTHY) == [[UP]]


def test_who_could_not_be_asked_is_broken_once() -> None:
    assert told(HEALTHY, but(ldp_neighbor_p1_pe1="ERROR"), BROKEN) == [[DOWN], []]


def test_what_is_only_held_back_has_not_changed() -> None:
    assert told(HEALTHY, but(ldp_neighbor_p1_pe1="BLOCKED"), HEALTHY) == [[], []]


def test_what_failed_and_is_held_back_has_not_healed() -> None:
    assert told(HEALTHY, BROKEN, but(ldp_neighbor_p1_pe1="BLOCKED"), BROKEN, HEALTHY) == [
        [DOWN],
        [],
        [],
        [UP],
    ]


def test_what_is_not_expected_any_more_is_forgotten() -> None:
    without = replace(
        HEALTHY,
        findings=tuple(one for one in HEALTHY.findings if str(one.check.id) != "ldp.neighbor.p1.pe1"),
    )
    assert told(HEALTHY, BROKEN, without, HEALTHY) == [[DOWN], [], []]


def test_several_of_a_kind_are_one_change() -> None:
    (new,) = told(HEALTHY, but(ldp_neighbor_p1_pe1="FAIL", ldp_neighbor_pe1_p1="FAIL"))
    assert new == [("broken", "ldp.neighbor, 2 checks at pe1, p1")]


def flapping(times: int) -> list[Report]:
    return [HEALTHY, *(report for _ in range(times) for report in (BROKEN, HEALTHY))]


def test_flapping_is_said_once() -> None:
    quiet = [[DOWN], [UP]] * (FLAPS - 1)
    assert told(*flapping(FLAPS + 4)) == [*quiet, [("flapping", DOWN[1])], *[[]] * 9]


def test_what_breaks_now_and_then_does_not_flap() -> None:
    assert told(*flapping(6), apart=WINDOW / 3) == [[DOWN], [UP]] * 6


@pytest.mark.parametrize(("last", "said"), [(HEALTHY, UP), (BROKEN, DOWN)])
def test_a_flapping_one_that_is_quiet_says_how_it_stays(last: Report, said: tuple[str, str]) -> None:
    memory: Memory | None = None
    for number, report in enumerate([*flapping(FLAPS), last]):
        memory, _ = changes(memory, report, number * 2.0)
    memory, new = changes(memory, last, WINDOW)
    assert new == ()
    _, new = changes(memory, last, WINDOW + 100)
    assert [(one.kind.value, one.what) for one in new] == [said]


def test_drift_and_faults() -> None:
    drifted = replace(HEALTHY, drift=Drift(differs=("pe1", "p1")))
    failed = replace(HEALTHY, failed=("link pe1-p1 is cut",))
    assert told(HEALTHY, drifted, replace(HEALTHY, drift=Drift(differs=("p1",))), failed, HEALTHY) == [
        [("differs", "pe1, p1")],
        [("as wanted", "pe1")],
        [("failed", "link pe1-p1 is cut"), ("as wanted", "p1")],
        [("restored", "link pe1-p1 is cut")],
    ]


def test_a_drift_that_nobody_looked_for_has_not_gone() -> None:
    drifted = replace(HEALTHY, drift=Drift(differs=("pe1",)))
    assert told(drifted, replace(HEALTHY, drift=None), drifted) == [[], []]


# ---- Moments -----------------------------------------------------------------------------------


def after(moment: Moment, report: Report, busy: str = "") -> Moment:
    return moment.after(report, "12:00:00", 2.0, busy)


def test_a_moment_is_new_where_a_report_says_anything_new() -> None:
    first = after(Moment(), HEALTHY)
    same = after(first, replace(HEALTHY, seconds=9.0), "push since 12:00:00")
    assert (first.number, same.number, same.busy) == (1, 1, "push since 12:00:00")
    other = after(same, but(BROKEN, "another thing", ldp_neighbor_p1_pe1="FAIL"))
    assert (other.number, other.busy, len(other.fresh)) == (2, "", 1)
    assert after(other, BROKEN).number == 3, "observed is something else"


def test_a_lab_that_is_gone_and_comes_back() -> None:
    gone = after(Moment(), HEALTHY).lost("it is not up", "12:00:01")
    assert (gone.trouble, gone.report, gone.fresh) == ("it is not up", HEALTHY, ())
    back = after(gone, HEALTHY)
    assert (back.trouble, back.number) == ("", 2)


def test_not_all_is_remembered_for_ever() -> None:
    moment = Moment()
    for number in range(KEPT + 20):
        moment = moment.after((HEALTHY, BROKEN)[number % 2], str(number), number * WINDOW)
    assert len(moment.log) == KEPT
    last: Change = moment.log[-1][1]
    assert (moment.log[-1][0], last.kind) == (str(KEPT + 19), Kind.BROKEN)
