from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from random import Random

from eigrp.authentication import Key
from eigrp.dual import Kind
from eigrp.effects import Install, Note, Remove, Transmit
from eigrp.metric import KValues
from eigrp.origins import Offer
from eigrp.packet import Opcode, decode
from eigrp.process import Process
from eigrp.settings import InterfaceSettings, ProcessSettings, Redistribution
from eigrp.tlv import RouteTlv
from tests.eigrp.wire_model import Network, Weather, changed, settings

EXTERNAL = IPv4Network("192.0.2.0/24")


def pair(weather: Weather = Weather()) -> Network:  # noqa: B008 -- frozen
    net = Network(Random(1), weather)
    net.router(0, settings(0, {1: 10}))
    net.router(1, settings(1, {0: 10}))
    net.connect(0, 1)
    net.run(1)
    net.settled()
    return net


def offered(net: Network, rule: Redistribution, offer: Offer | None) -> None:
    process = net.routers[0]
    process.reconfigure(replace(process.settings, redistribute={"bgp": rule}), net.now)
    process.offer("bgp", EXTERNAL, offer, net.now)
    net.run(1)


def test_what_a_router_installs() -> None:
    net = pair()
    assert net.routers[0].installed == {
        IPv4Network("172.16.1.0/24"): Install(
            IPv4Network("172.16.1.0/24"), (("to1", IPv4Address("10.0.1.2")),), 30720, 90, 0
        )
    }


def test_an_external_route_keeps_its_origin_and_is_withdrawn_as_such() -> None:
    net = pair()
    kinds: list[tuple[int, int]] = []

    def tap(me: int, sent: Transmit) -> None:
        packet = decode(sent.data)
        if me == 0:
            kinds.extend(
                (int(packet.opcode), tlv.type)
                for tlv in packet.tlvs
                if isinstance(tlv, RouteTlv) and tlv.prefix == EXTERNAL
            )

    net.taps.append(tap)
    offered(net, Redistribution(asn=65001, tag=7), Offer(33280, 0))
    far = net.routers[1].table.entry(EXTERNAL).reported
    assert far is not None
    assert far.external is not None
    assert (far.external.router, far.external.asn, far.external.tag) == (IPv4Address(1), 65001, 7)
    assert (far.external.metric, far.external.protocol) == (33280, 9)
    assert net.routers[1].installed[EXTERNAL].distance == 170
    assert net.routers[1].installed[EXTERNAL].metric == 33280 + 2560
    offered(net, Redistribution(asn=65001, tag=7), None)
    assert EXTERNAL not in net.routers[1].installed
    assert EXTERNAL not in net.routers[0].table.entries
    # The far router then says as much of its own, so the query is the last word of this one.
    assert kinds == [(Opcode.UPDATE, RouteTlv.EXTERNAL), (Opcode.QUERY, RouteTlv.EXTERNAL)]


def test_the_same_as_internal_route() -> None:
    net = pair()
    offered(net, Redistribution(internal=True), Offer(33280, 0))
    installed = net.routers[1].installed[EXTERNAL]
    assert (installed.distance, installed.metric) == (90, 33280 + 2560)


def test_internal_wins_over_external_whatever_the_metric() -> None:
    net = pair()
    lan = IPv4Network("172.16.1.0/24")
    process = net.routers[0]
    process.reconfigure(replace(process.settings, redistribute={"bgp": Redistribution()}), net.now)
    process.offer("bgp", lan, Offer(1, 0), net.now)
    net.run(1)
    assert process.installed[lan].distance == 90


def test_a_route_of_our_own_that_comes_back_is_not_believed() -> None:
    net = pair()
    offered(net, Redistribution(), Offer(100, 0))
    twin = net.routers[1]
    twin.reconfigure(replace(twin.settings, router_id=IPv4Address(1)), net.now)
    route = net.routers[0].table.entry(EXTERNAL).reported
    assert route is not None
    assert twin.table.entry(EXTERNAL).paths  # learnt before
    net.routers[0].table.learn(EXTERNAL, Kind.UPDATE, next(iter(net.routers[0].table.peers)), None, net.now)
    net.cut(0, 1)
    net.connect(0, 1)
    net.run(2)
    assert not twin.table.entry(EXTERNAL).paths


def test_a_goodbye_is_taken_at_once() -> None:
    net = pair()
    net.routers[1].shut_down(net.now)
    net.run(0.1)
    assert "r0 Neighbor 10.0.1.2 (to1) is down: goodbye received" in net.log[-1]
    assert net.routers[0].installed == {}


def test_shutting_down_removes_all_routes() -> None:
    net = pair()
    process = net.routers[0]
    process.shut_down(net.now)
    assert Remove(IPv4Network("172.16.1.0/24")) in process.outputs


def test_a_worse_and_a_better_metric_are_followed() -> None:
    net = pair()
    lan = IPv4Network("172.16.1.0/24")
    for delay, metric in ((1000, 30720 + 990 * 256), (10, 30720)):
        process = net.routers[1]
        process.reconfigure(changed(process, "lan", delay=delay), net.now)
        net.run(0.5)
        assert net.routers[0].installed[lan].metric == metric
    assert not any("down" in line for line in net.log)


