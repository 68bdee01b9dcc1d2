"""Costs of core links: packets take the cheapest way, not the one with the fewest hops.

RFC 2328 16.1 and RFC 5305 3: a path costs the sum of what its nodes count for the ports that it leaves by.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.labs import COSTS, costs_by_isis
from tests.live.fault import Fault, vtysh
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = [pytest.mark.live, pytest.mark.slow]

IGPS = ("ospf", "isis")
LINES = {"ospf": "ip ospf cost", "isis": "isis metric"}


@pytest.fixture(scope="module", params=IGPS)
def igp(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def lab(igp: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    folder = COSTS if igp == "ospf" else costs_by_isis(tmp_path_factory.mktemp("labs") / "wide")
    with proven(str(folder), Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def seen_on(lab: ProvenLab, port: str, source: str, destination: str) -> int:
    """How many of five packets from red1 or red3 are seen behind labels as they come in at a port."""
    node, name = port.split(":")
    ce = {"172.16.1.1": "red1", "172.16.3.1": "red3"}[source]
    wanted = f"mpls && mpls && src {source} && icmp[icmptype] = icmp-echo"
    catch = f"timeout 8 tcpdump -Qin -lnni {name} '{wanted}' 2>/dev/null | grep -c 'echo request' || true"
    ping = f"sleep 2; ping -c 5 -i 0.2 -W 1 -I {source} {destination} >/dev/null"
    answers = lab.nodes.execute({node: catch, ce: ping})
    return int(re.findall(r"\d+", str(getattr(answers[node], "text", "")))[-1])


def test_packets_take_three_hops_that_cost_less_than_two(lab: ProvenLab) -> None:
    assert seen_on(lab, "p3:eth1", "172.16.1.1", "172.16.3.1") == 5


def test_and_come_back_by_two_that_cost_less_than_three(lab: ProvenLab) -> None:
    assert seen_on(lab, "p1:eth3", "172.16.3.1", "172.16.1.1") == 5


def test_two_hops_and_three_share_the_flows(lab: ProvenLab) -> None:
    seen = {str(one.check.id): one.observed for one in lab.report().findings}
    assert seen["data.branches.red1.red2"] == "23 of 23 flows arrived over 5 of 5 branches"
    assert seen["data.branches.red2.red1"] == "23 of 23 flows arrived over 5 of 5 branches"


@pytest.mark.parametrize("lost", ["p2-p3", "p1-pe2", "p3"])
def test_what_is_left_takes_the_next_cheapest_ways(lab: ProvenLab, lost: str) -> None:
    with lab.failed(lost) as state:
        assert lab.wrong(state) == []
    assert lab.wrong() == []


def test_the_nearest_of_two_pes_changes_with_the_paths_to_them(lab: ProvenLab) -> None:
    nearest = "vpn.nearest-exit.pe1.red.172.16.9.0/24"
    seen = {str(one.check.id): one.observed for one in lab.report().findings}
    assert seen[nearest] == "next hop 10.255.0.2 at 30"
    with lab.failed("pe1-p1", "p3-pe2") as state:
        left = {str(one.check.id): one.observed for one in lab.report(state).findings}
        assert left[nearest] == "next hop 10.255.0.3 at 40"
        assert lab.wrong(state) == []
    assert lab.wrong() == []


def test_a_cost_that_somebody_set_is_named_and_what_follows_is_not(lab: ProvenLab, igp: str) -> None:
    fault = Fault(
        "a cost at one end of a link",
        {"p3": vtysh("interface eth1", f"{LINES[igp]} 77")},
        {"igp.cost.p3.eth1": "cost 77"},
        blocks=("ldp.shortest-paths.*", "ldp.equal-cost.*", "vpn.nearest-exit.*"),
        others=0,
    )
    lab.must_explain_and_be_repaired_of(fault)


def test_a_static_route_past_the_costs_is_named(lab: ProvenLab) -> None:
    """Costs are right, and one node does not follow them: LDP still labels the way that it takes."""
    fault = Fault(
        "a static route to a loopback",
        {"pe1": vtysh("ip route 10.255.0.3/32 10.0.0.1 eth1")},
        {"igp.loopback.pe1.pe3": "*by static via*"},
        blocks=("ldp.*", "mpbgp.*", "vpn.*", "data.*"),
    )
    lab.must_explain_and_be_repaired_of(fault)
