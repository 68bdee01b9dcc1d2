"""The report as people, programs and CI systems read it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from orchestrator.verification.kit.check import Check, Finding, Judgement, Verdict
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer
from orchestrator.verification.pairs import SitePair
from orchestrator.verification.report.json import to_json
from orchestrator.verification.report.junit import to_junit
from orchestrator.verification.report.live import LiveStatus, waiting_text
from orchestrator.verification.report.result import Drift, Report
from orchestrator.verification.report.table import to_table
from orchestrator.verification.verification import VerificationStatus

if TYPE_CHECKING:
    from collections.abc import Sequence


def _id(name: str) -> CheckId:
    layer, kind, node, *vrf = name.split(".")
    return CheckId(Layer(layer), kind, node, tuple(map(InVrf, vrf)))


def _finding(name: str, verdict: Verdict, *after: str, seconds: float = 1.5) -> Finding:
    check = Check(
        _id(name),
        f"the title of {name}",
        lambda _: Judgement(holds=True, expected="", observed=""),
        after=tuple(map(_id, after)),
    )
    wrong = verdict is not Verdict.PASS
    return Finding(
        check,
        verdict,
        "as it <should> be",
        "as it is \x07 [bold]now[/]" if wrong else "as it <should> be",
        why="because & so" if wrong else "",
        hint="l3vpn exec lab p1 -- ip link" if wrong else "",
        evidence=("p1: ip link",),
        seconds=seconds,
    )


FINDINGS = (
    _finding("kernel.mpls-input.p1", Verdict.PASS),
    _finding("ldp.interfaces.p1", Verdict.FAIL, seconds=2.5),
    _finding("ldp.neighbor.p1.p2", Verdict.BLOCKED, "ldp.interfaces.p1"),
    _finding("vpn.route.pe1.red", Verdict.BLOCKED, "ldp.neighbor.p1.p2"),
    _finding("vpn.core-clean.p1", Verdict.ERROR),
)
REPORT = Report("lab", FINDINGS, 12.3456, looks=4)


def _printed(report: Report) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(to_table(report), crop=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.PASS], 0),
        ([Verdict.PASS, Verdict.FAIL], 1),
        ([Verdict.PASS, Verdict.BLOCKED], 1),
        ([Verdict.PASS, Verdict.ERROR], 1),
        ([], 1),
    ],
)
def test_the_exit_code_is_0_only_if_everything_is_proven(verdicts: Sequence[Verdict], code: int) -> None:
    findings = tuple(_finding(f"link.up.n{n}", verdict) for n, verdict in enumerate(verdicts))
    assert Report("lab", findings, 1.0).exit_code == code


def test_json_has_the_promised_shape() -> None:
    document = json.loads(to_json(REPORT))
    assert document["lab"] == "lab"
    assert document["summary"] == {
        "PASS": 1, "FAIL": 1, "BLOCKED": 2, "ERROR": 1, "checks": 5, "seconds": 12.346,
        "unchanged": 0.0,
    }  # fmt: skip
    assert document["checks"][1] == {
        "id": "ldp.interfaces.p1",
        "layer": "ldp",
        "node": "p1",
        "title": "the title of ldp.interfaces.p1",
        "verdict": "FAIL",
        "expected": "as it <should> be",
        "observed": "as it is \x07 [bold]now[/]",
        "why": "because & so",
        "hint": "l3vpn exec lab p1 -- ip link",
        "evidence": ["p1: ip link"],
        "seconds": 2.5,
    }


def test_junit_counts_and_says() -> None:
    root = ET.fromstring(to_junit(REPORT))  # noqa: S314 -- written two lines up
    assert root.tag == "testsuites"
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5", "failures": "1", "errors": "1", "skipped": "2",
    }  # fmt: skip
    assert [suite.get("name") for suite in root] == ["lab.kernel", "lab.ldp", "lab.vpn"]
    outcomes = {case.get("name"): [one.tag for one in case] for case in root.iter("testcase")}
    assert outcomes == {
        "kernel.mpls-input.p1": [],
        "ldp.interfaces.p1": ["failure"],
        "ldp.neighbor.p1.p2": ["skipped"],
        "vpn.route.pe1.red": ["skipped"],
        "vpn.core-clean.p1": ["error"],
    }
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("message") == "as it is ? [bold]now[/]"
    assert "why: because & so" in str(failure.text)


def test_junit_times_add_up_to_what_the_proof_took() -> None:
    findings = tuple(
        _finding(f"ldp.interfaces.p{number}", Verdict.PASS, seconds=seconds)
        for number, seconds in enumerate((2.0, 0.5, 3.0, 2.0))
    )
    root = ET.fromstring(to_junit(replace(REPORT, findings=findings)))  # noqa: S314 -- written two lines up
    times = [float(str(case.get("time"))) for case in root.iter("testcase")]
    assert sorted(times) == [0.0, 0.5, 1.0, 1.5]
    assert sum(float(str(suite.get("time"))) for suite in root) == sum(times) == 3.0


def test_the_table_shows_what_is_wrong_and_what_that_holds_back() -> None:
    text = _printed(REPORT)
    assert "ldp.interfaces.p1" in text
    assert "as it <should> be" in text
    assert "[bold]now[/]" in text
    assert "l3vpn exec lab p1 -- ip link" in text
    assert "2 checks stand on ldp.interfaces.p1: 1 ldp, 1 vpn" in text
    assert "kernel.mpls-input.p1" not in text
    assert "lab: not proven after 12.3 s: 1 PASS, 1 FAIL, 2 BLOCKED, 1 ERROR" in text


def test_findings_of_one_kind_are_one_entry_and_a_reason_stands_once() -> None:
    twins = tuple(_finding(f"vpn.export.pe{n}", Verdict.FAIL) for n in range(12))
    text = _printed(Report("lab", twins, 2.0))
    assert "FAIL  vpn.export  12 checks" in text
    assert text.count("because & so") == text.count("l3vpn exec") == text.count("as it <should> be") == 1
    assert text.count("observed") == 8
    assert "and 4 more of the kind" in text


def test_a_command_is_never_broken() -> None:
    long = "l3vpn exec lab p1 -- vtysh -c 'show bgp ipv4 vpn' " + "x" * 200
    text = _printed(Report("lab", (replace(FINDINGS[1], hint=long),), 1.0))
    assert any(line.endswith(long) for line in text.splitlines())


def test_what_a_fault_costs_is_reported() -> None:
    pairs = (SitePair("red1", "red2", proven=False), SitePair("red2", "red1", proven=False))
    text = _printed(replace(REPORT, pairs=pairs, lost=("red1 - red2",)))
    assert "0 of 2 site pairs reach each other; lost by this: red1 - red2" in text
    assert "not proven: red" not in text


def test_the_table_of_a_proven_lab_is_short() -> None:
    text = _printed(Report("lab", FINDINGS[:1], 2.0))
    assert "lab: all 1 checks hold, proven in 2.0 s" in text
    assert "expected" not in text


@pytest.mark.parametrize(
    ("drift", "said"),
    [
        (None, "all 1 checks hold, proven"),
        (Drift(), "all 1 checks hold; configuration as wanted, proven"),
        (Drift(("pe1",)), "all 1 checks hold; 1 node differs: pe1 (l3vpn diff lab), proven"),
        (Drift(("p1", "pe1")), "all 1 checks hold; 2 nodes differ: p1, pe1 (l3vpn diff lab), proven"),
        (Drift((), ("p1",)), "all 1 checks hold; configuration unknown: p1, proven"),
    ],
)
def test_a_verdict_and_the_configuration_are_two_things(drift: Drift | None, said: str) -> None:
    report = Report("lab", FINDINGS[:1], 2.0, drift=drift)
    assert said in _printed(report)
    assert report.exit_code == 0


def test_a_lab_that_is_not_proven_says_of_its_configuration_too() -> None:
    assert "1 ERROR; configuration as wanted" in _printed(replace(REPORT, drift=Drift()))


def test_how_nodes_are_set_differently_stands_in_the_first_entry_alone() -> None:
    lines = ("p1 has mtu 1400 (in interface eth1)", *(f"pe2 lacks line {n}" for n in range(9)))
    twins = (_finding("igp.table.p2", Verdict.FAIL), _finding("ldp.interfaces.pe2", Verdict.FAIL))
    text = _printed(Report("lab", twins, 2.0, drift=Drift(("p1", "pe2"), (), lines)))
    first, _, rest = text.partition("ldp.interfaces.pe2")
    assert "differs p1 has mtu 1400 (in interface eth1) pe2 lacks line 0" in " ".join(first.split())
    assert "and 2 more: l3vpn diff lab" in first
    assert "lacks" not in rest
    text = _printed(Report("lab", twins[1:], 2.0, drift=Drift(("p1", "pe2"), (), lines)))
    assert text.index("pe2 lacks line 7") > text.index("pe2 lacks line 0")
    assert "mtu 1400" not in text


def test_programs_learn_of_the_configuration() -> None:
    report = replace(REPORT, drift=Drift(("p1", "pe1"), ("pe2",)))
    shown = {"as wanted": False, "differs": ["p1", "pe1"], "unknown": ["pe2"], "lines": []}
    assert json.loads(to_json(report))["configuration"] == shown
    assert json.loads(to_json(replace(REPORT, drift=Drift())))["configuration"]["as wanted"] is True
    assert json.loads(to_json(REPORT))["configuration"] is None
    root = ET.fromstring(to_junit(report))  # noqa: S314 -- written here
    assert {one.get("name"): one.get("value") for one in root.iter("property")} == {
        "configuration.differs": "p1 pe1",
        "configuration.unknown": "pe2",
    }


STANDING = VerificationStatus(3.21, 2, 1, 5, (FINDINGS[1], FINDINGS[4], FINDINGS[2], FINDINGS[3]))


def test_progress_names_what_is_waited_for() -> None:
    text = waiting_text(STANDING).plain
    assert text.splitlines()[0].strip() == "3.2 s  1 of 5 checks hold"
    assert "waiting for ldp.interfaces.p1: as it is" in text
    assert "ldp.neighbor.p1.p2" not in text
    assert "and 2 more" in text


def test_progress_names_what_comes_next_when_all_the_rest_is_held_back() -> None:
    text = waiting_text(VerificationStatus(3.2, 2, 3, 5, (FINDINGS[2], FINDINGS[3]))).plain
    assert "waiting for ldp.neighbor.p1.p2: the title of ldp.neighbor.p1.p2" in text
    assert "and 1 more" in text


def test_progress_is_gone_at_the_end_and_silent_without_a_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=False)
    with LiveStatus(console) as progress:
        progress(STANDING)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == ""


def test_progress_shows_on_a_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with LiveStatus(console) as progress:
        progress(STANDING)
    assert isinstance(console.file, io.StringIO)
    assert "waiting for ldp.interfaces.p1" in console.file.getvalue()
