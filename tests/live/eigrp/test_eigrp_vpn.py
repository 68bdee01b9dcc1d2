"""EIGRP across an MPLS VPN: CE1 - PE1 - P - PE2 - CE2, and a slow backdoor CE1 - CE2.

OSPF and LDP in the core, VPN-IPv4 between the PEs; the speaker on CEs and PEs. The cases follow each other in
one network, which each of them leaves as it found it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.live.eigrp.bench import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.hosts.guest import Guest

pytestmark = pytest.mark.live

LAN1, LAN2 = "172.16.1.0/24", "172.16.2.0/24"
ACROSS = "[90/33280]"
"""28160 at the CE that has it, 2560 for its link to the PE: the MED. The provider adds nothing; 2560 more."""
ROUND = "[90/284160]"
"""28160, and 256000 for the backdoor."""

CE = """\
router eigrp {asn}
 interface eth1
  hello-interval 1
  hold-time 3
 exit
 interface backdoor
  delay 1000
 exit
 interface lan1
  passive
 exit
exit
"""
PE = """\
router eigrp {asn} vrf red
 router-id 10.255.0.{number}
 redistribute connected
 redistribute vpn
 vpn bmp port 11019
 vpn route-target import 65000:1
 interface eth2
  hello-interval 1
  hold-time 3
  site-of-origin 65000:{number}
 exit
exit
"""
CORE = """
interface {port}
ip ospf network point-to-point
ip ospf hello-interval 1
ip ospf dead-interval 4
exit
"""
IGP = """
router ospf
ospf router-id {id}
network 10.0.0.0/8 area 0
exit
mpls ldp
router-id {id}
address-family ipv4
discovery transport-address {id}
{ports}
exit-address-family
exit
"""
BMP = """
bmp targets {target}
bmp stats interval 1000
bmp monitor ipv4 vpn post-policy
{connect}
exit
"""
CONNECT = "bmp connect 127.0.0.1 port 11019 min-retry 100 max-retry 1000"
SESSIONS = "".join(BMP.format(target=one, connect=CONNECT) for one in ("eigrp-red", "eigrp2-red"))
# FRR 8.4 imports VPN routes with distance 20, which would beat EIGRP's 90; the other releases with 200.
BGP = """
route-map FROM-VPN permit 10
set distance 199
exit
router bgp 65000
bgp router-id 10.255.0.{me}
no bgp default ipv4-unicast
neighbor 10.255.0.{far} remote-as 65000
neighbor 10.255.0.{far} update-source 10.255.0.{me}
neighbor 10.255.0.{far} timers connect 1
address-family ipv4 vpn
neighbor 10.255.0.{far} activate
neighbor 10.255.0.{far} send-community all
exit-address-family
{sessions}
exit
router bgp 65000 vrf red
bgp router-id 10.255.0.{me}
address-family ipv4 unicast
redistribute eigrp route-map EIGRP-red
redistribute connected
rd vpn export 65000:{me}
rt vpn both 65000:1
label vpn export auto
route-map vpn import FROM-VPN
export vpn
import vpn
exit-address-family
exit
"""
MAPPING = """
route-map EIGRP-red permit {entry}
match tag {tag}
set large-community 65000:{asn}:{external}
set extcommunity soo 65000:{site}
exit
"""


def mapping(site: int, asn: int) -> str:
    """The route map of a PE: the tags of its own site, and no other."""
    return "".join(
        MAPPING.format(entry=10 + external, tag=(site << 1) | external, asn=asn, external=external, site=site)
        for external in (0, 1)
    )


def core(bench: Bench) -> None:
    """P between the PEs, all with loopbacks, OSPF and LDP."""
    bench.node("p", "ospfd", "ldpd")
    for pe in ("pe1", "pe2"):
        bench.node(pe, "ospfd", "ldpd", "bgpd -M bmp")
    bench.link("p", "pe1", "eth1", "eth1", "10.1.1")
    bench.link("p", "pe2", "eth2", "eth1", "10.1.2")
    for node, last, ports in (("p", 3, ("eth1", "eth2")), ("pe1", 1, ("eth1",)), ("pe2", 2, ("eth1",))):
        loopback = f"10.255.0.{last}"
        inputs = " ".join(f"net.mpls.conf.{port}.input=1" for port in (*ports, "lo"))
        bench.run(
            f"ip -n {node} addr add {loopback}/32 dev lo; "
            f"ip netns exec {node} sysctl -q -w net.mpls.platform_labels=100000 {inputs}"
        )
        bench.configure(node, "".join(CORE.format(port=port) for port in ports))
        lines = "\n".join(f"interface {port}\nexit" for port in ports)
        bench.configure(node, IGP.format(id=loopback, ports=lines))


@pytest.fixture(scope="module")
def bench(guest: Guest) -> Iterator[Bench]:
    """The whole network, at rest."""
    made = Bench(guest)
    made.install()
    core(made)
    for number in (1, 2):
        ce, pe = f"ce{number}", f"pe{number}"
        made.node(ce)
        made.link(pe, ce, "eth2", "eth1", f"10.0.{number}")
        made.lan(ce, "lan1", f"172.16.{number}.1/24")
        made.vrf(pe, "red", 10, "eth2")
        made.configure(pe, mapping(number, 100) + BGP.format(me=number, far=3 - number, sessions=SESSIONS))
    made.link("ce1", "ce2", "backdoor", "backdoor", "10.0.12")
    for number in (1, 2):
        made.speaker(f"ce{number}", CE.format(asn=100))
        made.speaker(f"pe{number}", PE.format(asn=100, number=number))
    yield made
    made.clear()


def across(bench: Bench, metric: str = ACROSS) -> bool:
    """Both CEs use the VPN to the other's network."""
    return all(
        bench.routes(f"ce{near}").get(lan, "").startswith(f"E>* {lan} {metric} via 10.0.{near}.1, eth1")
        for near, lan in ((1, LAN2), (2, LAN1))
    )


