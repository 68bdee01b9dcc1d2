from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise

import pytest

from eigrp.dual import Peer
from eigrp.metric import KValues, VectorMetric
from eigrp.packet import Flag, Opcode, Packet
from eigrp.tlv import NextMulticast, Parameters, PeerTermination, Route, RouteTlv, SequenceList
from eigrp.transport import CameUp, Deliver, Neighbor, Send, Sequence, State, WentDown

OWN = IPv4Address("10.0.0.1")
PEER = Peer("eth1", IPv4Address("10.0.0.2"))
HELLO = Packet(Opcode.HELLO, 100, (Parameters(KValues(), 15),))
INIT = Packet(Opcode.UPDATE, 100, flags=Flag.INIT, sequence=50)
NEWS = (RouteTlv(IPv4Network("192.0.2.0/24"), Route(VectorMetric(256, 25600))),)


def update(sequence: int, ack: int = 0, flags: Flag = Flag.NONE) -> Packet:
    return Packet(Opcode.UPDATE, 100, NEWS, flags, sequence, ack)


def met() -> Neighbor:
    neighbor = Neighbor(PEER, 100, OWN, Sequence(), 15, 0.0)
    assert neighbor.begin(0.0) == [Send(replace(INIT, sequence=1))]
    neighbor.hello(HELLO, 0.0)
    return neighbor


def up() -> Neighbor:
    neighbor = met()
    neighbor.receive(replace(INIT, ack=1), 0.01)
    assert neighbor.state is State.UP
    return neighbor


def test_our_init_carries_the_acknowledgement_of_theirs() -> None:
    """Which is what FRR's eigrpd needs: it does not survive a bare acknowledgement of its INIT."""
    neighbor = met()
    assert neighbor.receive(INIT, 0.01) == [Send(replace(INIT, sequence=1, ack=50))]
    table = update(51, ack=1, flags=Flag.EOT)
    assert neighbor.receive(table, 0.02) == [
        CameUp(),
        Deliver(table),
        Send(Packet(Opcode.HELLO, 100, ack=51)),
    ]


def test_it_comes_up_when_both_inits_are_acknowledged() -> None:
    neighbor = met()
    assert neighbor.receive(replace(INIT, ack=1), 0.01)[0] == CameUp()


def test_nothing_is_taken_before_the_adjacency_stands() -> None:
    neighbor = met()
    assert neighbor.receive(update(51), 0.01) == []
    assert neighbor.state is State.PENDING


def test_one_packet_is_under_way_until_it_is_acknowledged() -> None:
    neighbor = up()
    first = neighbor.reliably(Packet(Opcode.UPDATE, 100, NEWS), 1.0)
    assert first == [Send(update(2, ack=50))]
    assert neighbor.reliably(Packet(Opcode.QUERY, 100, NEWS), 1.0) == []
    assert neighbor.queued == 2
    assert neighbor.receive(Packet(Opcode.HELLO, 100, ack=99), 1.1) == []
    assert neighbor.receive(Packet(Opcode.HELLO, 100, ack=2), 1.1) == [
        Send(Packet(Opcode.QUERY, 100, NEWS, sequence=3, ack=50))
    ]


def test_it_is_repeated_with_growing_patience_and_then_given_up() -> None:
    neighbor = up()
    neighbor.hold = 1000
    neighbor.reliably(Packet(Opcode.UPDATE, 100, NEWS), 1.0)
    times = []
    while True:
        now = neighbor.deadline()
        times.append(now)
        (output,) = neighbor.tick(now)
        if isinstance(output, WentDown):
            break
        assert output == Send(update(2, ack=50))
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert output.reason == "retry limit exceeded"
    assert len(times) == 16
    assert gaps == sorted(gaps)
    assert gaps[-1] == 5.0


def test_a_duplicate_is_acknowledged_again_but_delivered_once() -> None:
    neighbor = up()
    ack = Send(Packet(Opcode.HELLO, 100, ack=51))
    assert neighbor.receive(update(51), 1.0) == [Deliver(update(51)), ack]
    assert neighbor.receive(update(51), 1.1) == [ack]


