from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import IPv4Network
from random import Random

import pytest

from eigrp.metric import KValues
from eigrp.origins import Offer
from eigrp.packet import Opcode, Packet, encode
from eigrp.settings import Redistribution
from eigrp.show import answer
from eigrp.tlv import Parameters
from tests.eigrp.wire_model import Network, settings


@pytest.fixture
def network() -> Network:
    """0 between 1 and 2, with a BGP route."""
    net = Network(Random(1))
    net.router(0, replace(settings(0, {1: 10, 2: 10}), redistribute={"bgp": Redistribution(asn=65001)}))
    net.router(1, settings(1, {0: 10, 2: 50}))
    net.router(2, settings(2, {0: 10, 1: 50}))
    for link in ((0, 1), (0, 2), (1, 2)):
        net.connect(*link)
    net.routers[0].offer("bgp", IPv4Network("192.0.2.0/24"), Offer(33280, 7), net.now)
    net.run(3)
    return net


def ask(net: Network, router: int, words: str) -> str:
    return answer(f"show eigrp {words}", [net.routers[router]], "connected, FRRouting 10.3", net.now)


def test_neighbors(network: Network) -> None:
    text = ask(network, 0, "neighbors").splitlines()
    assert text[1] == "EIGRP neighbors for AS(100) VRF(default)"
    assert text[5].split()[:3] == ["0", "10.0.1.2", "to1"]
    assert text[5].split()[4] == "00:00:02"
    assert text[6].split()[-1] == "up"


def test_a_refused_packet_is_shown(network: Network) -> None:
    packet = Packet(Opcode.HELLO, 7, (Parameters(KValues(), 15),))
    network.routers[0].receive("to1", network.address(1, 0), encode(packet), network.now)
    last = ask(network, 0, "neighbors").splitlines()[-1]
    assert last == "Refused: 10.0.1.2 (to1): autonomous system 7 instead of 100, 1 times, 0 s ago"


def test_topology(network: Network) -> None:
    text = ask(network, 1, "topology")
    assert text.startswith("\nEIGRP Topology Table for AS(100)/ID(0.0.0.2) VRF(default)\n")
    assert "P  172.16.1.0/24, 1 successors, FD is 28160\n     s via Connected (28160/0), lan\n" in text
    assert (
        "P  192.0.2.0/24, 1 successors, FD is 35840\n"
        "     s via 10.0.1.1 (35840/33280), to0 E AS 65001 tag 7 by 0.0.0.1\n"
    ) in text
    assert (
        "P  172.16.2.0/24, 1 successors, FD is 33280\n"
        "     s via 10.0.1.1 (33280/30720), to0\n"
        "     f via 10.1.2.2 (40960/28160), to2\n"
    ) in text


def test_interfaces(network: Network) -> None:
    lines = ask(network, 0, "interfaces").splitlines()
    assert lines[4].split() == ["to1", "up", "10.0.1.1/30", "100000", "10", "1", "5", "15"]
    assert lines[6].split() == ["lan", "up", "172.16.0.1/24", "100000", "10", "0", "5", "15", "passive"]


def test_redistribute(network: Network) -> None:
    assert ask(network, 0, "redistribute") == (
        "\nEIGRP redistribution for AS(100) VRF(default), zebra: connected, FRRouting 10.3\n\n"
        "bgp as external, AS 65001\n"
        "     192.0.2.0/24 metric 33280 tag 7, announced with 33280\n"
    )


@pytest.mark.parametrize("what", ["neighbors", "topology", "interfaces", "redistribute"])
def test_json_says_whose_it_is(network: Network, what: str) -> None:
    (process,) = json.loads(ask(network, 0, f"{what} json"))["processes"]
    assert (process["as"], process["vrf"], process["routerId"]) == (100, "default", "0.0.0.1")
    assert process["kValues"] == [1, 0, 1, 0, 0]


@pytest.mark.parametrize(
    "words", ["", "nonsense", "neighbors now", "neighbors vrf", "json", "neighbors json x"]
)
def test_what_is_not_known_gets_the_usage(network: Network, words: str) -> None:
    assert ask(network, 0, words).startswith("% usage: show eigrp neighbors|topology|")


def test_another_vrf(network: Network) -> None:
    assert ask(network, 0, "topology vrf red") == "% EIGRP does not run in VRF red\n"
    assert json.loads(ask(network, 0, "topology vrf red json")) == {"processes": []}
    assert ask(network, 0, "topology vrf all") == ask(network, 0, "topology")