def around(bench: Bench) -> bool:
    """Both CEs use the backdoor, and their PEs follow them."""
    return all(
        bench.routes(f"ce{near}").get(lan, "").startswith(f"E>* {lan} {ROUND} via 10.0.12.{far}, backdoor")
        and bench.routes(f"pe{near}", "red").get(lan, "").startswith(f"E>* {lan} [90/286720]")
        for near, far, lan in ((1, 2, LAN2), (2, 1, LAN1))
    )


def until_ping(bench: Bench, source: int, target: int, seconds: float = 30) -> None:
    bench.until_ping(f"ce{source}", f"172.16.{source}.1", f"172.16.{target}.1", seconds)


def entry(bench: Bench, node: str, prefix: str) -> dict[str, Any]:
    found = bench.show(node, "topology")["topology"]
    return next((each for each in found if each["prefix"] == prefix), {"paths": []})


def test_a_route_crosses_the_provider_as_internal_with_its_metric(bench: Bench) -> None:
    bench.until(lambda: across(bench), "the VPN in use both ways", 90)
    until_ping(bench, 1, 2, 60)  # LDP has labels too
    # The VPN's route stands alone in zebra, with labels.
    line = bench.vtysh("pe2", f"show ip route vrf red {LAN1}")
    assert 'Known via "bgp", distance' in line
    assert "eigrp" not in line
    assert "label" in line
    (best,) = entry(bench, "pe2", LAN1)["paths"]  # CE2 uses it, and so does not offer the backdoor
    assert (best["via"], best["distance"], best["successor"]) == ("VPNv4", 30720, True)
    assert best["vpn"] == {"nextHop": "10.255.0.1", "rd": "65000:1", "peer": "10.255.0.1"}
    assert (best["siteOfOrigin"], best["external"]) == ("65000:1", None)
    (shown,) = [each for each in bench.show("pe2", "vpn")["routes"] if each["prefix"] == LAN1]
    assert shown["med"] == 30720
    assert shown["origin"] == {"as": 100, "external": False}
    assert shown["inUse"]
    # The far site has the site of origin too, and the backdoor ready.
    best, backdoor = entry(bench, "ce2", LAN1)["paths"]
    assert (best["via"], best["siteOfOrigin"]) == ("10.0.2.1", "65000:1")
    assert (backdoor["via"], backdoor["feasible"], backdoor["siteOfOrigin"]) == ("10.0.12.1", True, None)


