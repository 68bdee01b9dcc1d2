"""Two route reflectors: which paths they leave a far PE, by the RDs, and that each reflects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live

LAB = "rd-choice"
PREFIX = "172.16.1.0/24"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven(LAB, Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


@scenarios_of(LAB, slow=("reflector-lost", "site-loses-a-pe"))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []


@pytest.mark.parametrize(("stage", "next_hops"), [("one-rd", 1), ("rd-per-pe", 2)])
def test_a_reflector_leaves_one_path_of_each_rd(lab: ProvenLab, stage: str, next_hops: int) -> None:
    said = [
        lab.terminal.l3vpn(*words)
        for words in (
            ("push", LAB, "--stage", stage),
            ("verify", LAB),
            ("show", LAB, "pe3", "bgp", "ipv4", "vpn"),
        )
    ]
    assert [one.returncode for one in said] == [0, 0, 0], "".join(one.stdout + one.stderr for one in said)
    table = said[-1].stdout.splitlines()
    ways = [table[number : number + 3] for number, line in enumerate(table) if PREFIX in line]
    assert len(ways) == next_hops
    assert {hop for way in ways for hop in ("10.255.0.1", "10.255.0.2") if hop in way[0]} == {
        "10.255.0.1",
        *(["10.255.0.2"] if next_hops > 1 else []),
    }