def test_new_k_values_restart_the_adjacency_and_mismatch_is_said() -> None:
    net = pair()
    process = net.routers[1]
    process.reconfigure(replace(process.settings, k=KValues(1, 1, 1)), net.now)
    net.run(10)
    assert not net.routers[0].table.peers
    (complaint,) = net.routers[0].complaints.known.values()
    assert complaint.reason == "K values 1 1 1 0 0 instead of 1 0 1 0 0"
    net.routers[0].reconfigure(replace(net.routers[0].settings, k=KValues(1, 1, 1)), net.now)
    net.run(10)
    assert net.routers[0].table.peers
    assert not net.routers[0].complaints.known


def test_authenticated_routers_meet_and_recorded_packets_are_useless() -> None:
    net = Network(Random(1))
    key = Key(1, b"hush")
    recorded: list[bytes] = []
    net.taps.append(lambda me, sent: recorded.append(sent.data) if me == 1 else None)
    for me, other in ((0, 1), (1, 0)):
        process = net.router(me, settings(me, {other: 10}))
        process.reconfigure(changed(process, f"to{other}", key=key), net.now)
    net.connect(0, 1)
    net.run(5)
    net.settled()
    net.routers[1].shut_down(net.now)  # its goodbye is recorded too
    net.run(5)
    net.routers[1] = Process(net.routers[1].settings, epoch=1_000_000, first_sequence=1000)
    for link in (net.link(1, 0),):
        net.routers[1].link_is(link, net.now)
    net.run(10)
    assert len(net.routers[0].table.peers) == 1
    lines = len(net.log)
    for data in recorded[:20]:
        net.routers[0].receive("to1", net.address(1, 0), data, net.now)
    net.run(1)
    assert not any("down" in line for line in net.log[lines:])
    assert any("replayed" in line for line in net.log[lines:])


def test_who_does_not_answer_a_query_is_asked_why_and_then_given_up() -> None:
    """Three routers in a row; the last one falls silent after it has acknowledged the query."""
    net = Network(Random(1))
    net.router(0, replace(settings(0, {1: 10}), active_time=10))
    net.router(1, settings(1, {0: 10}))
    net.connect(0, 1)
    net.run(1)
    asked: list[Opcode] = []
    net.taps.append(lambda me, sent: asked.append(decode(sent.data).opcode) if me == 0 else None)
    deaf = net.routers[1]
    deaf._receive = lambda *_: None  # type: ignore[method-assign]  # it hears, and says nothing
    deaf._explain = lambda *_: None  # type: ignore[method-assign]
    net.routers[0].link_gone("lan", net.now)
    net.run(9)
    entry = net.routers[0].table.entry(IPv4Network("172.16.0.0/24"))
    assert entry.active
    net.run(9)
    assert Opcode.SIA_QUERY in asked
    net.run(4)
    assert any("stuck in active: no reply for 172.16.0.0/24" in line for line in net.log)
    assert not net.routers[0].table.entry(IPv4Network("172.16.0.0/24")).active


def test_who_still_waits_for_others_is_given_time() -> None:
    """0 - 1 - 2: router 2 does not answer, so router 1 cannot, and says so when 0 asks."""
    net = Network(Random(1))
    net.router(0, replace(settings(0, {1: 10}), active_time=4))
    net.router(1, replace(settings(1, {0: 10, 2: 10}), active_time=4))
    net.router(2, settings(2, {1: 10}))
    net.connect(0, 1)
    net.connect(1, 2)
    net.run(1)
    net.routers[2]._receive = lambda *_: None  # type: ignore[method-assign]
    net.routers[2]._explain = lambda *_: None  # type: ignore[method-assign]
    net.routers[0].link_gone("lan", net.now)
    net.run(7)
    assert not any("stuck" in line for line in net.log)
    net.run(60)
    assert [line for line in net.log if "stuck" in line]
    assert all("r1 Neighbor 10.1.2.2 (to2)" in line for line in net.log if "stuck" in line)
    assert not net.routers[0].table.activity


def test_a_stock_eigrpd_is_reported_of_internal_routes_only() -> None:
    """It would leave queries for external ones unanswered (FRR 10.3 eigrp_query.c)."""
    net = pair()
    process = net.routers[0]
    (neighbor,) = process.circuits["to1"].neighbors.values()
    frr = replace(neighbor.peer, eigrpd=True)
    process.table.peers = {frr}
    sent: list[Transmit] = []
    net.taps.append(lambda me, packet: sent.append(packet) if me == 0 else None)
    offered(net, Redistribution(), Offer(100, 0))
    process.offer("bgp", EXTERNAL, None, net.now)
    net.run(1)
    tlvs = [tlv for packet in sent for tlv in decode(packet.data).tlvs if isinstance(tlv, RouteTlv)]
    assert tlvs == []


def test_passive_interfaces_are_announced_and_silent() -> None:
    process = Process(ProcessSettings(100, interfaces={"to1": InterfaceSettings(passive=True)}), epoch=0)
    net = Network(Random(1))
    process.link_is(net.link(0, 1), 0.0)
    assert [output for output in process.outputs if not isinstance(output, Note)] == []
    assert IPv4Network("10.0.1.0/30") in process.table.entries
    assert process.deadline() == float("inf")
