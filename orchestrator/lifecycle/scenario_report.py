"""What became of scenarios, for programs and CI: JSON, JUnit XML, CTRF and Markdown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from orchestrator.verification.report.ctrf import document, milliseconds
from orchestrator.verification.report.markdown_text import block, code, folding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.lifecycle.scenario import ScenarioResult

_SHOWN: Final = 30


def scenarios_to_json(lab: str, results: Sequence[ScenarioResult]) -> str:
    """An object with `lab` and `scenarios`, each with its steps, their times in seconds and what is wrong."""
    scenarios = [
        {
            "name": one.scenario.name,
            "teaches": one.scenario.teaches,
            "holds": one.holds,
            "seconds": round(one.seconds, 3),
            "steps": [
                {
                    "step": step.step.words,
                    "holds": step.holds,
                    "settled": round(step.settled, 3),
                    "proven": round(step.seconds, 3),
                    "broken": {str(one.check.id): one.observed for one in step.broken},
                    "trouble": list(step.trouble),
                }
                for step in one.steps
            ],
            "residue": list(one.residue),
        }
        for one in results
    ]
    return json.dumps({"lab": lab, "scenarios": scenarios}, indent=2)


def scenarios_to_junit(lab: str, results: Sequence[ScenarioResult]) -> str:
    """One `testsuite`; a scenario that does not hold is a `failure`."""
    failures = str(sum(not one.holds for one in results))
    seconds = f"{sum(one.seconds for one in results):.3f}"
    counts: dict[str, str] = {"tests": str(len(results)), "failures": failures, "time": seconds}
    root = ET.Element("testsuites", {"name": f"l3vpn scenario {lab}", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": f"{lab}.scenarios", **counts})
    for one in results:
        case = ET.SubElement(
            suite, "testcase", classname=f"{lab}.scenarios", name=one.scenario.name, time=f"{one.seconds:.3f}"
        )
        if not one.holds:
            failure = ET.SubElement(case, "failure", message=one.trouble[0])
            failure.text = "\n".join(one.trouble)
        times = (f"{step.step.words}: proven after {step.seconds:.1f} s" for step in one.steps)
        ET.SubElement(case, "system-out").text = "\n".join(times)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def scenarios_to_ctrf(lab: str, results: Sequence[ScenarioResult], ended: float) -> str:
    """A test a scenario, with its steps; `ended` in seconds since the epoch."""
    started = ended - sum(one.seconds for one in results)
    return document(f"l3vpn scenario {lab}", [_test(lab, one) for one in results], started, ended)


def _test(lab: str, result: ScenarioResult) -> Mapping[str, object]:
    test: dict[str, object] = {
        "name": result.scenario.name,
        "status": _status(holds=result.holds),
        "duration": milliseconds(result.seconds),
        "suite": [lab, "scenarios"],
        "steps": [{"name": one.step.words, "status": _status(holds=one.holds)} for one in result.steps],
    }
    if not result.holds:
        test |= {"message": result.trouble[0], "trace": "\n".join(result.trouble)}
    return test


def _status(*, holds: bool) -> str:
    return "passed" if holds else "failed"


def scenarios_to_markdown(lab: str, results: Sequence[ScenarioResult]) -> str:
    """A line a scenario, with its steps to be unfolded; those that do not hold are open."""
    held, seconds = sum(one.holds for one in results), sum(one.seconds for one in results)
    mark = "✅" if held == len(results) else "❌"
    heading = f"## {mark} {code(lab)}: {held} of {len(results)} scenarios hold, {seconds:.1f} s"
    return "\n\n".join((heading, *_told(results))) + "\n"


def _told(results: Sequence[ScenarioResult]) -> Iterator[str]:
    for one in results:
        steps = (f"{step.step.words}: proven after {step.seconds:.1f} s" for step in one.steps if step.holds)
        heading = f"{'holds' if one.holds else 'DOES NOT HOLD'}  {one.scenario.name}  {one.seconds:.1f} s"
        lines = (one.scenario.teaches, *steps, *one.trouble[:_SHOWN])
        yield folding(heading, [block(lines)], opened=not one.holds)
