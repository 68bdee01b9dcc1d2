from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from orchestrator.faults.scenario import Break, Scenario, Step
from orchestrator.lifecycle.scenario import ScenarioResult, StepResult
from orchestrator.lifecycle.scenario_report import scenarios_to_json, scenarios_to_junit
from orchestrator.verification.kit.check import Check, Finding, Judgement, Verdict
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.report.result import Report

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
    told = json.loads(scenarios_to_json("x", [GOOD, UNREPAIRED]))
    assert told["lab"] == "x"
    good, unrepaired = told["scenarios"]
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
    (told,) = json.loads(scenarios_to_json("x", [replace(GOOD, steps=(broken,))]))["scenarios"]
    assert told["steps"][0]["broken"] == {"pece.agree.pe2": "EIGRP AS 77 on ce2"}


def test_junit_has_a_case_a_scenario() -> None:
    (suite,) = ET.fromstring(scenarios_to_junit("x", [GOOD, UNREPAIRED]))  # noqa: S314 -- our own
    assert (suite.get("tests"), suite.get("failures"), suite.get("time")) == ("2", "1", "29.500")
    good, unrepaired = suite
    assert (good.get("name"), good.find("failure")) == ("good", None)
    failure = unrepaired.find("failure")
    assert failure is not None
    assert failure.get("message") == "restore p1-p2: FAIL link.up: down"
