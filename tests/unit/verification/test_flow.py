"""What of steady flows was lost, and when."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from orchestrator.loading import load_lab
from orchestrator.verification.flow import Gap, Loss, NoFlow, _numbers, flow_paths, losses
from orchestrator.verification.flow_agent import MAGIC, PAYLOAD, Traffic

LABS = Path(__file__).parents[3] / "labs"
MS = 1000
NONCE = "0a1b2c3d"


def packet(flow: int, number: int, sent: int, nonce: str = NONCE) -> bytes:
    ip = struct.pack("!B19x", 0x45)
    return ip + bytes(8) + PAYLOAD.pack(MAGIC, nonce.encode(), flow, number, sent)


def received(*packets: bytes) -> Traffic:
    traffic = Traffic(NONCE)
    for one in packets:
        traffic.receive(one)
    return traffic


def test_a_gap_is_as_long_as_the_sender_says() -> None:
    numbers = (0, 1, 4, 5)
    traffic = received(*(packet(3, number, number * 25 * MS) for number in numbers))
    assert list(traffic.gaps(3, 25 * MS, 6)) == [(2, 2, 50 * MS)]


def test_what_is_missing_at_the_end_counts_by_its_number() -> None:
    traffic = received(packet(3, 0, 0))
    assert list(traffic.gaps(3, 25 * MS, 5)) == [(1, 4, 100 * MS)]
    assert list(received().gaps(3, 25 * MS, 2)) == [(0, 2, 50 * MS)]


def test_order_does_not_matter_and_strangers_do_not_count() -> None:
    traffic = received(
        packet(3, 1, 25 * MS), packet(3, 0, 0), packet(3, 2, 50 * MS, "ffffffff"), b"", packet(4, 2, 9)[:30]
    )
    assert list(traffic.gaps(3, 25 * MS, 3)) == [(2, 1, 25 * MS)]


def test_a_gap_belongs_to_the_phase_in_which_it_began() -> None:
    marks = ({0: 0, 1: 0}, {0: 40, 1: 40}, {0: 100, 1: 90})
    gaps = (Gap(0, 39, 10, 250.0), Gap(1, 40, 2, 50.0), Gap(1, 60, 4, 100.0))
    before, after = losses(gaps, marks)
    assert before == Loss(sent=80, lost=10, longest=250.0, flows=1)
    assert after == Loss(sent=110, lost=6, longest=100.0, flows=1)


@pytest.mark.parametrize("line", ["gap 7", "", "gap 7 x 1", "Traceback (most recent call last):"])
def test_what_a_program_should_not_say_is_reported_in_a_line(line: str) -> None:
    with pytest.raises(NoFlow, match="no flows with ce1: its program says"):
        _numbers("ce1", line, 3)
    assert _numbers("ce1", "gap 7 1 -25", 3) == [7, 1, -25]


def test_flows_go_both_ways_to_many_hosts() -> None:
    paths = flow_paths(load_lab(LABS / "failover"), "ce1", "ce2")
    assert {(path.sender, str(path.source)) for path in paths} == {
        ("ce1", "172.16.1.1"),
        ("ce2", "172.16.2.1"),
    }
    assert len({path.destination for path in paths if path.sender == "ce1"}) == 16
    assert paths[0].destination == IPv4Address("172.16.2.101")


def test_there_is_no_flow_from_a_pe() -> None:
    with pytest.raises(NoFlow, match="pe1 is no CE"):
        flow_paths(load_lab(LABS / "failover"), "pe1", "ce2")
