"""The report for CI systems: JUnit XML, a suite a layer, a case a check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from orchestrator.verification.kit.check import Finding, Verdict
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.report.story import shares, story

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.verification.kit.check_id import CheckId
    from orchestrator.verification.report.result import Report

# What XML 1.0 cannot hold, not even escaped; a node's output may have it.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(report: Report) -> str:
    """One `testsuite` for each layer; BLOCKED is `skipped`, FAIL `failure`, ERROR `error`.

    Checks are judged side by side, and readers add times up: a case's time is the seconds between the
    verdict before its own and its own, so that all of them together are what the proof took.
    Properties name the nodes whose configuration differs from their files, or could not be compared.
    """
    root = ET.Element("testsuites", name=f"l3vpn verify {report.lab}", time=f"{report.seconds:.3f}")
    _count(root, report.findings)
    if report.drift is not None:
        properties = ET.SubElement(root, "properties")
        for name, nodes in (("differs", report.drift.differs), ("unknown", report.drift.unknown)):
            ET.SubElement(properties, "property", name=f"configuration.{name}", value=" ".join(nodes))
    took = shares(report.findings)
    for layer in Layer:
        findings = report.of(layer)
        if findings:
            _suite(root, report.lab, layer, findings, took)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _count(element: ET.Element, findings: tuple[Finding, ...]) -> None:
    for name, verdict in (
        ("failures", Verdict.FAIL),
        ("errors", Verdict.ERROR),
        ("skipped", Verdict.BLOCKED),
    ):
        element.set(name, str(sum(finding.verdict is verdict for finding in findings)))
    element.set("tests", str(len(findings)))


def _suite(
    root: ET.Element, lab: str, layer: Layer, findings: tuple[Finding, ...], took: Mapping[CheckId, float]
) -> None:
    seconds = sum(took[finding.check.id] for finding in findings)
    suite = ET.SubElement(root, "testsuite", name=f"{lab}.{layer.value}", time=f"{seconds:.3f}")
    _count(suite, findings)
    for finding in findings:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=f"{lab}.{layer.value}.{finding.check.node}",
            name=_clean(str(finding.check.id)),
            time=f"{took[finding.check.id]:.3f}",
        )
        _outcome(case, finding)


def _outcome(case: ET.Element, finding: Finding) -> None:
    tags = {Verdict.FAIL: "failure", Verdict.ERROR: "error", Verdict.BLOCKED: "skipped"}
    if finding.verdict not in tags:
        return
    outcome = ET.SubElement(case, tags[finding.verdict], message=_clean(finding.observed))
    if finding.verdict is not Verdict.BLOCKED:
        outcome.set("type", finding.verdict.value)
    outcome.text = _clean(story(finding))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("?", text)