def test_an_old_packet_is_dropped_and_numbers_wrap() -> None:
    neighbor = up()
    assert neighbor.receive(update(49), 1.0) == []
    wrapped = update(1)
    neighbor.last_received = 0xFFFFFFFF
    assert neighbor.receive(wrapped, 1.0)[0] == Deliver(wrapped)
    sequence = Sequence(0xFFFFFFFF)
    assert sequence.next() == 1


def test_two_packets_with_one_number_are_both_taken() -> None:
    """FRR's eigrpd numbers packets that it queues at once alike."""
    neighbor = up()
    query = replace(update(51), opcode=Opcode.QUERY)
    assert neighbor.receive(update(51), 1.0)[0] == Deliver(update(51))
    assert neighbor.receive(query, 1.0)[0] == Deliver(query)


@pytest.mark.parametrize(
    ("sequence", "at", "down"),
    [(50, 0.5, False), (50, 2.0, True), (7, 0.5, True), (7, 2.0, True)],
)
def test_an_init_out_of_turn(sequence: int, at: float, down: bool) -> None:  # noqa: FBT001 -- a column
    """A late duplicate is not answered; a restart is seen even if it counts from the same number."""
    neighbor = up()
    neighbor.receive(update(51), 0.1)
    outputs = neighbor.receive(replace(INIT, sequence=sequence), at)
    assert outputs == ([WentDown("peer restarted")] if down else [])


def test_an_init_whose_acknowledgement_was_lost_is_acknowledged_again() -> None:
    neighbor = up()
    assert neighbor.receive(INIT, 5.0) == [Send(Packet(Opcode.HELLO, 100, ack=50))]


def test_any_sign_of_life_counts_and_silence_ends_it() -> None:
    neighbor = up()
    neighbor.receive(Packet(Opcode.HELLO, 100, ack=1), 10.0)
    assert neighbor.tick(24.9) == []
    assert neighbor.tick(25.0) == [WentDown("holding time expired")]


def test_a_hello_may_shorten_the_hold_time_but_not_to_nothing() -> None:
    neighbor = up()
    neighbor.hello(replace(HELLO, tlvs=(Parameters(KValues(), 0),)), 1.0)
    assert neighbor.hold == 1


def test_peer_termination_means_only_whom_it_names() -> None:
    neighbor = up()
    other = (Parameters(KValues(), 15), PeerTermination(IPv4Address("10.0.0.9")))
    assert neighbor.hello(replace(HELLO, tlvs=other), 1.0) == []
    mine = (Parameters(KValues(), 15), PeerTermination(OWN))
    assert neighbor.hello(replace(HELLO, tlvs=mine), 1.0) == [WentDown("peer termination received")]


def test_conditional_receive() -> None:
    """Multicast with CR is for those whom the hello before did not name, and for that number only."""
    neighbor = up()
    conditional = update(60, flags=Flag.CR)
    assert neighbor.receive(conditional, 1.0) == []
    named = (Parameters(KValues(), 15), SequenceList((OWN,)), NextMulticast(60))
    neighbor.hello(replace(HELLO, tlvs=named), 1.0)
    assert neighbor.receive(conditional, 1.0) == []
    others = (Parameters(KValues(), 15), SequenceList((PEER.address,)), NextMulticast(60))
    neighbor.hello(replace(HELLO, tlvs=others), 1.0)
    assert neighbor.receive(conditional, 1.0)[0] == Deliver(conditional)


def test_the_round_trip_time_sets_the_pace() -> None:
    neighbor = up()
    neighbor.reliably(Packet(Opcode.UPDATE, 100, NEWS), 1.0)
    neighbor.receive(Packet(Opcode.HELLO, 100, ack=2), 1.5)
    assert neighbor.srtt == pytest.approx(0.01 + 0.2 * 0.49)
    assert neighbor.rto == pytest.approx(6 * 0.108)
