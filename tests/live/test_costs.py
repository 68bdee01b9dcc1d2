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


def test_the_cores_hops_count_where_they_should(lab: ProvenLab, igp: str) -> None:
    """Over p2 and p3 there, over p1 back; to pe2 by either, so that what dies on one way dies on both."""
    seen = {str(one.check.id): one.observed for one in lab.report().findings}
    needed = {"red1.red3": (4, 3), "red3.red1": (3, 2), "red1.red2": (4, 2)}
    if igp == "isis":  # there the lab has propagate-ttl: false
        needed = {"red1.red3": (2, 1), "red3.red1": (2, 1), "red1.red2": (2, 1)}
    for ends, (enough, too_few) in needed.items():
        assert seen[f"data.ttl.{ends}"] == f"TTL {enough} arrives, TTL {too_few} does not"


def test_a_node_that_counts_otherwise_is_named(lab: ProvenLab, igp: str) -> None:
    wrong = 1 if igp == "isis" else 0
    fault = Fault(
        "TTL propagation set by hand",
        dict.fromkeys(("pe1", "p2"), f"sysctl -qw net.mpls.ip_ttl_propagate={wrong}"),
        {"kernel.ttl-propagation.pe1": str(wrong), "kernel.ttl-propagation.p2": str(wrong)},
        blocks=("data.ttl.*red1*",),
    )
    lab.must_explain_and_be_repaired_of(fault)


def test_explicit_null_is_what_is_sent(lab: ProvenLab, igp: str) -> None:
    """The last P swaps to label 0, and the VPN label behind it comes in once more, by `lo` of the PE."""
    if igp != "isis":
        pytest.skip("this lab pops before the egress")
    wanted = "mpls 0 && mpls && icmp"
    catch = f"timeout 8 tcpdump -Qin -lnni eth2 -c 3 '{wanted}' 2>/dev/null | grep -c 'label 0' || true"
    ping = "sleep 2; ping -c 5 -i 0.2 -W 1 -I 172.16.1.1 172.16.3.1 >/dev/null"
    answers = lab.nodes.execute({"pe3": catch, "red1": ping})
    assert str(getattr(answers["pe3"], "text", "")).strip() == "3"


@pytest.mark.parametrize("igp", ["isis"], indirect=True)
def test_implicit_null_where_explicit_is_meant_is_named(lab: ProvenLab) -> None:
    lines = ("mpls ldp", "address-family ipv4", "no label local advertise explicit-null")
    fault = Fault(
        "a PE that asks for implicit null",
        {"pe3": vtysh(*lines)},
        {"ldp.null.pe3": "implicit-null"},
        blocks=("ldp.lsp.*", "ldp.equal-cost.*", "mpbgp.*", "vpn.*", "data.*"),
        others=0,
    )
    lab.must_explain_and_be_repaired_of(fault)


@pytest.mark.parametrize("igp", ["isis"], indirect=True)
def test_another_password_at_one_end_is_named(lab: ProvenLab) -> None:
    fault = Fault(
        "another password for a neighbour",
        {"p3": vtysh("mpls ldp", "neighbor 10.255.0.3 password Tulip-8")},
        {"ldp.authentication.p3.pe3": "by another password (MD5)"},
        blocks=("ldp.*", "mpbgp.*", "vpn.*", "data.*"),
        others=0,
    )
    lab.must_explain_and_be_repaired_of(fault)


def test_two_hops_and_three_share_the_flows(lab: ProvenLab) -> None:
    seen = {str(one.check.id): one.observed for one in lab.report().findings}
    assert seen["data.branches.red1.red2"].endswith(" flows arrived over 5 of 5 branches")
    assert seen["data.branches.red2.red1"].endswith(" flows arrived over 5 of 5 branches")


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


def test_a_way_that_is_left_out_though_costs_are_right_is_named(lab: ProvenLab, igp: str) -> None:
    if igp != "ospf":
        pytest.skip("isisd has no such line")
    fault = Fault(
        "no two paths of equal cost",
        {"pe1": vtysh("router ospf", "maximum-paths 1")},
        {
            "ldp.shortest-paths.pe1": "*missing: pe2 by p1 (eth1), p2 (eth2) at 30*",
            "ldp.equal-cost.pe1.pe2": "*missing: *",
        },
    )
    lab.must_explain_and_be_repaired_of(fault)
