"""A lab as IPv6 sees it: what is derived, what is expected, and what the probe program makes of ICMPv6."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_interface
from typing import Final

from orchestrator.core.mpbgp.vpn_routes import bgp_next_hop
from orchestrator.model.family import Family, contains, mapped, overlap, written
from orchestrator.model.lab import InterfaceKind
from orchestrator.render.plumbing import Neighbor, losing_neighbors, plumbing
from orchestrator.verification import probe_agent
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.check_id import Layer
from tests.unit.verification.shipped import shipped

LAB: Final = shipped("dual-stack")
NONCE: Final = b"0123abcd"
CORE: Final = {Layer.KERNEL, Layer.LINK, Layer.IGP, Layer.LDP}


def test_the_next_hop_is_the_loopback_in_ipv6_form() -> None:
    assert LAB.ipv6 is not None
    assert written(bgp_next_hop(LAB.ipv6, "pe2")) == "::ffff:10.255.0.3"
    assert bgp_next_hop(LAB, "pe2") == IPv4Address("10.255.0.3")
    assert mapped(IPv4Address("10.255.0.3")) == IPv6Address("::ffff:10.255.0.3")


def test_a_lan_has_both_families_and_a_p_has_no_ipv6() -> None:
    assert LAB.ipv6 is not None
    lans = {one.name: one.address for one in LAB.ipv6.interfaces_of("blue1", InterfaceKind.LAN)}
    assert lans == {"lan1": ip_interface("2001:db8:1::1/64"), "lan2": ip_interface("2001:db8:b::1/64")}
    assert {Family.of(one.address) for one in LAB.ipv6.interfaces_of("p1")} == {Family.IPV4}


def test_every_kind_of_check_about_customers_is_there_in_both_families() -> None:
    kinds: dict[bool, set[tuple[Layer, str]]] = {True: set(), False: set()}
    for check in expect(LAB):
        if check.layer not in CORE:
            kinds[str(check.id).endswith(".ipv6")].add((check.layer, check.id.kind))
    of_both_at_once = {
        (Layer.MPBGP, "no-other-session"),
        (Layer.PECE, "no-other-session"),
        (Layer.PECE, "no-other-bfd"),
        (Layer.DATA, "branches"),
    }
    assert kinds[False] - kinds[True] <= of_both_at_once
    assert kinds[True] <= kinds[False]


def test_what_stands_on_the_core_stands_on_ipv4s_checks() -> None:
    below = {str(one) for check in expect(LAB) for one in check.after if str(check.id).endswith(".ipv6")}
    assert "ldp.lsp.pe1.pe2" in below
    assert not any(one.endswith(".ipv6") for one in below if one.startswith(("ldp.", "igp.", "link.")))


def test_a_pe_is_told_who_is_at_the_far_end_and_forgets_it_with_its_port() -> None:
    neighbor = Neighbor("::", "eth1", "02:00:0a:00:00:01")
    assert plumbing(LAB, "pe1").neighbors == (neighbor,)
    assert next(one.mac for one in plumbing(LAB, "p1").ports if one.name == "eth1") == neighbor.mac
    assert plumbing(LAB, "pe1").with_shut({"eth1"}).neighbors == ()
    assert losing_neighbors(LAB, tuple(LAB.links[0])) == {"pe1"}
    assert losing_neighbors(shipped("two-vpns"), tuple(shipped("two-vpns").links[0])) == frozenset()


def test_prefixes_of_two_families_have_nothing_in_common() -> None:
    mine, other = IPv6Network("::/0"), LAB.sites[0].prefixes[0]
    assert not overlap(mine, other)
    assert not contains(mine, other)
    assert contains(mine, IPv6Network("2001:db8::/32"))


def test_the_probe_program_reads_icmpv6() -> None:
    request = probe_agent.echo_request_v6(NONCE, 7, 1500)
    assert len(request) + probe_agent.IPV6_HEADER == 1500
    assert probe_agent.news_in_v6(request, "2001:db8::1", NONCE) == "arrived 7"
    assert probe_agent.news_in_v6(b"\x81" + request[1:], "2001:db8::1", NONCE) == "answered 7"
    returned = bytes([1, 0, 0, 0, 0, 0, 0, 0]) + bytes(probe_agent.IPV6_HEADER) + request
    assert probe_agent.news_in_v6(returned, "2001:db8::1", NONCE) == "refused 7 1 0 2001:db8::1"
    assert probe_agent.news_in_v6(request, "2001:db8::1", b"another1") is None
