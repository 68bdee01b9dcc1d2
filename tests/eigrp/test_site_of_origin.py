"""Site of origin between speakers: marked, kept, refused, and not sent where it comes from."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from random import Random
from typing import TYPE_CHECKING

import pytest

from eigrp.bmp import Initiation, Monitoring, Nlri, VpnPath
from eigrp.community import Community
from eigrp.dual import HERE_PEER
from eigrp.origins import Offer
from eigrp.packet import decode, encode
from eigrp.packing import packed
from eigrp.settings import Redistribution, VpnSettings
from eigrp.show import answer
from eigrp.tlv import RouteTlv, SiteTlv
from tests.eigrp.wire_model import Network, changed, settings

if TYPE_CHECKING:
    from eigrp.effects import Transmit

RED, ONE, TWO = (Community.parse(text) for text in ("65000:1", "65000:11", "65000:12"))
FAR = IPv4Network("198.51.100.0/24")
PE2 = IPv4Address("10.255.0.2")
LAN0, LAN2, LAN3 = (IPv4Network(f"172.16.{number}.0/24") for number in (0, 2, 3))
TAG = 0xD000FDE8
PATH = VpnPath(Nlri("65000:2", FAR), PE2, 17, 30720, frozenset({RED}), TWO, ((65000, 100, 0),))


def row(site_0: Community | None = ONE, site_2: Community | None = TWO) -> Network:
    """CE 0 - PE 1 - CE 2; the PE has a site on either side, and a VPN."""
    net = Network(Random(1))
    net.router(0, settings(0, {1: 10}))
    plain = settings(1, {0: 10, 2: 10})
    vpn = VpnSettings(11019, frozenset({RED}), redistribute=True)
    net.router(1, replace(plain, vpn=vpn))
    for interface, site in (("to0", site_0), ("to2", site_2)):
        process = net.routers[1]
        process.reconfigure(changed(process, interface, site=site), net.now)
    net.router(2, settings(2, {1: 10}))
    net.connect(0, 1)
    net.connect(1, 2)
    net.run(1)
    return net


def on_message(net: Network, *paths: VpnPath, reachable: bool = True) -> None:
    process = net.routers[1]
    process.receive_vpn(Monitoring(str(PE2), paths), net.now)
    process.vpn_changed(process.vpn.reach(frozenset({PE2}), frozenset({PE2} if reachable else ())), net.now)
    net.run(1)


def site_at(net: Network, router: int, prefix: IPv4Network) -> Community | None:
    reported = net.routers[router].table.entry(prefix).reported
    assert reported is not None
    return reported.site


def test_what_a_pe_receives_is_marked_and_the_mark_travels() -> None:
    net = row()
    assert site_at(net, 0, LAN0) is None
    assert site_at(net, 1, LAN0) == ONE
    assert site_at(net, 2, LAN0) == ONE
    assert net.routers[1].installed[LAN0].tag == 22
    assert net.routers[2].installed[LAN0].tag == 0  # a CE has no use for it


def test_nothing_is_asked_to_the_site_that_it_comes_from() -> None:
    net = row(ONE, ONE)
    assert LAN0 not in net.routers[2].table.entries
    on_message(net, replace(PATH, site=ONE))
    assert FAR not in net.routers[0].table.entries
    on_message(net, PATH)
    assert site_at(net, 0, FAR) == site_at(net, 2, FAR) == TWO


def test_a_route_of_the_site_is_refused_at_its_door() -> None:
    """CE 2 leads to the same site by a backdoor, and there the filter is on its own interface."""
    net = row(ONE, None)
    far = net.routers[2]
    far.reconfigure(changed(far, "to1", site=ONE), net.now)
    net.run(6)
    assert net.routers[2].table.peers
    assert LAN0 not in net.routers[2].table.entries
    assert not net.routers[2].complaints.known


def test_another_site_restarts_the_adjacency_and_nothing_else_does() -> None:
    net = row()
    process = net.routers[1]
    lines = len(net.log)
    wider = replace(process.settings.vpn, imports=frozenset({RED, ONE}))
    process.reconfigure(replace(process.settings, vpn=wider), net.now)
    net.run(1)
    assert net.log[lines:] == []
    process.reconfigure(changed(process, "to0", site=TWO), net.now)
    net.run(6)
    down = [line for line in net.log[lines:] if "r1" in line and "down" in line]
    assert len(down) == 1
    assert "10.0.1.1 (to0) is down: configuration changed" in down[0]
    assert site_at(net, 1, LAN0) == TWO


def test_the_vpn_route_is_announced_and_not_installed() -> None:
    net = row()
    on_message(net, PATH)
    assert FAR not in net.routers[1].installed
    assert net.routers[0].installed[FAR].metric == 30720 + 2560
    assert net.routers[0].installed[FAR].distance == 90
    assert FAR not in net.routers[2].table.entries  # that is its site
    on_message(net, PATH, reachable=False)
    assert FAR not in net.routers[0].table.entries


@pytest.mark.parametrize(("med", "wins"), [(30719, False), (30720, True), (30721, True)])
def test_a_neighbour_that_is_as_near_wins(med: int, *, wins: bool) -> None:
    """LAN 2 is at 30720 from the PE."""
    net = row()
    on_message(net, replace(PATH, nlri=Nlri("65000:2", LAN2), med=med, site=None))
    assert (LAN2 in net.routers[1].installed) == wins
    assert (HERE_PEER in net.routers[1].table.entry(LAN2).next_hops()) != wins


@pytest.mark.parametrize("more", [0, 1])
def test_so_it_does_when_the_draw_is_farther_than_what_was_before(more: int) -> None:
    """It is not feasible then: the VPN's route must not stand in the way of asking."""
    net = row()
    farther = 30720 + 990 * 256
    on_message(net, replace(PATH, nlri=Nlri("65000:2", LAN2), med=farther + more, site=None))
    process = net.routers[2]
    process.reconfigure(changed(process, "lan", delay=1000), net.now)
    net.run(1)
    assert net.routers[1].installed[LAN2].metric == farther
    assert not net.routers[1].table.activity


