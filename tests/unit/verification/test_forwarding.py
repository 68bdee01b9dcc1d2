"""The way of packets through the kernels, on what a converged lab would say."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from orchestrator.model.state import HEALTHY, State
from orchestrator.verification.forwarding.between import Carrier, PathEnd, paths
from orchestrator.verification.forwarding.walk import Fate, walk_queries
from orchestrator.verification.kit.facts import Facts
from orchestrator.verification.report.path import paths_to_json, paths_to_table
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Edit
from tests.unit.verification.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.model.lab import Lab
    from orchestrator.verification.forwarding.between import Path as PacketPath

ROUTES, LFIB, DEVICES = "ip route show table all", "ip -M route", "ip -d addr"


def facts(lab: Lab, says: Callable[[str, str], str], *edits: Edit) -> Facts:
    answers = {}
    for query in walk_queries(lab):
        text = says(*query.key)
        for edit in edits:
            if query.key == (edit.node, edit.command):
                text = edit.apply(text)
        answers[query.key] = query.command.parse(text)
    return Facts(answers)


def site(lab: Lab, name: str) -> PathEnd:
    (found,) = (one for one in lab.sites if one.name == name)
    return PathEnd(name, found.vpn, tuple(dict.fromkeys(one.ce.node for one in found.attachments)))


def edited(lab: Lab, *edits: Edit, a: str = "red1", b: str = "red2") -> tuple[PacketPath, ...]:
    return paths(lab, facts(lab, Converged(lab).says, *edits), site(lab, a), site(lab, b))


def converged(name: str, a: str, b: str, state: State = HEALTHY) -> tuple[PacketPath, ...]:
    lab = shipped(name)
    nodes = Converged(lab, state)
    return paths(lab, facts(lab, nodes.says), site(lab, a), site(lab, b), state)


def nodes(path: PacketPath) -> list[list[str]]:
    return [[node for node, _ in run.steps] for run in path.runs]


def test_hop_by_hop_with_labels(lab: Lab) -> None:
    (path,) = edited(lab)
    assert [(node, branch.does) for node, branch in path.runs[0].steps] == [
        ("red1", "172.16.2.0/24 via 10.1.0.1"),
        ("pe1", "VRF red: 172.16.2.0/24 via 10.0.0.1, push 28/680"),
        ("p1", "swap 28 to 38 via 10.0.0.3"),
        ("p2", "pop 38 via 10.0.0.5"),
        ("pe2", "pop 680, VRF red: 172.16.2.0/24 via 10.1.0.6"),
        ("red2", "172.16.2.1 is its own"),
    ]
    assert (path.delivered, path.over, path.preferred) == (True, Carrier.PROVIDER, Carrier.PROVIDER)
    assert [str(prefix) for prefix in path.prefixes] == ["172.16.2.0/24", "192.168.2.0/24", "10.99.0.1/32"]


@pytest.mark.parametrize(
    ("edit", "fate", "why"),
    [
        (Edit("p1", LFIB, "28 as to 38", "99 as to 38"), Fate.DROPPED, "the kernel of p1 has no label 28"),
        (Edit("p1", DEVICES, "eth2@", "eth8@"), Fate.DROPPED, "eth2 of p1 is down"),
        (Edit("pe2", LFIB, "680 dev red", "680 dev blue"), Fate.ASTRAY, "172.16.2.1 is an address of blue2"),
        (
            Edit("p2", LFIB, "38 via inet 10.0.0.5 dev eth2", "38 as to 28 via inet 10.0.0.2 dev eth1"),
            Fate.LOOPS,
            "label 28 has been at p1 before",
        ),
        (
            Edit("pe1", ROUTES, "172.16.2.0/24 encap", "172.18.2.0/24 encap"),
            Fate.DROPPED,
            "VRF red: no route to 172.16.2.1",
        ),
        (
            Edit("red1", ROUTES, "172.16.2.0/24 via 10.1.0.1", "172.16.2.0/24 via 10.1.0.9"),
            Fate.DROPPED,
            "pe1:eth2 does not have 10.1.0.9: nobody answers for it",
        ),
    ],
    ids=["no label", "link down", "wrong VRF", "loop", "no route", "no such neighbour"],
)
def test_what_becomes_of_lost_packets(lab: Lab, edit: Edit, fate: Fate, why: str) -> None:
    path = edited(lab, edit)[0]
    assert (path.runs[0].end.fate, path.delivered) == (fate, False)
    assert why in path.runs[0].end.why


def test_equal_cost_next_hops_are_branches(lab: Lab) -> None:
    edit = Edit(
        "p1",
        LFIB,
        "28 as to 38 via inet 10.0.0.3 dev eth2 proto ldp",
        "28 proto ldp \n\tnexthop as to 38 via inet 10.0.0.3 dev eth2\n"
        "\tnexthop as to 77 via inet 10.0.0.3 dev eth2",
    )
    (path, *_) = edited(lab, edit)
    assert [run.end.fate for run in path.runs] == [Fate.DELIVERED, Fate.DROPPED]
    assert not path.delivered
    assert "1 of 2 branches do not arrive" in _seen(path)


def test_sites_that_are_to_be_apart(lab: Lab) -> None:
    overlapping, unique = edited(lab, b="blue1")
    assert overlapping.runs[0].end.fate is Fate.ASTRAY
    assert unique.runs[0].end.why == "no route to 172.30.1.1"
    assert overlapping.as_intended
    assert unique.as_intended
    assert "does not arrive, and is not to" in _seen(unique)


def test_spokes_by_way_of_the_hub() -> None:
    (path,) = converged("hub-and-spoke", "spoke1", "spoke2")
    (way,) = nodes(path)
    assert way == ["spoke1", "pe2", "p1", "pe1", "hub", "pe1", "p1", "pe2", "spoke2"]
    assert path.delivered


def test_the_backdoor_when_the_provider_fails() -> None:
    lab = shipped("bgp-backdoor")
    cut = State(
        links_down=frozenset(one for one in lab.topology.links if {one.a.node, one.b.node} == {"p1", "pe1"})
    )
    (before,) = converged("bgp-backdoor", "ce1", "ce2")
    (after,) = converged("bgp-backdoor", "ce1", "ce2", cut)
    assert (before.over, before.preferred) == (Carrier.PROVIDER, Carrier.PROVIDER)
    assert (after.over, after.preferred, nodes(after)) == (
        Carrier.BACKDOOR,
        Carrier.PROVIDER,
        [["ce1", "ce2"]],
    )
    assert after.expected is Carrier.BACKDOOR
    assert "the primary path, which is the provider's network, failed on purpose" in _seen(after)


def test_a_site_that_is_cut_off_is_not_to_be_reached() -> None:
    lab = shipped("two-vpns")
    cut = State(links_down=frozenset(one for one in lab.links if {one.a.node, one.b.node} == {"pe1", "red1"}))
    (path, *_) = converged("two-vpns", "red2", "red1", cut)
    assert (path.delivered, path.as_intended, path.expected) == (False, True, Carrier.NOTHING)
    assert "does not arrive, nor can it with what is failed" in _seen(path)
    (path, *_) = paths(lab, facts(lab, Converged(lab).says), site(lab, "red2"), site(lab, "red1"), cut)
    assert (path.delivered, path.as_intended) == (True, False)
    assert "though with what is failed nothing can" in _seen(path)


def test_where_the_backdoor_is_preferred_it_is_the_primary_path() -> None:
    (path,) = converged("ospf-backdoor", "ce1", "ce2")
    assert (path.over, path.preferred) == (Carrier.BACKDOOR, Carrier.BACKDOOR)
    assert "over the backdoor, the primary path" in _seen(path)


def test_for_programs(lab: Lab) -> None:
    shown = json.loads(paths_to_json(lab.name, edited(lab)))
    (path,) = shown["paths"]
    assert (path["delivered"], path["over"], path["primary"]) == (True, "provider", "provider")
    hops = path["branches"][0]["hops"]
    assert [(hop["node"], hop["labels"]) for hop in hops[:4]] == [
        ("red1", []),
        ("pe1", [28, 680]),
        ("p1", [38, 680]),
        ("p2", [680]),
    ]


def _seen(path: PacketPath) -> str:
    out = io.StringIO()
    Console(file=out, width=130).print(paths_to_table([path]))
    return out.getvalue()
