"""`serve --control` of a running lab in a real browser: a fault is clicked, seen, and undone by a click."""

from __future__ import annotations

import os
import re
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.live.terminal import proven
from tests.unit.live.browser import browser, needs_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.live.conftest import LiveLab
    from tests.unit.live.browser import Tab

pytestmark = pytest.mark.live

# A look may take long on a busy machine, and a network with a fault some looks to settle.
PATIENCE = 240.0

HEADING = "(document.querySelector('#live-report .verdict')?.innerText ?? '')"
FINDINGS = "[...document.querySelectorAll('#findings h3')].map(one => one.innerText).join('; ')"
FAULTS = "document.querySelectorAll('#live-failed li').length"
LOG = "document.querySelector('#live-log').innerText"
CELLS = "[...document.querySelectorAll('.matrix td[title]')]"


def reaches(a: str, b: str) -> str:
    """What the matrix says of these sites."""
    return f"({CELLS}.find(one => one.title.startsWith('{a} to {b}:'))?.innerText ?? '')"


def holds(*, as_failed: bool) -> str:
    return f"{HEADING}.includes(`checks hold{', as failed.' if as_failed else '.'}`) && {HEADING}"


@contextmanager
def served(lab: LiveLab) -> Iterator[str]:
    """The address that is printed; Ctrl-C ends it."""
    process = lab.terminal.begin("serve", lab.name, "--control")
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(rf"{lab.name}: (http://127\.0\.0\.1:\d+/[\w-]{{32}}/)\n", line)
        assert found is not None, line + (process.stdout.read() if process.poll() is not None else "")
        yield found[1]
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(PATIENCE) == 130, process.stdout.read()
    finally:
        process.kill()
        process.communicate()


def fail(tab: Tab, target: str, how: str) -> None:
    """Choose both from their lists, and click."""
    for field, wanted in (("target", target), ("how", how)):
        there = f"document.querySelector('#live-{field}')"
        assert tab.run(f"{there}.value = '{wanted}'; {there}.value") == wanted
    tab.run("document.querySelector('#live-control button').click()")


def restore(tab: Tab) -> None:
    tab.run("document.querySelector('#live-failed button').click()")


@needs_chromium
def test_a_link_is_failed_and_restored_by_clicks(lab: LiveLab, tmp_path: Path) -> None:
    try:
        with served(lab) as address, browser(tmp_path / "profile", PATIENCE) as tab:
            tab.open(address)
            tab.wait(holds(as_failed=False))
            assert tab.run(reaches("red1", "red2")) == "reach"

            # A link that loses packets is not expected to work worse: checks fail.
            fail(tab, "pe1-p1", "loss 20%")
            wrong = f"{CELLS}.some(one => /lost|no reply|not proven/.test(one.innerText))"
            tab.wait(f"{FINDINGS}.includes('FAIL') && {wrong}")
            assert "Not verified" in tab.run(HEADING)
            assert "link pe1-p1 loss 20%" in tab.run("document.querySelector('#live-failed').innerText")
            assert "broken" in tab.run(LOG)
            restore(tab)
            tab.wait(f"{FAULTS} === 0 && {holds(as_failed=False)}")
            assert tab.run(FINDINGS) == ""
            assert tab.run(reaches("red1", "red2")) == "reach"
            assert "healed" in tab.run(LOG)

            # One that is cut is: what is left of the network is verified.
            fail(tab, "pe1-p1", "")
            assert "Lost by this: red1 - red2." in tab.wait(holds(as_failed=True))
            assert (tab.run(reaches("red1", "red2")), tab.run(reaches("blue2", "blue1"))) == ("failed",) * 2
            restore(tab)
            tab.wait(f"{FAULTS} === 0 && {holds(as_failed=False)}")
            assert tab.run(reaches("red1", "red2")) == "reach"
            assert tab.complaints == []
        assert proven(lab.l3vpn("verify"))
    finally:
        lab.l3vpn("restore")
