"""The journey of a route through every lab, and where it is said to be lost."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pytest
from rich.console import Console

from orchestrator.protocols.registry import effective_lab
from orchestrator.verification.journey.stage import Journey, Passage, Stage
from orchestrator.verification.journey.trace import trace, ways_of
from orchestrator.verification.report.journey import journey_to_json, journey_to_text
from parsers.eigrp import EIGRP
from tests.unit.verification.fake_network import FakeNetwork, by_the_intent
from tests.unit.verification.scene import Edit
from tests.unit.verification.shipped import LABS, converged, shipped

# But where ASBRs swap labels: made-up output has none, and live tests follow those.
EVERY = sorted({path.parent.name for path in LABS.glob("*/vpn.yml")} - {"inter-as-b", "inter-as-c"})

VPNV4, PEERS, RIB = "show bgp ipv4 vpn", "show bgp vrf all summary", "show ip route vrf all"
CONFIG, LFIB, KERNEL = "show running-config bgpd", "ip -M route", "ip route show table all"


@dataclass(frozen=True)
class Traced:
    """A lab that has converged, but for some edits of what its nodes say."""

    name: str
    edits: tuple[Edit, ...] = ()
    unreachable: frozenset[str] = field(default_factory=frozenset)

    def journey(self, site: str, prefix: str, to: str | None = None) -> Journey:
        lab, nodes = shipped(self.name), converged(self.name)

        def says(_: int, node: str, command: str) -> str:
            text = nodes.says(node, command)
            for edit in self.edits:
                if (edit.node, edit.command) == (node, command):
                    text = edit.apply(text)
            return text

        network = FakeNetwork(says, by_the_intent(lab), self.unreachable)
        sites = {one.name: one for one in lab.sites}
        ways = ways_of(lab, sites[site], IPv4Network(prefix), sites[to] if to else None)
        found = trace(network, lab, sites[site], IPv4Network(prefix), ways)
        assert len(network.looks) == 1
        return found


def lost(journey: Journey) -> Stage:
    """The stage where the route of the only way is lost."""
    (way,) = journey.ways
    assert [stage.passage for stage in way.stages[:-1]] == [Passage.PASSED] * (len(way.stages) - 1)
    assert way.stages[-1].passage is not Passage.PASSED
    return way.stages[-1]


@pytest.mark.parametrize("name", EVERY)
def test_every_route_of_every_lab_gets_everywhere(name: str) -> None:
    lab = shipped(name)
    exchanges = effective_lab(lab).exchanges
    for site in (one for one in lab.sites if all(map(exchanges, one.attachments))):
        for prefix in site.prefixes:
            found = Traced(name).journey(site.name, str(prefix))
            assert found.ways
            trouble = [(way.end.receiver.node, way.stages[-1]) for way in found.ways if not way.complete]
            assert trouble == []


def test_each_stage_shows_the_lines_that_prove_it() -> None:
    (way,) = Traced("two-vpns").journey("red1", "172.16.1.0/24").ways
    assert all(stage.evidence for stage in way.stages)
    assert all(
        "172.16.1.0/24" in line or line
        for stage in way.stages
        for one in stage.evidence
        for line in one.lines
    )
    exported = next(stage for stage in way.stages if "exports" in stage.title)
    assert "RD 10.255.0.1:1, RT 65000:1, label " in exported.seen
    (switched,) = (stage for stage in way.stages if "labels lead" in stage.title)
    assert [one.node for one in switched.evidence] == ["p2", "p1", "pe1"]


def test_to_one_site_alone_and_over_the_reflector() -> None:
    (way,) = Traced("extranet").journey("dns", "192.168.53.0/24", to="blue2").ways
    assert [stage.node for stage in way.stages if stage.title.startswith("VPNv4")] == ["rr1", "pe3"]


def test_between_spokes_it_is_imported_twice() -> None:
    (way,) = Traced("hub-and-spoke").journey("spoke1", "172.16.1.0/24", to="spoke2").ways
    tables = [f"{leg.receiver.node}:{leg.receiver.vrf}" for leg in way.legs]
    assert tables == ["pe2:spoke1", "pe1:hub-in", "hub:", "pe1:hub-out", "pe2:spoke2", "spoke2:"]


def test_a_default_route_leads_to_the_prefix() -> None:
    (way,) = Traced("static").journey("ce2", "172.16.2.0/24", to="ce1").ways
    assert str(way.end.prefix) == "0.0.0.0/0"


OWN_ROUTE = "show bgp vrf red ipv4 unicast"
SENT = "show bgp vrf red ipv4 unicast neighbors 10.1.0.6 advertised-routes"
LACKS = (" *>  172.16.1.0/24 ", " *>  172.17.1.0/24 ")
LOOPBACK = "O>* 10.255.0.1/32 [110/20] via 10.0.0.4, eth1,"
DOWN = ("00:00:28            3        3", "00:00:28       Active        0")


@pytest.mark.parametrize(
    ("edits", "node", "title", "why"),
    [
        pytest.param(
            (Edit("red1", RIB, "C>* 172.16.1.0/24 is", "C>* 172.17.1.0/24 is"),),
            "red1",
            "the prefix is its own",
            "no interface of red1 that is up has an address in 172.16.1.0/24",
            id="its LAN is down",
        ),
        pytest.param(
            (Edit("red1", "show bgp ipv4 unicast", *LACKS),),
            "red1",
            "BGP originates it",
            "BGP of red1 has no path of its own to 172.16.1.0/24: no `network 172.16.1.0/24`",
            id="not originated",
        ),
        pytest.param(
            (
                Edit(
                    "pe1",
                    PEERS,
                    f"65101        17        17        7    0    0 {DOWN[0]}",
                    f"65101 17 17 7 0 0 {DOWN[1]}",
                ),
            ),
            "pe1",
            "BGP session with red1",
            "the session is down: AS 65101 Active on pe1, AS 65000 Established on red1",
            id="session down",
        ),
        pytest.param(
            (Edit("pe1", OWN_ROUTE, *LACKS),),
            "pe1",
            "takes it from red1",
            "red1 sends it, and pe1 refuses it: an inbound policy, or a loop",
            id="refused by the PE",
        ),
        pytest.param(
            (Edit("pe2", PEERS, *DOWN), Edit("pe2", VPNV4, " *>i 172.16.1.0/24 ", " *>i 172.17.1.0/24 ")),
            "pe2",
            "VPNv4 from pe1",
            "the VPNv4 session of pe2 with pe1 is not up: AS 65000 Active",
            id="VPNv4 session down",
        ),
        pytest.param(
            (Edit("pe2", CONFIG, "vpn both 65000:1", "vpn import 65000:9\n  rt vpn export 65000:1"),),
            "pe2",
            "VRF red imports it",
            "it carries RT 65000:1, and VRF red imports 65000:9: no VRF of pe2 takes it",
            id="RT not imported",
        ),
        pytest.param(
            (
                Edit("pe2", CONFIG, "vpn both 65000:1", "vpn import 65000:9\n  rt vpn export 65000:1"),
                Edit("pe2", CONFIG, "vpn both 65000:2", "vpn import 65000:1\n  rt vpn export 65000:2"),
            ),
            "pe2",
            "VRF red imports it",
            "it carries RT 65000:1, and VRF red imports 65000:9: only VRF blue of pe2 takes it",
            id="RT imported by another VRF",
        ),
        pytest.param(
            (Edit("pe2", OWN_ROUTE, *LACKS),),
            "pe2",
            "VRF red imports it",
            "VRF red imports RT 65000:1, and its table lacks the route: FRR has lost the import (FRR issue "
            "22239; a push repairs it), or a `route-map vpn import` denies it",
            id="import lost",
        ),
        pytest.param(
            (
                Edit("pe2", OWN_ROUTE, " *>  172.16.1.0/24 ", "     172.16.1.0/24 "),
                Edit("pe2", RIB, f"{LOOPBACK} label 36,", LOOPBACK),
            ),
            "pe2",
            "VRF red imports it",
            "its next hop 10.255.0.1 has no LSP: the route to it has no label (ospf via 10.0.0.4 eth1)",
            id="next hop without LSP",
        ),
        pytest.param(
            (Edit("pe2", KERNEL, "172.16.1.0/24 encap", "172.17.1.0/24 encap"),),
            "pe2",
            "VRF red forwards by it",
            "the kernel's table 1001 does not have it",
            id="not in the kernel",
        ),
        pytest.param(
            (Edit("p2", LFIB, "36 as to 26", "99 as to 26"),),
            "p2",
            "the labels lead to VRF red of pe1",
            "pe2 sends it with label 36/380, dropped at p2: the kernel of p2 has no label 36",
            id="no such label on the way",
        ),
        pytest.param(
            (Edit("pe2", SENT, *LACKS),),
            "pe2",
            "sends it to red2",
            "an outbound policy of pe2 towards red2 keeps it back",
            id="kept back by the PE",
        ),
        pytest.param(
            (Edit("red2", "show bgp ipv4 unicast", *LACKS),),
            "red2",
            "takes it from pe2",
            "pe2 sends it, and red2 refuses it: an inbound policy, or a loop",
            id="refused by the CE",
        ),
        pytest.param(
            (
                Edit(
                    "red2",
                    RIB,
                    "B>* 172.16.1.0/24 [20/0] via 10.1.0.5",
                    "B>* 172.16.1.0/24 [20/0] via 10.1.0.9",
                ),
            ),
            "red2",
            "red2 uses it",
            "red2 prefers another route: bgp via 10.1.0.9 eth1",
            id="another route preferred",
        ),
    ],
)
def test_where_and_why_it_is_lost(edits: tuple[Edit, ...], node: str, title: str, why: str) -> None:
    stage = lost(Traced("two-vpns", edits).journey("red1", "172.16.1.0/24"))
    assert (stage.node, stage.title) == (node, title)
    assert stage.why == why
    assert stage.more.startswith("l3vpn exec two-vpns ")


def test_the_backdoor_is_named_where_it_is_preferred() -> None:
    better = " *>  172.16.1.0/24    10.2.0.1                 0    100      0 i\n *   172.16.1.0/24 "
    edit = Edit("ce2", "show bgp ipv4 unicast", LACKS[0], better)
    counted = Edit("ce2", "show bgp ipv4 unicast", "routes and 5 total", "routes and 6 total")
    stage = lost(Traced("bgp-backdoor", (edit, counted)).journey("ce1", "172.16.1.0/24", to="ce2"))
    assert stage.why.startswith("ce2 prefers the backdoor from ce1: ")


def test_the_site_of_origin_is_named_where_it_keeps_a_route_back() -> None:
    edits = (
        Edit("pe2", "show bgp vrf red ipv4 unicast neighbors 10.1.0.6 advertised-routes", *LACKS),
        Edit("pe2", VPNV4, "EC{65000:1 65000:10000}", "EC{65000:1 65000:10001}"),
    )
    stage = lost(Traced("bgp-backdoor", edits).journey("ce1", "172.16.1.0/24", to="ce2"))
    assert stage.why == "it carries the site of origin 65000:10001, which is ce2's own: it came from there"


def test_a_node_that_does_not_answer_is_no_loss() -> None:
    shown = Traced("two-vpns", unreachable=frozenset({"pe2"}))
    stage = lost(shown.journey("red1", "172.16.1.0/24"))
    assert (stage.node, stage.passage) == ("pe2", Passage.UNKNOWN)
    assert stage.why == "pe2 does not answer: no SSH at 198.18.7.9"


def test_ospf_without_adjacency() -> None:
    edit = Edit("pe1", "show ip ospf vrf all neighbor", "Full/-", "ExStart/-")
    edits = (edit,) * 2  # the core's, and the customer's
    stage = lost(Traced("ospf", edits).journey("ce1", "172.16.1.0/24", to="ce2"))
    assert stage.title == "OSPF adjacency with ce1"
    assert "ExStart (area, timers, network type, MTU and authentication must agree)" in stage.why


def test_eigrp_without_adjacency() -> None:
    shown = Traced("eigrp-same-as").journey("ce1", "172.16.1.0/24", to="ce2")
    titles = [stage.title for stage in shown.ways[0].stages]
    assert {"EIGRP announces it", "EIGRP adjacency with ce1", "has it in its topology from pe2"} <= set(
        titles
    )
    command = EIGRP.text
    row = next(
        line for line in converged("eigrp-same-as").says("pe1", command).splitlines() if line.endswith(" up")
    )
    stage = lost(
        Traced("eigrp-same-as", (Edit("pe1", command, row, f"{row.removesuffix('up')}pending"),)).journey(
            "ce1", "172.16.1.0/24", to="ce2"
        )
    )
    assert (stage.node, stage.title) == ("pe1", "EIGRP adjacency with ce1")
    assert "not adjacent on eth2: pending" in stage.why


def test_asked_to_people_and_programs() -> None:
    good = Traced("extranet").journey("red1", "172.16.1.0/24")
    seen = _seen(good)
    assert "stages as above" in seen
    assert seen.rstrip().endswith("complete: 172.16.1.0/24 is at red2, dns")
    bad = Traced("two-vpns", (Edit("red2", "show bgp ipv4 unicast", *LACKS),)).journey(
        "red1", "172.16.1.0/24"
    )
    assert "lost at red2: pe2 sends it, and red2 refuses it" in _seen(bad)
    shown = json.loads(journey_to_json(bad))
    assert (shown["complete"], shown["ways"][0]["stages"][-1]["passage"]) == (False, "lost")


def _seen(journey: Journey) -> str:
    out = io.StringIO()
    Console(file=out, width=130).print(journey_to_text(journey))
    return out.getvalue()


def test_a_packet_without_its_transport_label_is_for_the_label_protocol_to_explain() -> None:
    """To a P without segment routing FRR sends the VPN label alone, which says nothing to it."""
    way = "172.16.2.0/24 table 1001 proto bgp metric 20 \n\tnexthop  encap mpls  16102/180 via 10.0.0.1"
    edit = Edit("pe1", KERNEL, way, way.replace("16102/180", "180"))
    stage = lost(Traced("sr-core", (edit,)).journey("red2", "172.16.2.0/24"))
    assert stage.why.endswith(
        "the transport label is gone too early: no segment routing between p1 and the next node towards pe2"
    )
    assert stage.more.endswith("vtysh -c 'show mpls table'")
