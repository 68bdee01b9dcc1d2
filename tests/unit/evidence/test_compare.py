"""What changed between two looks: what was broken, what follows from it, and nothing that always changes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.evidence.compare import Change, changes
from orchestrator.evidence.judge import opened
from orchestrator.evidence.replay import Replay
from orchestrator.verification.kit.answers import Transcript
from tests.recorded.recording import RecordingKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.evidence.judge import Case


def case(lab: str, frr: str = "10.3", stage: str = "") -> Case:
    return opened(RecordingKey(lab, stage, frr).file)


def edited(before: Case, node: str, edit: Callable[[str, str], str]) -> Case:
    """The same look, but a node says other things."""
    said = {
        command: replace(one, output=edit(command, one.output)) if isinstance(one, Transcript) else one
        for command, one in before.seen.answers[node].items()
    }
    seen = replace(before.seen, answers={**before.seen.answers, node: said})
    return replace(before, seen=seen)


@pytest.mark.parametrize(
    ("lab", "frr"),
    [
        ("two-vpns", "10.3"),
        ("eigrp-same-as", "8.4"),
        *(
            pytest.param(lab, frr, marks=pytest.mark.thorough)
            for lab in ("two-vpns", "ospf", "eigrp-same-as", "failover")
            for frr in ("10.3", "8.4")
        ),
    ],
)
def test_the_same_look_is_no_change(lab: str, frr: str) -> None:
    assert changes(case(lab, frr), case(lab, frr)) == ()


def test_labels_that_are_numbered_otherwise_and_ages_are_no_change() -> None:
    before, after = case("two-vpns", "10.3"), case("two-vpns", "8.4")
    lfibs = [one.seen.answers["p1"]["ip -M route"] for one in (before, after)]
    assert lfibs[0] != lfibs[1], "the labels are numbered differently"
    # What does differ: FRR 8.4 gives an imported route the distance of eBGP, 10.3 that of iBGP.
    found = changes(before, after)
    assert {one.kind for one in found} == {"route"}
    assert [one for one in found if one.before.replace("bgp [200/0]", "bgp [20/0]") != one.after] == []


def _other_label(command: str, text: str) -> str:
    return (
        re.sub(r"(?m)^(\d+) as to (\d+) via", r"\1 as to 999 via", text, count=1)
        if command == "ip -M route"
        else text
    )


def _other_route(command: str, text: str) -> str:
    return (
        text.replace("O>* 10.255.0.4/32 [110/20]", "O>* 10.255.0.4/32 [110/99]")
        if command == "show ip route vrf all"
        else text
    )


def of(found: tuple[Change, ...], kind: str) -> list[Change]:
    return [one for one in found if one.kind == kind]


def test_a_label_that_means_something_else_is_a_change() -> None:
    before = case("two-vpns")
    found = of(changes(before, edited(before, "p1", _other_label)), "label")
    assert [(one.node, one.table) for one in found] == [("p1", "LFIB")]
    assert "an unknown label" in found[0].after
    assert "999" not in found[0].after


def test_a_metric_is_a_change_of_a_route() -> None:
    before = case("two-vpns")
    found = of(changes(before, edited(before, "p1", _other_route)), "route")
    assert [(one.node, one.table, one.name) for one in found] == [("p1", "default", "10.255.0.4/32")]
    assert ("[110/20]" in found[0].before, "[110/99]" in found[0].after) == (True, True)


def test_what_does_not_hold_any_more_is_a_change() -> None:
    before = case("two-vpns")
    after = edited(before, "pe1", lambda command, text: "" if command == "ip rule" else text)
    found = of(changes(before, after), "finding")
    assert found[0].name == "not judged" or found[0].after.startswith(("FAIL", "ERROR"))
    assert {one.node for one in found} >= {"pe1"}


def test_a_stage_is_compared_with_the_next() -> None:
    found = changes(case("provider-migration"), case("provider-migration", stage="after"))
    assert {one.kind for one in found} == {"session", "route", "label", "path"}
    assert isinstance(case("provider-migration").network, Replay)


def test_labels_of_segment_routing_stand_for_what_the_files_say() -> None:
    """16102 is pe2's at p1, and 20102 at p4, whose block is another; local labels are of adjacencies."""
    before = case("sr-core")
    after = edited(before, "p3", lambda _, text: text.replace("as to 20102", "as to 20003"))
    (change,) = of(changes(before, after), "label")
    assert (change.node, change.name) == ("p3", "LSP to 10.255.0.6/32")
    assert change.before == "swap to p4 eth2"
    assert change.after == "swap for LSP to 10.255.0.3/32 to p4 eth2"
    after = edited(before, "p3", lambda _, text: text.replace("15000 via", "15900 via"))
    assert of(changes(before, after), "label") == [], "which label an adjacency has is no matter"
