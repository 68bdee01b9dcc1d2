"""The timeline of a page, "Layers": how many checks each layer has, and when it had converged."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.page.page import page
from orchestrator.verification.kit.check_id import Layer
from tests.unit.page.broken import judged, mutated, recorded
from tests.unit.page.read import read_page

if TYPE_CHECKING:
    from orchestrator.evidence.bundle import Bundle

WHOLE = 8.0
AFTER: dict[Layer, float] = {
    layer: number + 0.5 for number, layer in enumerate(one for one in Layer if one is not Layer.SR)
}
"""Seconds until the last check of a layer held; all others held at once."""


def measured(bundle: Bundle) -> Bundle:
    """As it was verified at a time that is known of each check."""
    findings = judged(bundle).report().findings
    last = {one.check.layer: one.check.id for one in findings}
    checks = [
        {
            "id": str(one.check.id),
            "seconds": AFTER[one.check.layer] if last[one.check.layer] == one.check.id else 0.1,
        }
        for one in findings
    ]
    report = json.dumps({"checks": checks, "summary": {"seconds": WHOLE}})
    return replace(bundle, seen=(replace(bundle.seen[0], report=report),))


def rows(bundle: Bundle) -> list[tuple[str, str, str, str]]:
    """Of each layer its name, its checks by verdict, the length of its bar, and the time beside it."""
    there = judged(bundle)
    text = page(there, there.report())
    read_page(text)  # nested as it should be
    (section,) = re.findall(r'<section id="layers">\n<h2>Layers</h2>(.*?)</section>', text, re.DOTALL)
    found = re.findall(
        r'<tr><th scope="row">(.*?)</th><td class="grow">(.*?)</td>(.*?)</tr>', section, re.DOTALL
    )
    return [
        (
            layer,
            " ".join(f"{count} {verdict}" for verdict, count in re.findall(r'title="(\w+)">(\d+)<', checks)),
            "".join(re.findall(r'<span class="time" style="width:([\d.]+%)">', times)),
            "".join(re.findall(r"<td>([^<]+)</td>\s*$", times)),
        )
        for layer, checks, times in found
    ]


def test_each_layer_stands_there_with_the_time_that_it_took() -> None:
    assert rows(measured(recorded("two-vpns"))) == [
        ("kernel", "78 PASS", "6.2%", "0.5 s"),
        ("link", "57 PASS", "18.8%", "1.5 s"),
        ("igp", "40 PASS", "31.2%", "2.5 s"),
        ("ldp", "20 PASS", "43.8%", "3.5 s"),
        ("mpbgp", "10 PASS", "56.2%", "4.5 s"),
        ("pece", "36 PASS", "68.8%", "5.5 s"),
        ("vpn", "96 PASS", "81.2%", "6.5 s"),
        ("data", "68 PASS", "93.8%", "7.5 s"),
    ]


def test_a_layer_that_did_not_converge_has_no_time() -> None:
    found = rows(measured(mutated(recorded("two-vpns"), "p1", "an LDP session does not come up")))
    times = {layer: (bar, time) for layer, _, bar, time in found}
    assert times["igp"] == ("31.2%", "2.5 s")
    assert times["ldp"] == times["data"] == ("", "-")
    (checks,) = (checks for layer, checks, _, _ in found if layer == "ldp")
    assert "FAIL" in checks
    assert "BLOCKED" in checks


def test_where_nobody_measured_there_is_no_time_at_all() -> None:
    bundle = recorded("two-vpns")
    unmeasured = replace(bundle, seen=(replace(bundle.seen[0], report=""),))
    assert {(bar, time) for _, _, bar, time in rows(unmeasured)} == {("", "")}


def test_a_time_that_no_verification_takes_is_none() -> None:
    bundle = recorded("two-vpns")
    for odd in ("9" * 400, "Infinity", "NaN", "-1", '"x"'):
        report = (
            f'{{"checks": [{{"id": "kernel.vrf.pe1", "seconds": {odd}}}], "summary": {{"seconds": {odd}}}}}'
        )
        said = replace(bundle, seen=(replace(bundle.seen[0], report=report),))
        assert {(bar, time) for _, _, bar, time in rows(said)} == {("", "")}
