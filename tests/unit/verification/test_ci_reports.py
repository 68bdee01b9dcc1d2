"""What CI systems are given: Markdown in which nothing that a node says is markup, and CTRF."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from markdown_it import MarkdownIt

from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.report.ctrf import to_ctrf
from orchestrator.verification.report.markdown import to_markdown
from orchestrator.verification.report.markdown_text import block, code, folding
from orchestrator.verification.report.result import Drift
from tests.trying import tries
from tests.unit.verification.test_reports import REPORT

HOSTILE: Final = [
    "</code></summary></details><script>alert(1)</script>",
    "```\n\n# heading\n\n[x](https://x.invalid) ![x](https://x.invalid)\n~~~",
    "`` ` ````` `",
    "| a | b |\n|---|---|",
    "@somebody #1 www.x.invalid a@x.invalid <!-- -->",
    "\x1b[31m\u202e&amp;\\\r\x85\u2028</details>",
    "`",
    "\ud800",
]
TAGS: Final = {"h2", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "code", "pre"}


class Rendered(HTMLParser):
    """A page that Markdown became: its elements, and the text that is in no code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.code = self.bare = ""
        self.feed(MarkdownIt("commonmark").enable("table").render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # `style` is markdown-it's own, of a column of numbers
        assert {name for name, _ in attrs} <= {"class", "open", "style"}
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" in self.open:
            self.code += data
        else:
            self.bare += data


def rendered(markdown: str) -> Rendered:
    found = Rendered(markdown)
    assert set(found.tags) <= TAGS
    assert found.open == []
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_node_says_becomes_markdown(text: str) -> None:
    said = [
        replace(one, expected=text, observed=text, why=text, hint=text, verdict=Verdict.FAIL)
        for one in REPORT.findings
    ]
    drift = Drift((text,), (text,), (text, text))
    report = replace(REPORT, findings=tuple(said), drift=drift, failed=(text,), lost=(text,), seen_at=text)
    plain = rendered(to_markdown(replace(report, findings=REPORT.findings, drift=None, failed=(), lost=())))
    found = rendered(to_markdown(report))
    for word in ("script", "invalid", "somebody", "heading", "\x1b", "\u202e", "\u2028"):
        assert word not in found.bare
    assert "\x1b" not in found.code
    assert plain.tags.count("h2") == found.tags.count("h2") == 1


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("`~\n<>&|")))
@tries(4)
def test_code_is_code_whatever_it_says(text: str) -> None:
    found = rendered(
        f"before {code(text)} after\n\n{block([text, text])}\n\n{folding(text, [code(text)])}\n\nend"
    )
    assert found.bare.split() == ["before", "after", "end"]
    assert found.tags == ["p", "code", "pre", "code", "details", "summary", "code", "p", "code", "p"]


def test_a_summary_says_what_fails_and_where_to_look() -> None:
    found = rendered(to_markdown(REPORT))
    assert "not proven: 1 PASS, 1 FAIL, 2 BLOCKED, 1 ERROR" in found.bare
    assert (
        "expected  as it <should> be\nobserved  as it is \\x07 [bold]now[/]\nwhy       because & so"
        in found.code
    )
    assert "l3vpn exec lab p1 -- ip link" in found.code
    assert found.tags.count("details") == 2
    assert found.tags.count("tr") == 4


def test_a_lab_that_holds() -> None:
    passed = replace(REPORT, findings=REPORT.findings[:1], drift=Drift())
    text = to_markdown(passed)
    assert text.startswith("## ✅ `lab`: all 1 checks hold\n")
    assert "Configuration as wanted." in text
    assert "<details" not in text


def test_no_summary_is_larger_than_github_takes() -> None:
    """1 MiB; here each of many checks fails in a way of its own, and says much."""
    (first,) = REPORT.findings[:1]
    long = "`x` " * 2000
    findings = [
        replace(
            first,
            check=replace(first.check, id=replace(first.check.id, kind=f"kind-{number}", at=f"p{copy}")),
            verdict=Verdict.FAIL,
            **dict.fromkeys(("expected", "observed", "why", "hint"), f"{number} {copy} {long}"),  # type: ignore[arg-type]
        )
        for number in range(100)
        for copy in range(10)
    ]
    drift = Drift(lines=(long,) * 500)
    assert len(to_markdown(replace(REPORT, findings=tuple(findings), drift=drift)).encode()) < 1_000_000


# What version 1.0.0 wants of what we write (ctrf.io), which allows no other keys.
_NUMBER: Final = {"type": "integer"}
_TEXT: Final = {"type": "string", "minLength": 1}
_STATUS: Final = {"enum": ["passed", "failed", "skipped", "pending", "other"]}


def _object(required: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


_SUMMARY: Final = dict.fromkeys(
    ("tests", "passed", "failed", "skipped", "pending", "other", "start", "stop"), _NUMBER
)
_TESTS: Final = _object(
    {"name": _TEXT, "status": _STATUS, "duration": _NUMBER},
    {
        "suite": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        "rawStatus": _TEXT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "message": {"type": "string"},
        "trace": {"type": "string"},
        "steps": {"type": "array", "items": _object({"name": _TEXT, "status": _STATUS}, {})},
    },
)
CTRF: Final = _object(
    {
        "reportFormat": {"const": "CTRF"},
        "specVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "results": _object(
            {
                "tool": _object({"name": _TEXT}, {"version": _TEXT}),
                "summary": _object(_SUMMARY, {}),
                "tests": {"type": "array", "items": _TESTS},
            },
            {"environment": _object({}, {"reportName": _TEXT})},
        ),
    },
    {},
)


def read_ctrf(text: str) -> dict[str, Any]:
    """The results of a document that is one."""
    document = json.loads(text)
    assert list(Draft7Validator(CTRF).iter_errors(document)) == []
    results: dict[str, Any] = document["results"]
    summary, statuses = results["summary"], [one["status"] for one in results["tests"]]
    assert summary["tests"] == len(statuses)
    assert {name: summary[name] for name in _STATUS["enum"]} == {
        name: statuses.count(name) for name in _STATUS["enum"]
    }
    assert summary["start"] <= summary["stop"]
    return results


def test_ctrf_counts_and_says() -> None:
    results = read_ctrf(to_ctrf(REPORT, 1_000_000.0))
    assert (results["summary"]["start"], results["summary"]["stop"]) == (999_987_654, 1_000_000_000)
    assert [(one["name"], one["status"], one["rawStatus"]) for one in results["tests"]] == [
        ("kernel.mpls-input.p1", "passed", "PASS"),
        ("ldp.interfaces.p1", "failed", "FAIL"),
        ("ldp.neighbor.p1.p2", "skipped", "BLOCKED"),
        ("vpn.route.pe1.red", "skipped", "BLOCKED"),
        ("vpn.core-clean.p1", "failed", "ERROR"),
    ]
    failed = results["tests"][1]
    assert failed["suite"] == ["lab", "ldp"]
    assert failed["message"] == "as it is \x07 [bold]now[/]"
    assert "look: l3vpn exec lab p1 -- ip link" in failed["trace"]
    assert sum(one["duration"] for one in results["tests"]) == 2500
