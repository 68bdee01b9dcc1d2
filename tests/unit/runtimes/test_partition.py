"""How labs are divided: alike in weight, with few links between, and the same each time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.loading import load_lab
from orchestrator.model.topology import Endpoint, Link, Node, Role, Topology
from orchestrator.runtimes.partition import partition
from orchestrator.shipped import LABS


def topology(*links: str, alone: str = "") -> Topology:
    """`ab` is a link between nodes a and b."""
    names = dict.fromkeys("".join(links) + alone)
    nodes = tuple(Node(one, Role.P) for one in names)
    ends = [[Endpoint(name, f"eth{i}") for name in link] for i, link in enumerate(links)]
    wired = tuple(Link(a, b) for a, b in ends)
    return Topology("x", Path("/labs/x.clab.yml"), nodes, wired)


def crossing(topology: Topology, home: dict[str, int]) -> int:
    return sum(home[link.a.node] != home[link.b.node] for link in topology.links)


def together(home: dict[str, int]) -> set[str]:
    return {"".join(sorted(name for name in home if home[name] == part)) for part in set(home.values())}


@pytest.mark.parametrize(
    ("links", "parts", "meant"),
    [
        (("ab", "bc", "cd"), 2, {"ab", "cd"}),
        (("ab", "bc", "ca", "cd", "de", "ef", "fd"), 2, {"abc", "def"}),
        (("da", "bd", "cd", "cw", "wx", "wy", "wz"), 2, {"abcd", "wxyz"}),  # two stars
        (("ab", "cd", "ef"), 3, {"ab", "cd", "ef"}),
        (("ab",), 4, {"a", "b"}),
        (("ab", "bc"), 1, {"abc"}),
    ],
)
def test_what_is_cabled_together_stays_together(links: tuple[str, ...], parts: int, meant: set[str]) -> None:
    assert together(partition(topology(*links), parts)) == meant


@pytest.mark.parametrize(
    ("lab", "parts", "links"),
    [("two-vpns", 2, 1), ("two-vpns", 3, 2), ("isis-core", 2, 2), ("extranet", 2, 2)],
)
def test_few_links_of_the_shipped_labs_cross(lab: str, parts: int, links: int) -> None:
    wanted = load_lab(LABS / lab).topology
    assert crossing(wanted, partition(wanted, parts)) == links


def test_nodes_that_have_their_place_keep_it() -> None:
    wanted = topology("ab", "bc", "cd")
    home = partition(wanted, 2, {"a": 1, "d": 1})
    assert (home["a"], home["d"]) == (1, 1)
    assert {home["b"], home["c"]} == {0}


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=14),
    st.integers(1, 4),
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3)),
)
def test_any_lab_is_divided_wholly_and_evenly(
    ends: list[tuple[str, str]], parts: int, fixed: dict[str, int]
) -> None:
    wanted = topology(*(a + b for a, b in ends if a != b), alone="abcdefgh")
    fixed = {name: part % parts for name, part in fixed.items()}
    home = partition(wanted, parts, fixed)
    assert list(home) == [node.name for node in wanted.nodes]
    assert set(home.values()) <= set(range(parts))
    assert fixed.items() <= home.items()
    assert partition(wanted, parts, fixed) == home
    if not fixed:
        weight = {name: 1 + sum(name in (link.a.node, link.b.node) for link in wanted.links) for name in home}
        weights = [sum(weight[name] for name in home if home[name] == part) for part in range(parts)]
        assert max(weights) - min(weights) <= 2 * max(weight.values())


def test_a_large_lab_is_divided_in_no_time() -> None:
    """240 nodes, a grid of P routers with two CEs at each."""
    side = range(80)
    ends = [(f"p{i}", f"p{j}") for i in side for j in (i + 1, i + 10) if j < len(side)]
    ends += [(f"p{i}", f"ce{i}{which}") for i in side for which in "ab"]
    names = dict.fromkeys(name for pair in ends for name in pair)
    links = tuple(Link(Endpoint(a, b), Endpoint(b, a)) for a, b in ends)
    wanted = Topology("x", Path("/x"), tuple(Node(one, Role.P) for one in names), links)
    begun = time.process_time()
    home = partition(wanted, 4)
    assert crossing(wanted, home) < len(links) / 5
    assert time.process_time() - begun < 10
