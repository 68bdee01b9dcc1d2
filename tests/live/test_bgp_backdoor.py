"""A backdoor link between BGP sites: the provider first, the backdoor when it fails, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.verification.forwarding.between import Carrier
from tests.live.fault import vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal
from tests.live.travelling import journey, path, wait_until_lost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("bgp-backdoor", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


@scenarios_of("bgp-backdoor", slow=("silent-access",))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []


WAY = ("ce1", "172.16.1.0/24", "ce2")
IN_VRF = ("router bgp 65000 vrf red", "address-family ipv4 unicast")
LOSSES = {
    "route target not imported": (
        {"pe2": vtysh(*IN_VRF, "rt vpn import 65000:9", "rt vpn export 65000:1")},
        ("pe2", "VRF red imports it"),
        "VRF red imports 65000:9: no VRF of pe2 takes it",
    ),
    "own AS in the path": (
        {"pe2": vtysh(*IN_VRF, "no neighbor 10.1.0.6 as-override")},
        ("ce2", "takes it from pe2"),
        "its AS path (65100) holds ce2's own AS 65100",
    ),
    "session down": (
        {"ce1": vtysh("router bgp 65100", "neighbor 10.1.0.1 shutdown")},
        ("pe1", "BGP session with ce1"),
        "Idle (Admin) on ce1",
    ),
    "no LSP": (
        {"p1": vtysh("mpls ldp", "address-family ipv4", "no interface eth1")},
        ("p1", "the labels lead to VRF red of pe1"),
        "the transport label is gone too early: no LDP between p1 and the next node towards pe1",
    ),
    "backdoor preferred": (
        {
            "ce2": vtysh("route-map from-pe permit 10", "no set local-preference")
            + " && vtysh -c 'clear bgp * soft'"
        },
        ("ce2", "takes it from pe2"),
        "ce2 prefers the backdoor from ce1",
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_journey_ends_where_the_route_is_lost(lab: ProvenLab, name: str) -> None:
    commands, stage, why = LOSSES[name]
    lab.type_in(commands)
    try:
        wait_until_lost(lab, WAY, stage, why)
    finally:
        lab.push()
        lab.type_in({"ce2": "vtysh -c 'clear bgp * soft'"})
    assert lab.wrong() == []
    assert journey(lab, *WAY).complete


def test_packets_take_the_backdoor_while_the_core_is_cut(lab: ProvenLab) -> None:
    before = path(lab, "ce2", "ce1")
    assert (before.over, before.preferred) == (Carrier.PROVIDER, Carrier.PROVIDER)
    with lab.failed("pe1-p1") as state:
        assert lab.wrong(state) == []
        during = path(lab, "ce2", "ce1")
        assert [node for node, _ in during.runs[0].steps] == ["ce2", "ce1"]
        assert (during.over, during.preferred) == (Carrier.BACKDOOR, Carrier.PROVIDER)
        down = "the VPNv4 session of pe2 with pe1 is not up"
        wait_until_lost(lab, WAY, ("pe2", "VPNv4 from pe1"), down)
        assert journey(lab, *WAY).ways[0].instead.endswith("the backdoor from ce1")
    assert lab.wrong() == []


def test_without_local_preference_the_backdoor_wins(lab: ProvenLab) -> None:
    """Its AS path is empty: in one AS nothing is shorter."""
    lab.type_in(
        {
            "ce1": vtysh("route-map from-pe permit 10", "no set local-preference")
            + " && vtysh -c 'clear bgp * soft'"
        }
    )
    try:
        lab.wait_for("vpn.ce-route.ce1.172.16.2.0/24")
    finally:
        lab.push()
        lab.type_in({"ce1": "vtysh -c 'clear bgp * soft'"})
    assert lab.wrong() == []
