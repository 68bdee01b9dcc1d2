"""A neighbour that means harm: the process neither raises nor wedges, and honest neighbours do not suffer."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from random import Random
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from eigrp.metric import GOODBYE, KValues, VectorMetric
from eigrp.packet import Flag, Opcode, Packet, decode, encode, with_checksum
from eigrp.tlv import External, Parameters, Route, RouteTlv
from tests.eigrp.strategies import PACKET, PREFIX, ROUTE
from tests.eigrp.wire_model import Network, settings
from tests.trying import tries

if TYPE_CHECKING:
    import pytest

    from eigrp.effects import Transmit

HELLO = Packet(Opcode.HELLO, 100, (Parameters(KValues(), 15),))
STRANGER = IPv4Address("10.0.2.2")


def network() -> Network:
    """0 - 1 are honest; 0 has a link to 2, where the stranger is."""
    net = Network(Random(1))
    net.router(0, settings(0, {1: 10, 2: 10}))
    net.router(1, settings(1, {0: 10}))
    net.connect(0, 1)
    net.routers[0].link_is(net.link(0, 2), 0.0)
    net.run(1)
    return net


class Stranger:
    """Speaks EIGRP well enough to become a neighbour, then sends what it likes."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.sequence = 1000
        self.received: list[Packet] = []
        net.taps.append(self._listen)

    def _listen(self, me: int, sent: Transmit) -> None:
        if me == 0 and sent.interface == "to2":
            self.received.append(decode(sent.data))

    def raw(self, data: bytes) -> None:
        self.net.routers[0].receive("to2", STRANGER, data, self.net.now)
        self.net._collect(0)

    def send(self, packet: Packet) -> None:
        self.raw(encode(packet))

    def reliably(self, packet: Packet) -> None:
        self.sequence += 1
        self.send(replace(packet, asn=100, vrid=0, sequence=self.sequence, ack=self.last()))
        self.acknowledge()

    def last(self) -> int:
        return max((packet.sequence for packet in self.received), default=0)

    def acknowledge(self) -> None:
        before = -1
        while before != self.last():
            before = self.last()
            self.send(Packet(Opcode.HELLO, 100, ack=before))

    def befriend(self) -> None:
        self.send(HELLO)
        self.reliably(Packet(Opcode.UPDATE, 100, flags=Flag.INIT))
        assert any(peer.address == STRANGER for peer in self.net.routers[0].table.peers)


def unharmed(net: Network) -> None:
    """The honest neighbour is still there and knows the way."""
    assert any(peer.interface == "to1" for peer in net.routers[0].table.peers)
    assert IPv4Network("172.16.0.0/24") in net.routers[1].installed
    assert IPv4Network("172.16.1.0/24") in net.routers[0].installed


@given(data=st.lists(st.binary(max_size=120), max_size=20))
def test_noise(data: list[bytes]) -> None:
    net = network()
    stranger = Stranger(net)
    for each in data:
        stranger.raw(each)
        stranger.raw(with_checksum(b"\2" + each.ljust(19, b"\0")))
    net.run(1)
    unharmed(net)


@given(packets=st.lists(PACKET, max_size=20))
def test_packets_of_a_stranger(packets: list[Packet]) -> None:
    net = network()
    stranger = Stranger(net)
    for packet in packets:
        stranger.send(replace(packet, asn=100, vrid=0))
        net.run(0.1)
    net.run(30)
    assert any(peer.interface == "to1" for peer in net.routers[0].table.peers)


ROUTES = st.lists(st.builds(RouteTlv, PREFIX | st.just(IPv4Network("172.16.1.0/24")), ROUTE), max_size=5)
KINDS = st.sampled_from([Opcode.UPDATE, Opcode.QUERY, Opcode.REPLY, Opcode.SIA_QUERY, Opcode.SIA_REPLY])
SESSION = st.lists(
    st.builds(Packet, KINDS, st.just(100), ROUTES.map(tuple), st.integers(0, 15).map(Flag)), max_size=20
)


@given(packets=SESSION, seconds=st.lists(st.floats(0, 20), max_size=20))
@tries(0.3)
def test_a_neighbour_that_says_anything(packets: list[Packet], seconds: list[float]) -> None:
    net = network()
    stranger = Stranger(net)
    stranger.befriend()
    for number, packet in enumerate(packets):
        stranger.reliably(packet)
        stranger.send(HELLO)
        net.run(seconds[number] if number < len(seconds) else 0.1)
    net.run(400)  # whatever it left active must have been given up
    for process in net.routers.values():
        assert not process.table.activity
    assert any(peer.interface == "to1" for peer in net.routers[0].table.peers)
    unharmed(net)


