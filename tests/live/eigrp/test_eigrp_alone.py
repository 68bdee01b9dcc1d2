"""Speakers among themselves: failover, external routes, authentication, reload, death."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.live.eigrp.bench import Bench

pytestmark = pytest.mark.live

LAN3 = "172.16.3.0/24"


def config(ports: dict[str, str], *lines: str) -> str:
    """Ports with the lines of their blocks, and lines of the router block."""
    text = "router eigrp 100\n" + "".join(f" {line}\n" for line in lines)
    for port, options in ports.items():
        text += f" interface {port}\n" + "".join(f"  {line}\n" for line in options.split("; ") if line)
        text += " exit\n"
    return text + "exit\n"


def ring(bench: Bench, size: int) -> None:
    """Routers r1..rN in a circle: right is the port to the next, left to the one before."""
    numbers = range(1, size + 1)
    for number in numbers:
        bench.node(f"r{number}")
    for number in numbers:
        after = number % size + 1
        bench.link(f"r{number}", f"r{after}", "right", "left", f"10.0.{number}")
        bench.lan(f"r{number}", "lan1", f"172.16.{number}.1/24")
    for number in numbers:
        bench.speaker(f"r{number}", config({"left": "", "right": "", "lan1": "passive"}))


def know(bench: Bench, nodes: Iterable[str], count: int) -> bool:
    return all(len(bench.show(node, "topology")["topology"]) == count for node in nodes)


def passive(bench: Bench, nodes: Iterable[str]) -> bool:
    return all(
        each["state"] == "passive" for node in nodes for each in bench.show(node, "topology")["topology"]
    )


def test_a_triangle_fails_over_and_gives_back(bench: Bench) -> None:
    ring(bench, 3)
    nodes = ("r1", "r2", "r3")
    bench.until(lambda: know(bench, nodes, 6), "all networks everywhere")
    bench.until_route("r1", f"E>* {LAN3} [90/30720] via 10.0.3.1, left")
    bench.run("ip -n r1 link set left down")
    bench.until_route("r1", f"E>* {LAN3} [90/33280] via 10.0.1.2, right", seconds=12)
    bench.until_ping("r1", "172.16.1.1", "172.16.3.1")
    bench.run("ip -n r1 link set left up")
    bench.until_route("r1", f"E>* {LAN3} [90/30720] via 10.0.3.1, left")
    bench.until(lambda: passive(bench, nodes), "at rest")


def test_a_square_has_two_equal_paths_and_survives_the_loss_of_one(bench: Bench) -> None:
    ring(bench, 4)
    nodes = ("r1", "r2", "r3", "r4")
    bench.until(lambda: know(bench, nodes, 8), "all networks everywhere")

    def hops() -> int:
        entries = bench.show("r1", "topology")["topology"]
        return next(int(each["successors"]) for each in entries if each["prefix"] == LAN3)

    bench.until(lambda: hops() == 2, "two successors")
    bench.until(
        lambda: bench.vtysh("r1", f"show ip route {LAN3}").count(", via ") == 2, "two next hops in the RIB"
    )
    bench.run("ip -n r3 link set left down")
    bench.until(lambda: hops() == 1, "one successor", 12)
    bench.until_ping("r1", "172.16.1.1", "172.16.3.1")
    bench.run("ip -n r3 link set right down")  # cut off
    bench.until(lambda: LAN3 not in bench.routes("r1"), "withdrawn", 12)
    bench.until(lambda: know(bench, ("r1", "r2", "r4"), 6) or passive(bench, nodes), "at rest", 12)
    assert all(LAN3 not in bench.routes(node) for node in ("r1", "r2", "r4"))


def pair(bench: Bench, first: str, second: str) -> None:
    bench.node("r1", "staticd")
    bench.node("r2")
    bench.link("r1", "r2", "eth1", "eth1", "10.0.12")
    bench.lan("r1", "lan1", "172.16.1.1/24")
    bench.lan("r2", "lan1", "172.16.2.1/24")
    bench.speaker("r1", first)
    bench.speaker("r2", second)


def test_external_routes_follow_their_source(bench: Bench) -> None:
    redistributing = config(
        {"eth1": ""}, "router-id 1.1.1.1", "redistribute connected", "redistribute static as 65001 tag 7"
    )
    pair(bench, redistributing, config({"eth1": ""}))
    bench.configure("r1", "ip route 192.0.2.0/24 blackhole")
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "the connected one")
    bench.until_route("r2", "E>* 192.0.2.0/24 [170/30720] via 10.0.12.1, eth1")
    assert "tag 7" in bench.vtysh("r2", "show ip route 192.0.2.0/24")
    entry = next(e for e in bench.show("r2", "topology")["topology"] if e["prefix"] == "192.0.2.0/24")
    assert entry["paths"][0]["external"] == {
        "router": "1.1.1.1", "as": 65001, "tag": 7, "metric": 0, "protocol": 3,
    }  # fmt: skip
    bench.configure("r1", "no ip route 192.0.2.0/24 blackhole")
    bench.until(lambda: "192.0.2.0/24" not in bench.routes("r2"), "withdrawn", 12)
    bench.run("ip -n r1 link set lan1 down")
    bench.until(lambda: not bench.routes("r2"), "withdrawn too", 12)


def test_authentication_must_agree_and_protects(bench: Bench) -> None:
    right = "authentication md5 1 hush"
    pair(bench, config({"eth1": right, "lan1": "passive"}), config({"eth1": "authentication md5 1 guess"}))
    bench.until(lambda: bench.show("r1", "neighbors")["refused"], "refused")
    (refused,) = bench.show("r1", "neighbors")["refused"]
    assert refused["reason"] == "authenticated with another secret"
    bench.write("r2", config({"eth1": right}))
    bench.signal("r2", "HUP")
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "route with the right secret")
    assert bench.show("r1", "neighbors")["refused"] == []


def test_a_reload_drops_nobody_whom_it_does_not_concern(bench: Bench) -> None:
    first = config({"eth1": "", "lan1": "passive"})
    pair(bench, first, config({"eth1": ""}))
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "route")
    bench.write("r1", config({"eth1": "delay 100", "lan1": "passive; delay 200"}, "redistribute static"))
    assert bench.ask("r1", "reload") == ""
    bench.until_route("r2", "E>* 172.16.1.0/24 [90/79360]", seconds=12)
    bench.write("r1", first + "rubbish\n")
    bench.signal("r1", "HUP")
    bench.until(lambda: "not reloaded: line 8: expected router eigrp" in bench.log("r1"), "refused", 12)
    assert "line 8: expected router eigrp" in bench.ask("r1", "reload")
    bench.write("r1", first)
    assert "a speaker already answers" in bench.ask("r1", "run --config /run/frr/r1/eigrp.conf")
    assert "down" not in bench.log("r1") + bench.log("r2")


def test_its_death_withdraws_its_routes_and_neighbours_notice(bench: Bench) -> None:
    quick = "hello-interval 1; hold-time 3"
    pair(bench, config({"eth1": quick, "lan1": "passive"}), config({"eth1": quick, "lan1": "passive"}))
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "route at r2")
    bench.until(lambda: "172.16.2.0/24" in bench.routes("r1"), "route at r1")
    bench.signal("r1", "KILL")
    bench.until(lambda: not bench.routes("r1"), "zebra removes the routes of the dead", 12)
    bench.until(lambda: not bench.routes("r2"), "the neighbour's hold time is over", 12)
    bench.speaker("r1", config({"eth1": quick, "lan1": "passive"}))
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "back")


def test_a_supervised_speaker_comes_back_by_itself(bench: Bench) -> None:
    pair(bench, config({"eth1": "", "lan1": "passive"}), config({"eth1": "", "lan1": "passive"}))
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "route")
    bench.signal("r1", "TERM")
    bench.until(lambda: not bench.routes("r2"), "gone with the goodbye", 12)
    bench.speaker("r1", config({"eth1": "", "lan1": "passive"}), "--supervised")
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "route of the supervised one")
    bench.run("kill -KILL $(pgrep -P $(cat /run/frr/r1/eigrp.pid))")
    bench.until(lambda: "started again" in bench.log("r1"), "its death is noticed")
    bench.until(lambda: "172.16.2.0/24" in bench.routes("r1"), "it has come back")
    bench.until(lambda: "peer restarted" in bench.log("r2"), "the neighbour has noticed")
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "all as before")
    bench.signal("r1", "TERM")
    bench.until(lambda: not bench.routes("r2"), "asked to end, it ends for good", 12)


def test_zebra_may_restart_under_it(bench: Bench) -> None:
    pair(bench, config({"eth1": "", "lan1": "passive"}), config({"eth1": "", "lan1": "passive"}))
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "route")
    bench.run("kill -KILL $(cat /run/frr/r2/zebra.pid)")
    bench.until(lambda: "zebra lost" in bench.log("r2"), "noticed")
    bench.run("ip netns exec r2 /usr/lib/frr/zebra -d -N r2 >/dev/null 2>&1")
    bench.until(lambda: "172.16.1.0/24" in bench.routes("r2"), "installed again")
    assert bench.show("r2", "neighbors")["neighbors"][0]["state"] == "up"
    assert "down" not in bench.log("r2")