def test_internal_neighbours_win_over_external_vpn_routes_and_own_subnets_over_all() -> None:
    net = row()
    other = ((65000, 200, 0),)
    own = IPv4Network("172.16.1.0/24")
    on_message(net, *(replace(PATH, nlri=Nlri("65000:2", each), med=1, large=other) for each in (LAN2, own)))
    assert LAN2 in net.routers[1].installed
    assert net.routers[1].carried(own) is None
    text = answer("show eigrp topology", [net.routers[1]], "", net.now)
    assert "     s via Connected (28160/0), lan\n" in text
    assert f"     f via VPNv4 ({PE2}, RD 65000:2) (1/0) E AS 200 tag 0 by 0.0.0.2 SoO 65000:12\n" in text


def test_a_route_of_the_vpn_goes_before_what_zebra_has_of_bgp() -> None:
    net = row()
    process = net.routers[1]
    process.reconfigure(replace(process.settings, redistribute={"bgp": Redistribution(asn=65001)}), net.now)
    other = IPv4Network("203.0.113.0/24")
    for prefix in (FAR, other):
        process.offer("bgp", prefix, Offer(1, 0), net.now)
    on_message(net, PATH)
    assert net.routers[0].installed[FAR].distance == 90
    assert other not in net.routers[0].installed  # it may be the VPN's, of a site that nobody has sent
    process.receive_vpn(Initiation("FRRouting"), net.now)
    net.run(1)
    assert net.routers[0].installed[other].distance == 170
    on_message(net, PATH, reachable=False)
    assert FAR not in net.routers[0].installed
    process.end_vpn(0, "lost", net.now)
    net.run(1)
    assert other not in net.routers[0].installed


