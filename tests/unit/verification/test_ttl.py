"""What TTL a packet needs across the core, with labels that begin with the customer's and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.facts import CouldNotLook, Facts
from orchestrator.verification.kit.probes import Flight, Probe
from tests.labs import COSTS, costs_by_isis
from tests.unit.model.labs import RED, small

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.check import Check


def checks(lab: Lab) -> dict[str, Check]:
    return {str(one.id): one for one in expect(lab) if one.id.kind == "ttl"}


def needed(lab: Lab) -> dict[str, list[int]]:
    return {name: [probe.ttl for probe in one.probes] for name, one in checks(lab).items()}


def test_hops_that_are_hidden_need_nothing(tmp_path: Path) -> None:
    of = needed(load_lab(costs_by_isis(tmp_path / "wide")))
    assert len(of) == 6
    assert {tuple(one) for one in of.values()} == {(1, 2)}


def test_hops_that_count_need_one_each() -> None:
    of = needed(load_lab(COSTS))
    assert of["data.ttl.red1.red3"] == [3, 4]  # p2, p3
    assert of["data.ttl.red3.red1"] == [2, 3]  # p1
    assert of["data.ttl.red1.red2"] == [2, 4]  # either


def test_explicit_null_takes_what_the_hops_have_counted_to_the_egress(tmp_path: Path) -> None:
    folder = costs_by_isis(tmp_path / "wide")
    intent = (folder / "vpn.yml").read_text()
    (folder / "vpn.yml").write_text(intent.replace("propagate-ttl: false", "propagate-ttl: true"))
    of = needed(load_lab(folder))
    assert of["data.ttl.red1.red3"] == [4, 5]
    assert of["data.ttl.red3.red1"] == [3, 4]


def test_nothing_is_claimed_of_what_the_files_leave_open(tmp_path: Path) -> None:
    assert checks(small(RED).load(tmp_path)) == {}


FATES = {
    "as it should": ({"red2"}, set(), True, "TTL 4 arrives, TTL 2 does not"),
    "neither arrives": (set(), set(), False, "TTL 4 does not, TTL 2 does not"),
    "both arrive": ({"red2"}, {"red2"}, False, "TTL 4 arrives, TTL 2 arrives"),
    "elsewhere": ({"red3"}, set(), False, "TTL 4 does not, TTL 2 does not"),
}


@pytest.mark.parametrize("fate", FATES)
def test_what_becomes_of_the_two_packets_decides(fate: str) -> None:
    check = checks(load_lab(COSTS))["data.ttl.red1.red2"]
    arrived, too_few, holds, observed = FATES[fate]
    dying, arriving = check.probes
    flights: dict[Probe, Flight | CouldNotLook] = {
        arriving: Flight(frozenset(arrived)),
        dying: Flight(frozenset(too_few), refusal="TTL exceeded"),
    }
    said = check.judge(Facts({}, flights))
    assert (said.holds, said.observed) == (holds, observed)


def test_what_was_not_sent_is_no_answer() -> None:
    check = checks(load_lab(COSTS))["data.ttl.red1.red2"]
    flights: dict[Probe, Flight | CouldNotLook] = {one: Flight().kept("no route") for one in check.probes}
    with pytest.raises(CouldNotLook, match="no route"):
        check.judge(Facts({}, flights))
