"""What the page shows of a node: all that it said, as text, and no key or password."""

from __future__ import annotations

from orchestrator.evidence.redact import redacted
from orchestrator.live.node import node_view
from orchestrator.live.shell import node_piece, report_piece, shell
from orchestrator.page.page import page
from tests.unit.live.fake import look
from tests.unit.page.broken import SECRET, edited, judged, recorded, with_a_password
from tests.unit.page.read import read_page

HOSTILE = "</pre><img src=x onerror=alert(1)><script>alert(1)</script>\u202e{{ 7 * 7 }}"


def test_what_a_node_says_is_text() -> None:
    there = judged(edited(recorded("two-vpns"), lambda *said: f"{HOSTILE}\n{said[2]}"))
    text = node_piece(node_view(there, there.report(), "pe1", ("l3vpn shell two-vpns pe1",)))
    found = read_page(text)
    assert found.named("img") == found.named("script") == []
    assert "onerror=alert(1)" in "".join(one.text for one in found.named("pre"))
    assert "\u202e" not in text
    assert "{{ 7 * 7 }}" in text


def test_a_node_is_shown_without_passwords() -> None:
    there = judged(redacted(with_a_password()))
    text = node_piece(node_view(there, there.report(), "red1", ()))
    assert "neighbor 10.1.0.1 password" in text
    assert SECRET not in text


def test_a_node_differs_by_its_own_lines_only() -> None:
    there = judged(with_a_password())
    report = there.report()
    assert [line for line in node_view(there, report, "red1", ()).drift if "password" in line]
    assert node_view(there, report, "red2", ()).drift == ()


def test_what_does_not_hold_at_a_node() -> None:
    there, report = look(broken=True)
    assert [str(one.check.id) for one in node_view(there, report, "p1", ()).findings] == [
        "ldp.neighbor.p1.pe1"
    ]
    assert node_view(there, report, "pe1", ()).findings == ()


def test_a_report_comes_without_its_own_style() -> None:
    there, report = look()
    text = report_piece(page(there, report))
    assert "<style" not in text
    assert read_page(text).named("section")


def test_the_page_fits_any_title() -> None:
    text = shell("<b>x</b>", ("a<b",), "n")
    assert "<b>" not in text
    assert "a&lt;b" in text