def test_the_backdoor_takes_over_and_gives_back(bench: Bench) -> None:
    bench.until(lambda: across(bench), "the VPN in use", 30)
    bench.run("ip -n p link set eth2 down")
    bench.until(lambda: around(bench), "the backdoor in use")
    until_ping(bench, 1, 2)
    assert "tag 4" in bench.vtysh("pe2", f"show ip route vrf red {LAN1}")
    bench.run("ip -n p link set eth2 up")
    bench.until(lambda: across(bench), "the VPN in use again", 60)
    bench.until(lambda: LAN1 not in bench.routes("pe2", "red"), "no EIGRP route beside it")
    until_ping(bench, 2, 1)  # LDP has labels again


def test_what_a_ce_withdraws_vanishes_everywhere(bench: Bench) -> None:
    bench.until(lambda: across(bench), "the VPN in use", 30)
    bench.run("ip -n ce1 link set lan1 down")

    def known() -> list[str]:
        return [node for node in ("ce1", "pe1", "pe2", "ce2") if entry(bench, node, LAN1)["paths"]]

    def vpn() -> str:
        return bench.vtysh("pe2", "show bgp ipv4 vpn") + bench.vtysh("pe1", "show bgp ipv4 vpn")

    bench.until(lambda: not known() and "172.16.1.0" not in vpn(), "gone from EIGRP and BGP", 15)
    active = [
        each for node in ("ce1", "pe1", "pe2", "ce2") for each in bench.show(node, "topology")["topology"]
    ]
    assert all(each["state"] == "passive" for each in active)
    bench.run("ip -n ce1 link set lan1 up")
    bench.until(lambda: across(bench), "back")


def test_the_session_with_bgpd_may_break(bench: Bench) -> None:
    bench.until(lambda: across(bench), "the VPN in use", 30)

    def configure(target: str, connect: str) -> None:
        bench.configure("pe2", f"router bgp 65000\n{BMP.format(target=target, connect=connect)}")

    configure("eigrp2-red", f"no {CONNECT}")
    bench.until(lambda: "session lost" in bench.log("pe2"), "noticed")
    assert across(bench)  # by the other
    configure("eigrp-red", f"no {CONNECT}")
    bench.until(lambda: ROUND in bench.routes("ce2").get(LAN1, ""), "nothing of the VPN known at PE2")
    configure("eigrp-red", CONNECT)
    bench.until(lambda: across(bench), "all sent again")
    configure("eigrp2-red", CONNECT)
    standing = bench.show("pe2", "vpn")["bmp"]["standing"]
    assert standing.startswith("connected, FRRouting ")


def test_another_as_is_external_and_a_wrong_tag_stays_at_home(bench: Bench) -> None:
    """Now the right half has AS 200, so the backdoor no longer has two ends of one AS."""
    bench.until(lambda: across(bench), "the VPN in use", 30)
    bench.configure("pe2", mapping(2, 200))
    bench.write("ce2", CE.format(asn=200))
    bench.write("pe2", PE.format(asn=200, number=2))
    for node in ("ce2", "pe2"):
        assert bench.ask(node, "reload") == ""
    bench.until(lambda: across(bench, "[170/33280]"), "external routes both ways")
    assert entry(bench, "ce1", LAN2)["paths"][0]["external"] == {
        "router": "10.255.0.1", "as": 200, "tag": 0, "metric": 30720, "protocol": 2,
    }  # fmt: skip
    until_ping(bench, 1, 2)
    # A tag that the route map does not know is exported by nobody.
    bench.write("pe2", PE.format(asn=200, number=2).replace("origin 65000:2", "origin 65000:7"))
    assert bench.ask("pe2", "reload") == ""
    bench.until(lambda: LAN2 not in bench.routes("ce1"), "not exported")
    assert json.loads(bench.text("pe1", "vpn json"))["processes"][0]["bmp"]["port"] == 11019
