"""Customers' IPv6 over an IPv4 core: what is wrong in IPv6 alone is found by IPv6's checks, and repaired."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.live.fault import Fault, vtysh
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("dual-stack", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


FAULTS = (
    Fault(
        "a session between PEs without VPNv6",
        {"pe1": vtysh("router bgp 65000", "address-family ipv6 vpn", "no neighbor 10.255.0.3 activate")},
        {
            "mpbgp.session.pe1.pe2.ipv6": "no VPNv6 session with 10.255.0.3",
            "mpbgp.session.pe2.pe1.ipv6": "*NoNeg*",
        },
        blocks=("vpn.*.ipv6", "data.*.ipv6"),
        others=1,
    ),
    Fault(
        "a route target of another customer in IPv6 alone",
        {
            "pe1": vtysh(
                "router bgp 65000 vrf red", "address-family ipv6 unicast", "rt vpn import 65000:1 65000:2"
            )
        },
        {
            "mpbgp.vrf.pe1.red.ipv6": "*imports 65000:1, 65000:2*",
            "data.isolation.blue1.ipv6": "arrived: *",
        },
        blocks=("pece.*.ipv6", "vpn.*.ipv6", "data.*.ipv6"),
        others=1,
    ),
    Fault(
        "a PE's kernel that does not know whom VPNv6 packets go to",
        {"pe1": "ip -6 neigh del :: dev eth1"},
        {"kernel.ipv6-neighbors.pe1": "none (missing: :: eth1 02:00:0a:00:00:01)"},
        blocks=("data.*.ipv6",),
        others=0,
    ),
    Fault(
        "a CE that is an IPv6 host",
        {"red1": "sysctl -qw net.ipv6.conf.all.forwarding=0"},
        {"kernel.ipv6-forwarding.red1": "0"},
        blocks=("*.ipv6",),
        others=0,
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_wrong_and_a_push_fixes_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


def test_a_packet_has_the_labels_of_ipv4s_core_and_of_its_own_vrf(lab: ProvenLab) -> None:
    routes = lab.ask("pe1", "ip -6 route show vrf red")
    label = re.search(r"2001:db8:2::/64 +encap mpls +(\d+)/(\d+) dev eth1", routes)
    assert label is not None, routes
    assert f"{label[1]} " in lab.ask("p1", "ip -M route")
