"""A silent link: the interfaces and their subnets stay, what is spoken over it ends."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

import pytest

from orchestrator.faults.naming import read_fault
from orchestrator.loading import load_lab
from orchestrator.protocols.registry import effective_lab
from orchestrator.routing.routes import Table
from orchestrator.verification.expect import expect
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Scene
from tests.unit.verification.shipped import LABS

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

CE1, SUBNET = IPv4Network("172.16.1.0/24"), IPv4Network("10.1.0.0/30")


def ids(lab: Lab, words: str) -> set[str]:
    return {str(check.id) for check in expect(lab, read_fault(lab, words).state)}


def test_a_silent_core_link_has_a_carrier_and_no_neighbours(lab: Lab) -> None:
    silent, cut = ids(lab, "p1-p2 silent"), ids(lab, "p1-p2")
    assert silent - cut == {"link.up.p1:eth2--p2:eth1"}
    assert cut <= silent
    assert not {one for one in silent if one.startswith(("igp.adjacency.p1.eth2", "ldp.neighbor.p1.p2"))}


def test_a_silent_bgp_attachment_leaves_its_subnet_alone(lab: Lab) -> None:
    silent = effective_lab(lab, read_fault(lab, "pe1-red1 silent").state)
    cut = effective_lab(lab, read_fault(lab, "pe1-red1").state)
    there, far = Table("pe1", "red"), Table("pe2", "red")
    assert set(silent.routing[there]) - set(cut.routing[there]) == {SUBNET}
    assert set(silent.routing[far]) - set(cut.routing[far]) == {SUBNET}
    assert CE1 not in silent.routing[far]


def test_a_static_route_does_not_notice_and_leads_nowhere() -> None:
    lab = load_lab(LABS / "static")
    silent = effective_lab(lab, read_fault(lab, "pe1-ce1 silent").state)
    cut = effective_lab(lab, read_fault(lab, "pe1-ce1").state)
    assert CE1 in silent.routing[Table("pe2", "red")]
    assert CE1 not in cut.routing[Table("pe2", "red")]
    assert silent.journey("ce2", CE1, "ce1") is None
    assert not {one for one in ids(lab, "pe1-ce1 silent") if one.startswith("data.probe.ce2.ce1")}


def test_a_lan_that_is_down_is_withdrawn_where_a_protocol_says_of_it(lab: Lab) -> None:
    down = effective_lab(lab, read_fault(lab, "red1:lan1").state)
    assert CE1 not in down.routing[Table("red1")]
    assert CE1 not in down.routing[Table("pe2", "red")]
    assert CE1 in down.routing[Table("pe2", "blue")]


@pytest.mark.parametrize("words", ["p1-p2 silent", "p1-p2 loss 20%", "p1-p2 delay 50ms"])
def test_the_queues_of_a_link_that_is_impaired_on_purpose_are_as_wanted(lab: Lab, words: str) -> None:
    state = read_fault(lab, words).state
    says = Converged(lab, state).says
    impaired = Scene.of(lab, says, state).findings()
    assert {str(one.verdict) for name, one in impaired.items() if name.startswith("kernel.qdiscs")} == {
        "PASS"
    }
    healthy = Scene.of(
        lab, lambda node, command: (says if command.startswith("tc ") else Converged(lab).says)(node, command)
    )
    assert [(name, one.observed) for name, one in healthy.findings().items() if not one.holds] == [
        ("kernel.qdiscs.p1", "also netem on eth2"),
        ("kernel.qdiscs.p2", "also netem on eth1"),
    ]


@pytest.mark.parametrize("words", ["p1-p2 loss 20%", "p1-p2 delay 50ms"])
def test_an_injected_impairment_that_somebody_took_away_is_missed(lab: Lab, words: str) -> None:
    state = read_fault(lab, words).state
    healthy, impaired = Converged(lab).says, Converged(lab, state).says
    taken_away = Scene.of(
        lab, lambda node, command: (healthy if command.startswith("tc ") else impaired)(node, command), state
    )
    assert [(name, one.observed) for name, one in taken_away.findings().items() if not one.holds] == [
        ("kernel.qdiscs.p1", "missing: netem on eth2"),
        ("kernel.qdiscs.p2", "missing: netem on eth1"),
    ]
