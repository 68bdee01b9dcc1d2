"""Option A: back-to-back VRFs between two providers; one VPN crosses, and no label or route target does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parsers.bgp import VPN_ROUTES
from tests.live.fault import TABLES, Fault, vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal
from tests.live.travelling import journey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("inter-as-a", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


BY_RED = ("pece.announced.*.red.*", "vpn.*", *TABLES, "data.*")

FAULTS = (
    Fault(
        "an ASBR that expects the other provider in another AS",
        {"n-br1": vtysh("router bgp 65000 vrf red", "neighbor 10.0.1.5 remote-as 65011")},
        {
            "pece.asbr.n-br1.red.s-br1.eth2": "AS 65011 *",
            "pece.asbr.s-br1.red.n-br1.eth2": "AS 65000 *",
        },
        blocks=BY_RED,
    ),
    Fault(
        "an ASBR that takes nothing from the other provider",
        {
            "n-br1": vtysh(
                "ip prefix-list none seq 5 deny any",
                "router bgp 65000 vrf red",
                "address-family ipv4 unicast",
                "neighbor 10.0.1.5 prefix-list none in",
            )
        },
        {"pece.announced.n-br1.red.*": "*"},
        blocks=("vpn.*", *TABLES, "data.*"),
    ),
    Fault(
        "a link between providers that takes labels",
        {"n-br1": "sysctl -qw net.mpls.conf.eth2.input=1"},
        {"kernel.mpls-input.n-br1": "*eth2*"},
        blocks=("link.labelled.*", "igp.*", "ldp.*", "mpbgp.*", "pece.*", "vpn.*", "data.*"),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_wrong_and_a_push_repairs_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


def test_no_route_target_of_one_provider_is_at_the_other(lab: ProvenLab) -> None:
    said = lab.wait_until("n-pe", "vtysh -c 'show bgp ipv4 vpn'", lambda said: "172.16.2.0/24" in said)
    seen = {mark for one in VPN_ROUTES.parse(said) for mark in one.communities}
    assert seen == {"65000:1", "65000:2"}


def test_the_journey_is_followed_from_provider_to_provider(lab: ProvenLab) -> None:
    found = journey(lab, "red1", "172.16.1.0/24", to="red2")
    between = {
        one.node for way in found.ways for one in way.stages if one.title.startswith("takes it from n-br")
    }
    assert (found.complete, between) == (True, {"s-br1", "s-br2"})


@scenarios_of("inter-as-a", slow=("asbr-lost", "silent-link", "parted"))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []
