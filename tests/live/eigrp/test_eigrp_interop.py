"""The speaker and FRR's own eigrpd on one link.

What eigrpd cannot do (external routes, withdrawals, failover) is not asked of it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.live.eigrp.bench import Bench

pytestmark = pytest.mark.live

SPEAKER = """\
router eigrp 100
 interface eth1
 exit
 interface eth2
 exit
 interface lan1
  passive
 exit
exit
"""


def eigrpd(bench: Bench, node: str, port: str, *networks: str, asn: int = 100, extra: str = "") -> None:
    lines = "\n".join(f"network {network}" for network in networks)
    bench.configure(node, f"router eigrp {asn}\n{lines}\n{extra}\nexit\ninterface {port}\nexit")


def pair(bench: Bench) -> None:
    bench.node("r1")
    bench.node("r2", "eigrpd")
    bench.link("r1", "r2", "eth1", "eth1", "10.0.12")
    bench.lan("r1", "lan1", "172.16.1.1/24")
    bench.lan("r2", "lan1", "172.16.2.1/24")


def test_adjacency_and_internal_routes_both_ways(bench: Bench) -> None:
    pair(bench)
    eigrpd(bench, "r2", "eth1", "10.0.12.0/24", "172.16.2.0/24")
    bench.speaker("r1", SPEAKER)
    bench.until(lambda: bench.up("r1") == ["10.0.12.2"], "adjacency")
    bench.until_route("r1", "E>* 172.16.2.0/24 [90/30720] via 10.0.12.2, eth1")
    bench.until_route("r2", "E>* 172.16.1.0/24 [90/30720] via 10.0.12.1, eth1")
    bench.until_ping("r1", "172.16.1.1", "172.16.2.1")
    # Hellos keep it up beyond the hold time, and nothing is left unacknowledged.
    bench.until(lambda: bench.show("r1", "neighbors")["neighbors"][0]["uptime"] > 16, "20 s of peace")
    assert bench.show("r1", "neighbors")["neighbors"][0]["queue"] == 0
    assert "down" not in bench.log("r1")


def test_either_order_and_a_restart_of_eigrpd(bench: Bench) -> None:
    pair(bench)
    bench.speaker("r1", SPEAKER)
    eigrpd(bench, "r2", "eth1", "10.0.12.0/24", "172.16.2.0/24")
    bench.until(lambda: "172.16.2.0/24" in bench.routes("r1"), "route at the speaker")
    bench.run("kill -KILL $(cat /run/frr/r2/eigrpd.pid)")
    bench.run("ip netns exec r2 /usr/lib/frr/eigrpd -d -N r2 >/dev/null 2>&1")
    eigrpd(bench, "r2", "eth1", "10.0.12.0/24", "172.16.2.0/24")
    bench.until(lambda: "peer restarted" in bench.log("r1"), "the restart is noticed")
    bench.until(lambda: "172.16.2.0/24" in bench.routes("r1"), "route again at the speaker")
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "route again at eigrpd")


def test_a_network_that_is_gone_does_not_come_back_from_eigrpd(bench: Bench) -> None:
    """It keeps the route and answers our query with it: believing that would be a loop."""
    pair(bench)
    eigrpd(bench, "r2", "eth1", "10.0.12.0/24", "172.16.2.0/24")
    bench.speaker("r1", SPEAKER)
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "route at eigrpd")
    bench.run("ip -n r1 link set lan1 down")

    def known() -> list[str]:
        return [each["prefix"] for each in bench.show("r1", "topology")["topology"]]

    bench.until(lambda: "172.16.1.0/24" not in known(), "gone at the speaker", 12)
    assert "172.16.1.0/24" in bench.routes("r2"), "eigrpd has been fixed: the guard can go"
    assert set(bench.routes("r1")) == {"172.16.2.0/24"}


def test_it_is_transit_between_two_eigrpd(bench: Bench) -> None:
    pair(bench)
    bench.node("r3", "eigrpd")
    bench.link("r1", "r3", "eth2", "eth1", "10.0.13")
    bench.lan("r3", "lan1", "172.16.3.1/24")
    eigrpd(bench, "r2", "eth1", "10.0.12.0/24", "172.16.2.0/24")
    eigrpd(bench, "r3", "eth1", "10.0.13.0/24", "172.16.3.0/24")
    bench.speaker("r1", SPEAKER)
    bench.until_route("r2", "E>* 172.16.3.0/24 [90/33280] via 10.0.12.1")
    bench.until_route("r3", "E>* 172.16.2.0/24 [90/33280] via 10.0.13.1")
    bench.until_ping("r2", "172.16.2.1", "172.16.3.1")


def test_a_goodbye_ends_the_adjacency_at_eigrpd_at_once(bench: Bench) -> None:
    pair(bench)
    eigrpd(bench, "r2", "eth1", "10.0.12.0/24", "172.16.2.0/24")
    bench.speaker("r1", SPEAKER)
    bench.until(lambda: "172.16.2.0/24" in bench.routes("r1"), "route at the speaker")
    bench.signal("r1", "TERM")
    bench.until(lambda: "10.0.12.1" not in bench.vtysh("r2", "show ip eigrp neighbor"), "gone at r2", 12)
    bench.until(lambda: not bench.routes("r1"), "routes withdrawn", 12)


@pytest.mark.parametrize(
    ("asn", "extra", "reason"),
    [
        (200, "", "autonomous system 200 instead of 100"),
        (100, "metric weights 1 1 1 0 0", "K values 1 1 1 0 0 instead of 1 0 1 0 0"),
    ],
    ids=["AS", "K values"],
)
def test_a_mismatch_is_said_by_name(bench: Bench, asn: int, extra: str, reason: str) -> None:
    pair(bench)
    eigrpd(bench, "r2", "eth1", "10.0.12.0/24", asn=asn, extra=extra)
    bench.speaker("r1", SPEAKER)

    def reasons() -> list[str]:
        return [each["reason"] for each in bench.show("r1", "neighbors")["refused"]]

    bench.until(lambda: reasons() == [reason], "the refusal is shown")
    assert bench.up("r1") == []
    assert f"Packet of 10.0.12.2 (eth1) refused: {reason}" in bench.log("r1")