def test_eigrpd_is_spared_the_mark_and_many_routes_fit_their_packets() -> None:
    net = row()
    sent: list[Transmit] = []
    net.taps.append(lambda me, packet: sent.append(packet) if me == 1 else None)
    many = [IPv4Network(((198 << 24) + (18 << 16) + number, 32)) for number in range(200)]
    on_message(net, *(replace(PATH, nlri=Nlri("65000:2", each)) for each in many))
    tlvs = [tlv for packet in sent for tlv in decode(packet.data).tlvs]
    assert sum(isinstance(tlv, SiteTlv) for tlv in tlvs) == 200
    assert max(len(packet.data) for packet in sent) <= 1480
    routes = [RouteTlv(each, net.routers[1].table.entry(each).reported) for each in many]  # type: ignore[arg-type]  # it is there
    chunks = packed(1500, routes, sites=False)
    assert not any(isinstance(tlv, SiteTlv) for chunk in chunks for tlv in chunk)


def test_the_mark_on_the_wire() -> None:
    net = row()
    sent: list[bytes] = []
    net.taps.append(lambda me, packet: sent.append(packet.data) if me == 1 else None)
    on_message(net, PATH)
    wanted = bytes.fromhex("0104 0014 18c63364 0000 0008 0003fde80000000c")
    assert any(wanted in data for data in sent)
    assert encode(decode(sent[0])) == sent[0]


def test_show_vpn() -> None:
    net = row()
    plain = replace(PATH, nlri=Nlri("65000:9", FAR), site=None, large=(), med=None, label=0)
    on_message(net, PATH, plain)
    text = answer("show eigrp vpn", [net.routers[1]], "", net.now).splitlines()
    assert text[1] == "EIGRP VPN routes for AS(100) VRF(default), BMP port 11019: not connected yet"
    assert [line.split() for line in text[6:]] == [
        ["*I", str(FAR), "65000:2", str(PE2), "30720", "17", "AS", "100", "int", "65000:12"],
        ["E", str(FAR), "65000:9", str(PE2), "-", "-", "BGP", "-"],
    ]
    assert "no BMP port" in answer("show eigrp vpn", [net.routers[0]], "", net.now)
    line = answer("show eigrp topology", [net.routers[1]], "", net.now).split(str(FAR))[1].splitlines()[1]
    assert line == f"     s via VPNv4 ({PE2}, RD 65000:2) (30720/0) SoO 65000:12"
    assert "SoO 65000:11" in answer("show eigrp interfaces", [net.routers[1]], "", net.now)


def test_another_sites_mark_is_no_leave_to_export_though_that_site_is_here_too() -> None:
    """Site 2 is at the PE and, by another PE that 3 stands for, its route comes back from site 0."""
    net = Network(Random(1))
    net.router(0, settings(0, {1: 10, 3: 10}))
    net.router(1, replace(settings(1, {0: 10, 2: 10}), vpn=VpnSettings(11019, frozenset({RED}))))
    net.router(3, settings(3, {0: 10}))
    for number, interface, site in ((0, "to3", TWO), (1, "to0", ONE), (1, "to2", TWO)):
        process = net.routers[number]
        process.reconfigure(changed(process, interface, site=site), net.now)
    net.connect(0, 1)
    net.connect(0, 3)
    net.run(1)
    assert site_at(net, 1, LAN3) == TWO
    assert net.routers[1].installed[LAN3].tag == 0
    assert net.routers[1].installed[LAN0].tag == ONE.number << 1


def test_what_a_pe_brought_in_from_another_protocol_stays_with_the_pe_that_receives_it() -> None:
    net = row()
    ours = replace(net.routers[1].settings.vpn, tag=TAG)
    net.routers[1].reconfigure(replace(net.routers[1].settings, vpn=ours), net.now)
    process = net.routers[0]
    for source, tag in (("static", TAG), ("ospf", TAG + 1)):
        rules = {**process.settings.redistribute, source: Redistribution(tag=tag)}
        process.reconfigure(replace(process.settings, redistribute=rules), net.now)
    process.offer("static", FAR, Offer(0, 0), net.now)
    process.offer("ospf", LAN3, Offer(20, 0), net.now)
    net.run(1)
    assert (site_at(net, 1, FAR), net.routers[1].installed[FAR].tag) == (None, 1)
    assert (site_at(net, 1, LAN3), net.routers[1].installed[LAN3].tag) == (ONE, ONE.number << 1 | 1)
    assert FAR in net.routers[2].installed
