"""The page in Chromium, where that is installed: a fault is clicked and seen, and nothing complains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.live.browser import browser, needs_chromium
from tests.unit.live.fake import FakeSource
from tests.unit.live.test_server import serving

if TYPE_CHECKING:
    from pathlib import Path

BAR = "document.querySelector('#live-bar')?.className"
FILTERED = "document.querySelector('#findings .filter .muted')?.textContent"
HEADING = "document.querySelector('#live-report .verdict')?.innerText"


class Clickable(FakeSource):
    """What is failed on it breaks, and what is restored heals."""

    def fail(self, target: str, how: str) -> str:
        self.see(broken=True)
        return super().fail(target, how)

    def restore(self, target: str) -> str:
        self.see(broken=False)
        return super().restore(target)


def shown(layer: str) -> str:
    """Whether the map shows it."""
    return f"getComputedStyle(document.querySelector('#the-map {layer}')).display"


def click(what: str) -> str:
    event = "new MouseEvent('click', {bubbles: true, cancelable: true})"
    return f"document.querySelector({what!r}).dispatchEvent({event})"


@pytest.mark.thorough
@needs_chromium
def test_a_fault_is_clicked_and_seen(tmp_path: Path) -> None:
    source = Clickable(control=True)
    with serving(source) as client, browser(tmp_path / "profile") as tab:
        tab.open(client.address)
        assert "All 405 checks hold" in tab.wait(HEADING)
        assert tab.run(BAR) == "holds"
        tab.run("document.querySelector('#no-addresses').click()")
        assert tab.run(f"{shown('.mpls')} + {shown('.addresses')}") == "nonenone"
        tab.run("document.querySelector('#no-mpls').click()")
        assert tab.run(f"{shown('.mpls')} + {shown('.addresses')}") == "inlinenone"
        point = "new PointerEvent('pointerover', {bubbles: true})"
        tab.run(f"document.querySelector('#the-map [data-node=p1] rect').dispatchEvent({point})")
        assert tab.run("document.querySelector('#pointed').textContent").startswith("p1: P of AS 65000")
        tab.run(click("#live-control button"))
        assert "Not verified" in tab.wait(f"{BAR} === 'broken' && {HEADING}?.includes('Not') && {HEADING}")
        assert "broken" in tab.run("document.querySelector('#live-log').innerText")
        assert tab.run("document.querySelector('#no-addresses').checked") is False, (
            "what was switched stays so"
        )
        assert tab.run(f"{shown('.mpls')} + {shown('.addresses')}") == "inlinenone"
        tab.run("document.querySelector('#findings .filter [type=checkbox]').click()")
        field = "document.querySelector('#findings .filter [type=search]')"
        tab.run(f"{field}.value = 'nothing such'; {field}.dispatchEvent(new Event('input'))")
        assert tab.run(FILTERED).startswith("0 of ")
        source.see(broken=False)
        assert "All" in tab.wait(f"{BAR} === 'holds' && {HEADING}?.includes('All') && {HEADING}")
        source.see(broken=True)
        assert tab.wait(f"{BAR} === 'broken' && {FILTERED}").startswith("0 of "), "the filter stays, too"

        tab.run(click("[data-node=pe1] .name"))
        assert "router bgp 65000" in tab.wait("document.querySelector('#live-piece pre')?.textContent")
        tab.run(click("[data-node=red1] .name"))
        tab.wait("!!document.querySelector('[data-from=red1]')")
        tab.run(click("[data-trace='red1 172.16.1.0/24']"))
        tab.wait("!!document.querySelector('#live-piece .journey')")
        assert "complete" in tab.run("document.querySelector('#live-piece').innerText")
        tab.run(click("[data-node=red1] .name"))
        tab.wait("!!document.querySelector('[data-from=red1]')")
        tab.run(click("[data-from=red1]"))
        tab.run(click("[data-node=red2] .name"))
        tab.wait("document.querySelector('#live-piece h2')?.innerText.startsWith('red1 to red2')")
        assert tab.complaints == []
        tab.run("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')")
        tab.wait("true")
        assert tab.complaints, "what the page's policy forbids is not seen by this test"
