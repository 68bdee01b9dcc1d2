"""A sham link: the provider's way is intra-area too and cost decides; OSPF chooses, BGP's route forwards."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.live.fault import vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live

PINGS = 5
CAPTURE = (
    "tcpdump --immediate-mode -Uni eth1 -w /tmp/seen mpls >/dev/null 2>/tmp/listening & echo $! >/tmp/pid; "
    "while ! grep -q listening /tmp/listening; do :; done"
)
"""Begins to write what comes with labels; goes on until `CAPTURED`."""
SEEN = "tcpdump -nr /tmp/seen 2>/dev/null"
CAPTURED = "kill $(cat /tmp/pid)"
_LABELS = re.compile(r"\(label (\d+), tc 0(, \[S\])?, ttl \d+\)")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("ospf-sham", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_the_provider_is_preferred_by_cost(lab: ProvenLab) -> None:
    seen = {str(one.check.id): one.observed for one in lab.report().findings}
    assert seen["vpn.ce-route.ce1.172.16.2.0/24"] == "ospf via 10.1.0.1 eth1"
    assert seen["vpn.ospf-cost.ce1.172.16.2.0/24"] == "35"  # and 1010 over the backdoor
    assert seen["vpn.sham-decides.pe1.red.172.16.2.0/24"] == ("ospf cost 25 by sham1, inactive; bgp selected")


def test_customer_packets_have_two_labels_and_only_ospf_is_in_gre(lab: ProvenLab) -> None:
    """What is seen on the wire between pe1 and p1 while ce1 asks ce2 and a few hellos go by."""
    lab.type_in({"p1": CAPTURE})
    lab.type_in({"ce1": f"ping -qc {PINGS} -I 172.16.1.1 172.16.2.1"})
    answered = f"{SEEN} | grep -q 'echo reply.* seq {PINGS},'"
    lab.type_in({"p1": f"until {answered}; do :; done; {CAPTURED}"})
    lines = lab.ask("p1", SEEN).splitlines()

    asked = [line for line in lines if "172.16.1.1 > 172.16.2.1: ICMP echo request" in line]
    assert len(asked) == PINGS
    assert {len(_LABELS.findall(line)) for line in asked} == {2}
    assert [line for line in asked if "GRE" in line] == []
    tunnelled = [line for line in lines if "GRE" in line]
    assert tunnelled
    assert [line for line in tunnelled if "OSPFv2" not in line] == []


@scenarios_of("ospf-sham")
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []


def test_without_its_ospf_the_sham_link_is_reported_and_the_backdoor_wins(lab: ProvenLab) -> None:
    lab.type_in({"pe2": vtysh("interface sham1", "ip ospf passive")})
    try:
        lab.wait_for("vpn.sham-adjacency.pe1.red.pe2")
        lab.wait_until("ce1", "ip route show 172.16.2.0/24", lambda said: "via 10.2.0.2" in said)
    finally:
        lab.push()
    assert lab.wrong() == []


def test_without_the_filter_customers_would_go_into_the_tunnel(lab: ProvenLab) -> None:
    lab.type_in({"pe1": vtysh("no route-map ospf-to-rib deny 20")})
    try:
        lab.wait_for("vpn.sham-carries-no-customer.pe1.red")
    finally:
        lab.push()
        # FRR 10.3 does not look again at routes that are there when a filter of zebra comes back: they must
        # go and come again.
        lab.type_in({"pe1": "ip link set sham1 down && ip link set sham1 up"})
    assert lab.wrong() == []


def test_a_tunnel_to_elsewhere_is_reported_and_made_anew(lab: ProvenLab) -> None:
    lab.type_in({"pe1": "ip link set sham1 type gre remote 10.254.0.9 local 10.254.0.1 dev red ttl 64"})
    try:
        lab.wait_for("kernel.tunnel.pe1.sham1")
    finally:
        lab.push()
    assert lab.wrong() == []


def test_a_tunnel_with_ipv6_is_reported_and_carries_more_than_ospf(lab: ProvenLab) -> None:
    # Begun before: the kernel asks for routers at once, and then less and less often.
    lab.type_in({"p1": CAPTURE})
    lab.type_in({"pe1": "sysctl -qw net.ipv6.conf.sham1.disable_ipv6=0"})
    try:
        lab.wait_for("kernel.tunnel.pe1.sham1")
        lab.wait_until("p1", SEEN, lambda said: bool(re.search(r"GRE.*IP6 fe80::", said)))
    finally:
        lab.push()
        lab.type_in({"p1": CAPTURED})
    assert lab.wrong() == []


def test_a_sham_link_that_the_lab_no_longer_wants_leaves_nothing(lab: ProvenLab) -> None:
    """Nor does it leave its addresses: the proof is that of the backdoor alone."""
    plain = replace(
        lab.lab,
        vpns=tuple(replace(vpn, sham_links=()) for vpn in lab.lab.vpns),
        interfaces=tuple(one for one in lab.lab.interfaces if not one.kind.startswith("sham")),
    )
    without = replace(lab, lab=plain)
    without.push()
    try:
        assert without.wrong() == []
        assert "sham" not in lab.ask("pe1", "ip link; vtysh -c 'show running-config'")
    finally:
        lab.push()
    assert lab.wrong() == []
