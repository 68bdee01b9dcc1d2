"""A default route, a summary and more specific prefixes of one VPN, and an address at two sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.fault import TABLES, Fault, vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("longest-match", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


FAULTS = (
    Fault(
        "a way out that nobody is told of",
        {"inet": vtysh("router bgp 65101", "address-family ipv4 unicast", "no network 0.0.0.0/0")},
        {"pece.announced.pe1.red.0.0.0.0/0": "no such route"},
        blocks=("vpn.*0.0.0.0/0*", *TABLES, "data.*"),
    ),
    Fault(
        "a route into another VPN, where the default route would have led out",
        {"pe3": vtysh("vrf red", "ip route 192.168.3.0/24 10.1.0.22 eth3 nexthop-vrf blue")},
        {
            "vpn.no-other-export.pe3": "also 10.255.0.5:1:192.168.3.0/24",
            "data.isolation.blue3": "arrived: inet *",
        },
        blocks=(*TABLES, "data.*"),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_wrong_and_a_push_repairs_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


@scenarios_of("longest-match", slow=("way-out-lost", "branch-cut"))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []
