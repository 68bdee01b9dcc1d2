"""EIGRP and BGP in a VRF, both ways: CE - PE (VRF red) - another BGP speaker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.live.eigrp.bench import Bench

pytestmark = pytest.mark.live

CE = """\
router eigrp 100
 interface eth1
 exit
 interface lan1
  passive
 exit
exit
"""
PE = """\
router eigrp 100 vrf red
 router-id 10.0.1.2
 redistribute bgp {rule}
 interface eth1
 exit
exit
"""


def network(bench: Bench, rule: str) -> None:
    bench.node("ce")
    bench.node("pe", "bgpd")
    bench.node("far", "bgpd")
    bench.link("ce", "pe", "eth1", "eth1", "10.0.1")
    bench.link("pe", "far", "eth2", "eth1", "10.0.2")
    bench.lan("ce", "lan1", "172.16.1.1/24")
    bench.lan("far", "lan1", "172.16.2.1/24")
    bench.vrf("pe", "red", 10, "eth1", "eth2")
    bench.configure(
        "pe",
        """
        router bgp 65000 vrf red
        bgp router-id 10.0.2.1
        no bgp ebgp-requires-policy
        neighbor 10.0.2.2 remote-as 65001
        neighbor 10.0.2.2 timers connect 1
        address-family ipv4 unicast
        redistribute eigrp
        exit-address-family
        exit
        """,
    )
    bench.configure(
        "far",
        """
        route-map med permit 10
        set metric 33280
        exit
        router bgp 65001
        bgp router-id 10.0.2.2
        no bgp ebgp-requires-policy
        neighbor 10.0.2.1 remote-as 65000
        neighbor 10.0.2.1 timers connect 1
        address-family ipv4 unicast
        network 172.16.2.0/24 route-map med
        exit-address-family
        exit
        """,
    )
    bench.speaker("ce", CE)
    bench.speaker("pe", PE.format(rule=rule))


def test_eigrp_reaches_bgp_with_its_metric_as_med(bench: Bench) -> None:
    network(bench, "")
    bench.until_route("pe", "E>* 172.16.1.0/24 [90/30720] via 10.0.1.1, eth1", "red")
    bench.until(
        lambda: "30720" in bench.vtysh("far", "show bgp ipv4 unicast 172.16.1.0/24"), "MED at the far side"
    )
    bench.run("ip -n ce link set lan1 down")
    bench.until(
        lambda: "Network not in table" in bench.vtysh("far", "show bgp ipv4 unicast 172.16.1.0/24"),
        "withdrawn from BGP",
    )


def test_bgp_reaches_eigrp_with_the_metric_rebuilt_from_the_med(bench: Bench) -> None:
    network(bench, "internal")
    # 33280 from the MED, 2560 for the link.
    bench.until_route("ce", "E>* 172.16.2.0/24 [90/35840] via 10.0.1.2, eth1")
    bench.until_ping("ce", "172.16.1.1", "172.16.2.1")
    (source,) = bench.show("pe", "redistribute")["sources"]
    assert source["routes"][0]["prefix"] == "172.16.2.0/24"
    assert source["routes"][0]["metric"] == source["routes"][0]["announcedMetric"] == 33280
    bench.configure("far", "route-map med permit 10\nset metric 40000\nexit")
    bench.vtysh("far", "clear bgp * soft")
    bench.until_route("ce", "E>* 172.16.2.0/24 [90/42560]")
    bench.run("kill -KILL $(cat /run/frr/far/bgpd.pid); ip -n far link set eth1 down")
    bench.until(lambda: "172.16.2.0/24" not in bench.routes("ce"), "withdrawn", 20)


def test_a_vrf_may_come_later_than_the_speaker(bench: Bench) -> None:
    bench.node("ce")
    bench.node("pe")
    bench.link("ce", "pe", "eth1", "eth1", "10.0.1")
    bench.lan("ce", "lan1", "172.16.1.1/24")
    bench.speaker("ce", CE)
    bench.speaker("pe", PE.format(rule=""))
    bench.vrf("pe", "red", 10, "eth1")
    bench.until(lambda: "172.16.1.0/24" in bench.routes("pe", "red"), "E route in the VRF")
    bench.run("ip -n pe link del red")
    bench.until(lambda: bench.up("ce") == [], "the neighbour is gone with it")
    bench.vrf("pe", "red", 10, "eth1")
    bench.until(lambda: "172.16.1.0/24" in bench.routes("pe", "red"), "again")


def test_as_external_it_has_distance_170_and_says_where_it_came_from(bench: Bench) -> None:
    network(bench, "as 65001")
    bench.until_route("ce", "E>* 172.16.2.0/24 [170/35840] via 10.0.1.2, eth1")
    topology = bench.show("ce", "topology")["topology"]
    entry = next(each for each in topology if each["prefix"] == "172.16.2.0/24")
    external = entry["paths"][0]["external"]
    assert (external["router"], external["as"], external["protocol"]) == ("10.0.1.2", 65001, 9)
    assert external["metric"] == 33280
