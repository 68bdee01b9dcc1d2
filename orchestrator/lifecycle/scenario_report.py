"""What became of scenarios, for programs: JSON, and JUnit XML with a case a scenario."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.lifecycle.scenario import ScenarioResult


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
