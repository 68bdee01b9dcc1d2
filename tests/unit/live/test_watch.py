"""The keys of `watch`, typed into a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.live.window import window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.live.window import Window

WATCHING = "tests.unit.live.watching"


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    with window(tmp_path_factory.mktemp("state"), WATCHING) as made:
        made.wait("\x1b[?1049h")
        yield made


def test_keys(watched: Window) -> None:
    watched.wait("two-vpns: all 405 checks hold")
    watched.wait("q quit  p path  t trace  c capture")
    watched.wait("FAIL  ldp.neighbor.p1.pe1")  # it goes on by itself
    assert not watched.in_lines

    watched.type("xp")  # x is none
    watched.wait("\x1b[?1049l")
    watched.wait("path between two sites or CEs, like red1 red2: ")
    assert watched.in_lines
    watched.type("red1 red2\n")
    shown = watched.wait("Enter goes on ")
    assert "VRF red" in shown
    assert "push 18/81" in shown
    watched.type("\n")
    watched.wait("\x1b[?1049h")
    watched.wait("q quit  p path  t trace  c capture")
    assert not watched.in_lines

    watched.type("t")
    watched.wait("like red1 172.16.1.0/24: ")
    watched.type("red1 172.16.1.0/24\n")
    shown = watched.wait("Enter goes on ")
    assert "172.16.1.0/24 of site red1, VPN red" in shown
    assert "exports it as VPNv4" in shown
    watched.type("\n")

    for wrong, said in (("red9 172.16.1.0/24", "has no site 'red9'"), ("red1", "give two words: ")):
        watched.wait("\x1b[?1049h")
        watched.type("t")
        watched.wait("like red1 172.16.1.0/24: ")
        watched.type(f"{wrong}\n")
        assert said in watched.wait("Enter goes on ")
        watched.type("\n")

    watched.wait("\x1b[?1049h")
    watched.type("q")
    assert watched.ended() == 0
    assert "\x1b[?1049l" in watched.said, "the screen that was there before is back"
    assert watched.in_lines


def test_packets_are_shown_until_a_key(tmp_path: Path) -> None:
    with window(tmp_path, WATCHING) as watched:
        watched.wait("c capture")
        watched.type("c")
        watched.wait("like pe1 eth1, or pe1 eth1 mpls: ")
        watched.type("pe1 eth1 mpls and icmp\n")
        watched.wait("packet 1 of tcpdump -i eth1 -n -l -- mpls and icmp\r\n")
        watched.wait("packet 3 ")  # it goes on
        assert not watched.in_lines
        watched.type("x")
        watched.wait("the last packet\r\n")
        assert watched.wait("Enter goes on ") == "pe1 eth1: 7 packets captured\r\n"
        assert watched.in_lines
        watched.type("\n")

        watched.wait("\x1b[?1049h")
        watched.type("c")
        watched.wait("mpls: ")
        watched.type("pe1 eth9\n")  # it ends by itself
        assert "pe1: tcpdump: eth9: No such device exists\r\n" in watched.wait("Enter goes on ")
        watched.type("\n")
        watched.wait("\x1b[?1049h")
        watched.type("q")
        assert watched.ended() == 0
        assert watched.in_lines


def test_ctrl_c_gives_the_terminal_back(tmp_path: Path) -> None:
    with window(tmp_path, WATCHING) as made:
        made.wait("q quit  p path  t trace  c capture")
        assert not made.in_lines
        made.type("\x03")
        assert made.ended() != 0
        assert "\x1b[?1049l" in made.said
        assert "\x1b[?25h" in made.said, "the cursor is there again"
        assert made.in_lines
