"""Bars of what scenarios and measurements came to, from the JSON that these verbs print."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

import pytest

from orchestrator.page.page import page
from orchestrator.page.results import results
from tests.unit.page.broken import judged, recorded
from tests.unit.page.read import read_page

MEASURED: Final = {
    "lab": "failover",
    "between": ["ce1", "ce2"],
    "measured": [
        {
            "stage": "tuned",
            "event": "pe1-p1 silent",
            "on_failure": {"sent": 1000, "lost": 31, "longest": 310.0, "flows": 4},
            "until_proven": 1.5,
            "on_repair": {"sent": 1000, "lost": 0, "longest": 0.0, "flows": 0},
            "until_restored": None,
        }
    ],
}
SCENARIOS: Final = {
    "lab": "failover",
    "scenarios": [
        {
            "name": "link-lost",
            "teaches": "",
            "holds": False,
            "seconds": 9.0,
            "steps": [
                {
                    "step": "fail pe1-p1",
                    "holds": False,
                    "settled": 1.0,
                    "proven": 4.5,
                    "broken": {"igp.neighbor.p1.pe1": "none <b>"},
                    "trouble": ["more fails than was declared"],
                }
            ],
            "residue": [],
        }
    ],
}


def printed(document: object) -> str:
    there = judged(replace(recorded("failover"), results=json.dumps(document)))
    (section,) = (
        one
        for one in read_page(page(there, there.report())).elements
        if one.attributes.get("id") == "results"
    )
    return section.text


def test_a_measurement() -> None:
    text = printed(MEASURED)
    for words in ("tuned", "pe1-p1 silent", "31 of 1000 packets", "310 ms", "1.5 s", "never"):
        assert words in text


def test_scenarios() -> None:
    text = printed(SCENARIOS)
    for words in ("link-lost", "fail pe1-p1", "4.5 s", "igp.neighbor.p1.pe1: none <b>", "more fails than"):
        assert words in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<b>",
        "[]",
        "1",
        '{"measured": 1}',
        '{"measured": [1]}',
        '{"scenarios": [{"steps": 1}]}',
        '{"measured": [{"event": {}}]}',
        "[" * 100_000,
        json.dumps(MEASURED).replace("1000", "1e999"),
    ],
    ids=lambda text: text[:20],
)
def test_what_this_program_has_not_written_is_none(text: str) -> None:
    assert results(text).rows == ()
