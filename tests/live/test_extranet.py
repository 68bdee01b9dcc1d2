"""A service that both customers reach, over a route reflector, and that does not join them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parsers.bgp import VPN_ROUTES
from tests.live.fault import vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal
from tests.live.travelling import journey, wait_until_lost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.bgp import VpnRoute
    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("extranet", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_pes_speak_with_the_reflector_alone(lab: ProvenLab) -> None:
    sessions = {
        str(one.check.id) for one in lab.report().findings if str(one.check.id).startswith("mpbgp.session.")
    }
    assert sessions == {
        f"mpbgp.session.{one}" for pe in ("pe1", "pe2", "pe3") for one in (f"{pe}.rr1", f"rr1.{pe}")
    }


def test_one_route_target_too_many_joins_the_customers_and_is_found(lab: ProvenLab) -> None:
    lab.type_in(
        {
            "pe1": vtysh(
                "router bgp 65000 vrf red",
                "address-family ipv4 unicast",
                "rt vpn import 65000:1 65000:2 65000:3",
            )
        }
    )
    try:
        lab.wait_for("mpbgp.vrf.pe1.red")
    finally:
        lab.push()
    assert lab.wrong() == []


def test_the_journey_is_by_the_reflector_and_ends_where_a_route_target_is_missing(lab: ProvenLab) -> None:
    found = journey(lab, "dns", "192.168.53.0/24", to="blue2")
    received = [one.node for one in found.ways[0].stages if one.title.startswith("VPNv4 from")]
    assert (found.complete, received) == (True, ["rr1", "pe3"])
    without = ("router bgp 65000 vrf blue", "address-family ipv4 unicast", "rt vpn import 65000:2")
    lab.type_in({"pe3": vtysh(*without)})
    try:
        why = "it carries RT 65000:3, and VRF blue imports 65000:2: no VRF of pe3 takes it"
        at = ("pe3", "VRF blue imports it")
        assert wait_until_lost(lab, ("dns", "192.168.53.0/24", "blue2"), at, why) == why
    finally:
        lab.push()
    assert lab.wrong() == []


INJECTION = vtysh(
    "route-map inject permit 10",
    "set extcommunity rt 65000:1",
    "set metric 77",
    "exit",
    "router bgp 65201",
    "address-family ipv4 unicast",
    "neighbor 10.1.0.5 route-map inject out",
    "neighbor 10.1.0.5 send-community extended",
)
TRUSTING = vtysh(
    "router bgp 65000 vrf blue", "address-family ipv4 unicast", "no neighbor 10.1.0.6 route-map from-ce in"
)


def test_a_ce_does_not_get_into_another_vpn_by_its_route_target(lab: ProvenLab) -> None:
    """blue1 marks its route with red's: a PE that believed it would give the route to red."""
    lab.type_in({"blue1": INJECTION})
    try:
        exported = _exported_with_metric(lab, 77)
        assert set(exported.communities) == {"65000:2", "65000:31"}
        assert lab.wrong() == []
        lab.type_in({"pe1": TRUSTING})
        lab.wait_for("vpn.export.pe1.blue.172.17.1.0/24")
    finally:
        lab.push()
        lab.type_in({"blue1": vtysh("no route-map inject")})
    assert lab.wrong() == []


def _exported_with_metric(lab: ProvenLab, metric: int) -> VpnRoute:
    """Wait until pe1 exports blue1's route with this metric."""

    def found(said: str) -> list[VpnRoute]:
        routes = VPN_ROUTES.parse(said)
        return [one for one in routes if str(one.prefix) == "172.17.1.0/24" and one.med == metric]

    return found(lab.wait_until("pe1", "vtysh -c 'show bgp ipv4 vpn'", lambda said: bool(found(said))))[0]


@scenarios_of("extranet", slow=("pe-lost",))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []
