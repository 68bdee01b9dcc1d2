"""Pages opened in Chromium, where it is installed: it has nothing to complain of."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from orchestrator.page.page import page
from tests.unit.live.browser import CHROMIUM, needs_chromium
from tests.unit.page.broken import judged, leaking, mutated, recorded

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom")


def opened(file: Path) -> tuple[str, list[str]]:
    """What a page is in the browser, after its script has run; and what the console has of it."""
    assert CHROMIUM is not None, "there is no Chromium"
    profile = file.with_suffix(".profile")
    words = [CHROMIUM, *OPTIONS, f"--user-data-dir={profile}", file.as_uri()]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120)
    assert "</html>" in done.stdout
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def complaints(file: Path) -> list[str]:
    return opened(file)[1]


def with_script(text: str, more: str) -> str:
    """The page with a longer script, which its policy allows."""
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    before, after = (
        base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (script, script + more)
    )
    return text.replace(before, after).replace(script, script + more)


@pytest.mark.thorough
@needs_chromium
def test_a_browser_finds_no_fault(tmp_path: Path) -> None:
    there = judged(leaking(recorded("two-vpns"), "red1", "blue2"))
    text = page(there, there.report())
    fine, wrong = tmp_path / "fine.html", tmp_path / "wrong.html"
    fine.write_text(text, "utf-8")
    wrong.write_text(text.replace("</body>", "<script>1</script></body>"), "utf-8")
    assert complaints(fine) == []
    assert complaints(wrong), "what the page's policy forbids is not seen by this test"


HANDS = """
const map = document.querySelector("#the-map svg"), find = document.querySelector(".filter [type=search]");
const over = one => one.dispatchEvent(new PointerEvent("pointerover", {bubbles: true}));
const names = found => [...found].map(one => one.dataset.node || one.id).sort().join(), seen = [];
const faint = () => names(map.querySelectorAll(".node.far"));
over(map.querySelector("[data-node=p1] rect"));
seen.push(faint(), document.getElementById("pointed").textContent.split("\\n")[0]);
over(map.querySelector(".links .link .hit"));
seen.push(faint());
map.dispatchEvent(new PointerEvent("pointerleave"));
seen.push(faint());
const shown = () => names(document.querySelectorAll("#findings .card:not([hidden])"));
seen.push(shown());
find.value = "isolation BLUE2";
find.dispatchEvent(new Event("input"));
seen.push(shown(), document.querySelector(".filter .muted").textContent);
location.hash = "#cause-1";
addEventListener("hashchange", () => { seen.push(shown()); document.title = seen.join("|"); });
"""


@pytest.mark.thorough
@needs_chromium
def test_pointing_and_filtering(tmp_path: Path) -> None:
    wrong = mutated(recorded("two-vpns"), "p1", "the kernel swaps to another transport label")
    there = judged(leaking(wrong, "red1", "blue2"))
    file = tmp_path / "page.html"
    file.write_text(with_script(page(there, there.report()), HANDS), "utf-8")
    text, said = opened(file)
    assert said == []
    (title,) = re.findall(r"<title>(.*?)</title>", text)[:1]
    assert title.split("|") == [
        "blue1,blue2,pe2,red1,red2",
        "p1: P of AS 65000, loopback 10.255.0.2",
        "blue1,blue2,p2,pe2,red1,red2",
        "",
        "cause-1,cause-2",
        "cause-2",
        "1 of 2",
        "cause-1,cause-2",
    ]
