"""Static routes on both sides of a PE-CE link, default and specific ones, beside a site with BGP."""

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
    with proven("static", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


FAULTS = (
    Fault(
        "a prefix that the PE does not route to its CE",
        {"pe1": vtysh("vrf red", "no ip route 192.168.1.0/24 10.1.0.2")},
        {"pece.announced.pe1.red.192.168.1.0/24": "no such route"},
        blocks=("vpn.*192.168.1.0/24*", *TABLES, "data.*192.168.1.0/24*"),
    ),
    Fault(
        "static routes that the PE does not redistribute",
        {"pe2": vtysh("router bgp 65000 vrf red", "address-family ipv4 unicast", "no redistribute static")},
        {
            "vpn.export.pe2.red.172.16.2.0/24": "not exported",
            "vpn.ce-route.ce3.172.16.2.0/24": "no such route",
        },
        blocks=("vpn.*172.16.2.0/24*", *TABLES, "data.*"),
    ),
    Fault(
        "a static route that BGP originates by `network`, which FRR does not resolve in the VPN",
        {
            "pe2": vtysh(
                "router bgp 65000 vrf red",
                "address-family ipv4 unicast",
                "no redistribute static",
                "network 172.16.2.0/24",
            )
        },
        {
            "vpn.export.pe2.red.172.16.2.0/24": "RD 10.255.0.3:1, not valid: bgpd finds no next hop for it, "
            "and advertises it to nobody",
        },
        blocks=("vpn.*172.16.2.0/24*", *TABLES, "data.*"),
    ),
    Fault(
        "a CE without its default route",
        {"ce1": vtysh("no ip route 0.0.0.0/0 10.1.0.1")},
        {"vpn.ce-route.ce1.0.0.0.0/0": "no such route"},
        blocks=(*TABLES, "data.*"),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_missing_and_a_push_repairs_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


@pytest.fixture(scope="module")
def played(lab: ProvenLab, request: pytest.FixtureRequest) -> dict[str, list[str]]:
    return lab.play(request)


@scenarios_of("static", slow=("access-cut", "lan-down"))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []
