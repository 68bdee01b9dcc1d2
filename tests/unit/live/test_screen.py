"""The screen of `watch`: in a small terminal, without colours, whatever nodes say."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from orchestrator.live.changes import Change, Kind
from orchestrator.live.moment import Moment
from orchestrator.live.screen import KEYS, change_line, screen
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.report.result import Drift
from tests.unit.live.fake import look
from tests.unit.live.test_changes import BROKEN, HEALTHY

LAB = look()[0].lab


def shown(moment: Moment, width: int = 80, height: int = 24) -> list[str]:
    """The lines, as a terminal without colours shows them."""
    out = Console(file=StringIO(), width=width, height=height, color_system=None, highlight=False)
    with out.capture() as text:
        out.print(screen(LAB, moment, width, height))
    lines = text.get().splitlines()
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    return lines


def moment(*reports: object, busy: str = "") -> Moment:
    made = Moment()
    for number, report in enumerate(reports):
        made = made.after(report, f"12:00:0{number}", number * 2.0, busy)  # type: ignore[arg-type] # reports
    return made


def test_before_the_first_look() -> None:
    lines = shown(Moment())
    assert "red1 ──┐" in lines[0]
    assert "two-vpns: looking for the first time" in lines
    assert lines[-1] == KEYS


def test_a_healthy_lab() -> None:
    text = "\n".join(shown(moment(HEALTHY)))
    assert "two-vpns: all 405 checks hold  looked at 12:00:00" in text
    assert "kernel 78" in text
    assert "nothing yet" in text


def test_what_is_broken_and_what_changed_are_both_there() -> None:
    lines = shown(moment(HEALTHY, BROKEN, busy="push since 11:59:59 (process 7)"))
    text = "\n".join(lines)
    assert "404 PASS, 1 FAIL" in text
    assert "at work on it: push since 11:59:59" in text
    assert "FAIL  ldp.neighbor.p1.pe1: something" in lines
    assert "  12:00:01 broken    ldp.neighbor.p1.pe1: something" in lines
    assert "19/20 FAIL" in text


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 10), (20, 5), (200, 60)])
def test_it_fits_whatever_is_wrong(width: int, height: int) -> None:
    wrong = replace(
        HEALTHY,
        findings=tuple(replace(one, verdict=Verdict.FAIL, observed="word " * 40) for one in HEALTHY.findings),
        failed=("link pe1-p1 is cut",) * 3,
        drift=Drift(differs=tuple(one.name for one in LAB.nodes)),
    )
    lines = shown(moment(HEALTHY, wrong, HEALTHY, wrong), width, height)
    assert lines[-1][:5] == KEYS[:5]
    if height >= 24:
        assert any("more: l3vpn verify --once" in one or "FAIL" in one for one in lines)
        assert any("12:00:03 broken" in one for one in lines)


def test_a_lab_that_is_gone() -> None:
    text = "\n".join(shown(moment(HEALTHY).lost("lab 'two-vpns' is not up", "12:00:09")))
    assert "two-vpns: cannot be looked at" in text
    assert "lab 'two-vpns' is not up" in text


def test_a_change_is_one_line() -> None:
    line = change_line("12:00:00", Change(Kind.BROKEN, "ldp.neighbor.p1.pe1", "a\nb"))
    assert line.plain == "12:00:00  broken     ldp.neighbor.p1.pe1: a b"