def test_reasons_for_refusal() -> None:
    net = network()
    stranger = Stranger(net)
    good = encode(HELLO)
    stranger.raw(good[:-1])
    stranger.raw(good[:-1] + b"\x01")
    stranger.send(replace(HELLO, asn=7))
    stranger.send(replace(HELLO, vrid=9))
    stranger.send(replace(HELLO, tlvs=(Parameters(KValues(0, 0, 1), 15),)))
    stranger.send(replace(HELLO, tlvs=()))
    net.routers[0].receive("to2", IPv4Address("192.0.2.66"), good, net.now)
    reasons = [complaint.reason for complaint in net.routers[0].complaints.known.values()]
    assert reasons == [
        "bad checksum",
        "autonomous system 7 instead of 100",
        "virtual router 9 instead of 0",
        "K values 0 0 1 0 0 instead of 1 0 1 0 0",
        "hello without parameters",
        "not in a subnet of to2",
    ]
    assert len(net.routers[0].table.peers) == 1


def test_a_flood_of_bad_packets_is_counted_and_logged_once() -> None:
    net = network()
    stranger = Stranger(net)
    for _ in range(1000):
        stranger.send(replace(HELLO, asn=7))
    (complaint,) = net.routers[0].complaints.known.values()
    assert complaint.count == 1000
    assert sum("refused" in line for line in net.log) == 1


def test_a_flood_of_neighbours_and_of_reasons_is_bounded() -> None:
    net = network()
    process = net.routers[0]
    wide = replace(net.link(0, 2), addresses=(IPv4Interface("10.9.0.1/16"),))
    process.link_is(wide, net.now)
    for number in range(2000):
        source = IPv4Address("10.9.1.0") + number
        process.receive("to2", source, encode(HELLO), net.now)
        process.receive("to2", source, encode(replace(HELLO, asn=number)), net.now)
    assert len(process.circuits["to2"].neighbors) == 256
    assert len(process.complaints.known) <= 64
    process.outputs.clear()
    net.run(30)  # their hold times pass
    assert not process.circuits["to2"].neighbors
    unharmed(net)


def test_a_flood_of_destinations_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = 500
    monkeypatch.setattr("eigrp.process._MOST_DESTINATIONS", limit)
    net = network()
    stranger = Stranger(net)
    stranger.befriend()
    process = net.routers[0]
    metric = VectorMetric(256, 25600)
    for number in range(limit // 25 + 5):
        base = (10 << 24) + (200 << 16) + number * 25
        tlvs = tuple(RouteTlv(IPv4Network((base + at, 32)), Route(metric)) for at in range(25))
        process.table.outbox.clear()  # the honest neighbour is not the point here
        stranger.sequence += 1
        packet = Packet(Opcode.UPDATE, 100, tlvs, sequence=stranger.sequence)
        neighbor = process.circuits["to2"].neighbors[STRANGER]
        process._learn(process.circuits["to2"], neighbor, packet, net.now)
    assert len(process.table.entries) == limit
    assert "more than 500 destinations" in {each.reason for each in process.complaints.known.values()}


def test_a_replay_changes_nothing() -> None:
    net = network()
    stranger = Stranger(net)
    stranger.befriend()
    prefix = IPv4Network("198.51.100.0/24")
    tlv = RouteTlv(prefix, Route(VectorMetric(256, 25600)))
    stranger.reliably(Packet(Opcode.UPDATE, 100, (tlv,)))
    first = stranger.sequence
    gone = replace(tlv, route=Route(VectorMetric(0xFFFFFFFF, 0)))
    stranger.reliably(Packet(Opcode.UPDATE, 100, (gone,)))
    stranger.send(Packet(Opcode.UPDATE, 100, (tlv,), sequence=first))
    assert prefix not in net.routers[0].installed


def test_routes_that_nobody_may_announce() -> None:
    net = network()
    stranger = Stranger(net)
    stranger.befriend()
    metric = VectorMetric(256, 25600)
    own = External(IPv4Address(1))  # router id of router 0
    stranger.reliably(
        Packet(
            Opcode.UPDATE,
            100,
            (
                RouteTlv(IPv4Network("127.0.0.0/8"), Route(metric)),
                RouteTlv(IPv4Network("224.0.0.0/4"), Route(metric)),
                RouteTlv(IPv4Network("198.51.100.0/24"), Route(metric, own)),
                RouteTlv(IPv4Network("0.0.0.0/0"), Route(metric)),
            ),
        )
    )
    learnt = {prefix for prefix, route in net.routers[0].installed.items() if route.hops[0][0] == "to2"}
    assert learnt == {IPv4Network("0.0.0.0/0")}


def test_a_goodbye_ends_only_its_sender() -> None:
    net = network()
    stranger = Stranger(net)
    stranger.befriend()
    stranger.send(replace(HELLO, tlvs=(Parameters(GOODBYE, 15),)))
    assert not any(peer.address == STRANGER for peer in net.routers[0].table.peers)
    unharmed(net)
