"""A service that both customers reach, over a route reflector, and that does not join them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.fault import vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("extranet", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_pes_speak_with_the_reflector_alone(lab: ProvenLab) -> None:
    sessions = {
        one.check.id for one in lab.report(within=0).findings if one.check.id.startswith("mpbgp.session.")
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
        lab.wait_for("vpn.vrf-table.pe1.red")
    finally:
        lab.push()
    assert lab.wrong() == []


@pytest.fixture(scope="module")
def played(lab: ProvenLab) -> dict[str, list[str]]:
    return lab.play()


@scenarios_of("extranet")
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []
