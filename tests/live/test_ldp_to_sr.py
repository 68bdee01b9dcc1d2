"""From LDP to segment routing: both are proven side by side, each stands in for the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from tests.live.fault import Fault, vtysh
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = [pytest.mark.live, pytest.mark.slow]

PING = "ping -i 0.02 -W 1 -c {} -I 172.16.1.1 172.16.2.1"
TO_PE2 = "vtysh -c 'show ip route 10.255.0.5/32'"
NO_SR_ON_P1 = vtysh("router isis core", "no segment-routing on")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("ldp-to-sr", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


@pytest.fixture
def both(begun: ProvenLab) -> ProvenLab:
    return at(begun, "both")


def at(lab: ProvenLab, stage: str) -> ProvenLab:
    """The lab at a stage, proven."""
    there = replace(lab, lab=load_lab(lab.lab.folder, stage))
    there.push()
    assert there.wrong() == []
    return there


UNBOUND = Fault(
    "a P that binds no label to the loopback of a PE",
    {
        "p1": vtysh(
            "ip prefix-list some seq 5 permit 10.255.0.1/32",
            "mpls ldp",
            "address-family ipv4",
            "no label local allocate host-routes",
            "label local allocate for some",
        )
    },
    {
        "ldp.labels.pe1": "*missing: *a label for pe2 -> 10.0.0.1*",
        "ldp.labels.p1": "*",
        "ldp.labels.pe2": "*missing: *a label for pe1 -> 10.0.0.2*",
    },
    others=2,
)
WITHOUT_SR = Fault(
    "a P without segment routing",
    {"p1": NO_SR_ON_P1},
    {"sr.sid.p1": "no SRGB and no prefix SID"},
    blocks=("sr.labels.*", "sr.lsp.*", "sr.equal-cost.*", "mpbgp.session.*", "vpn.*", "data.*"),
    others=0,
)


def test_a_p_without_segment_routing_is_named_though_packets_arrive(both: ProvenLab) -> None:
    both.must_explain_and_be_repaired_of(WITHOUT_SR)


def test_ldps_label_is_taken_where_a_next_hop_has_no_sids(both: ProvenLab) -> None:
    assert "label 16005" in both.ask("pe1", TO_PE2)
    both.type_in({"p1": NO_SR_ON_P1})
    shown = both.wait_until("pe1", TO_PE2, lambda shown: ", label " in shown and "16005" not in shown)
    assert "10.0.0.1, via eth1" in shown
    assert " 0% packet loss" in both.ask("red1", PING.format(10))
    both.push()
    assert both.wrong() == []


def test_nobody_notices_that_ldp_goes(both: ProvenLab) -> None:
    both.type_in({"red1": f"{PING.format(1000)} > /tmp/pings 2>&1 &"})
    at(both, "sr")
    said = both.wait_until("red1", "cat /tmp/pings", lambda said: "packet loss" in said)
    assert "1000 packets transmitted, 1000 received" in said


def test_a_label_that_ldp_does_not_bind_is_named_though_no_packet_needs_it(both: ProvenLab) -> None:
    """Last, as ldpd keeps in the LFIB what it gives up: nothing but a restart of it helps."""
    assert both.unexplained(UNBOUND) == ()
