from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from orchestrator.faults.scenario import Break, Scenario, Step
from orchestrator.lifecycle.scenario import ScenarioResult, StepResult
from orchestrator.lifecycle.scenario_report import (
    scenarios_to_ctrf,
    scenarios_to_json,
    scenarios_to_junit,
    scenarios_to_markdown,
)
from orchestrator.verification.kit.check import Check, Finding, Judgement, Verdict
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.report.result import Report
from tests.unit.verification.test_ci_reports import HOSTILE, read_ctrf, rendered

CUT, REPAIR = Step("fail p1-p2"), Step("restore p1-p2")
GOOD = ScenarioResult(
    Scenario("good", "All is well.", (CUT, REPAIR)),
    (StepResult(CUT, 2.4, 1.5, None), StepResult(REPAIR, 6.7, 4.6, None)),
    (),
    9.5,
)
UNREPAIRED = ScenarioResult(
    Scenario("unrepaired", "It is not.", (CUT, REPAIR)),
    (StepResult(CUT, 2.4, 1.5, None), StepResult(REPAIR, 15.0, 15.0, None, ("FAIL link.up: down",))),
    ("p1: queue left over: qdisc netem",),
    20.0,
)


def test_a_scenario_holds_if_each_step_does_and_nothing_is_left() -> None:
    assert GOOD.holds
    assert not UNREPAIRED.holds
    assert UNREPAIRED.trouble == (
        "restore p1-p2: FAIL link.up: down",
        "not as before: p1: queue left over: qdisc netem",
    )


def test_json_has_times_and_what_is_wrong() -> None:
    shown = json.loads(scenarios_to_json("x", [GOOD, UNREPAIRED]))
    assert shown["lab"] == "x"
    good, unrepaired = shown["scenarios"]
    assert (good["holds"], good["residue"]) == (True, [])
    assert good["steps"][1] == {
        "step": "restore p1-p2",
        "holds": True,
        "settled": 4.6,
        "proven": 6.7,
        "broken": {},
        "trouble": [],
    }
    assert unrepaired["steps"][1]["trouble"] == ["FAIL link.up: down"]


def test_json_names_the_checks_that_a_step_breaks() -> None:
    check = Check(
        CheckId(Layer.PECE, "agree", "pe2"),
        "PE and CE agree",
        judge=lambda _: Judgement(holds=False, expected="", observed=""),
    )
    finding = Finding(check, Verdict.FAIL, "EIGRP AS 100", "EIGRP AS 77 on ce2")
    step = Step("configure ce2 (asn)", breaks=(Break("pece.agree.pe2"),))
    broken = StepResult(step, 3.4, 2.9, Report("x", (finding,), 3.4, 1))
    (shown,) = json.loads(scenarios_to_json("x", [replace(GOOD, steps=(broken,))]))["scenarios"]
    assert shown["steps"][0]["broken"] == {"pece.agree.pe2": "EIGRP AS 77 on ce2"}


def test_junit_has_a_case_a_scenario() -> None:
    (suite,) = ET.fromstring(scenarios_to_junit("x", [GOOD, UNREPAIRED]))  # noqa: S314 -- our own
    assert (suite.get("tests"), suite.get("failures"), suite.get("time")) == ("2", "1", "29.500")
    good, unrepaired = suite
    assert (good.get("name"), good.find("failure")) == ("good", None)
    failure = unrepaired.find("failure")
    assert failure is not None
    assert failure.get("message") == "restore p1-p2: FAIL link.up: down"


def test_ctrf_has_a_test_a_scenario() -> None:
    results = read_ctrf(scenarios_to_ctrf("x", [GOOD, UNREPAIRED], 100.0))
    assert (results["summary"]["start"], results["summary"]["stop"]) == (70_500, 100_000)
    good, unrepaired = results["tests"]
    assert (good["name"], good["status"], good["duration"]) == ("good", "passed", 9500)
    assert unrepaired["message"] == "restore p1-p2: FAIL link.up: down"
    assert unrepaired["steps"] == [
        {"name": "fail p1-p2", "status": "passed"},
        {"name": "restore p1-p2", "status": "failed"},
    ]


def test_markdown_has_a_fold_a_scenario_and_what_is_wrong_in_it() -> None:
    said = "\n".join(HOSTILE)
    hostile = replace(UNREPAIRED, residue=(said,), scenario=replace(UNREPAIRED.scenario, teaches=said))
    text = scenarios_to_markdown("x", [GOOD, hostile])
    found = rendered(text)
    assert found.bare.split() == ["❌", ":", "1", "of", "2", "scenarios", "hold,", "29.5", "s"]
    assert text.count("<details open>") == 1
    assert "restore p1-p2: FAIL link.up: down" in found.code
