"""A backdoor link between OSPF sites and no sham link: the backdoor wins, whatever it costs."""

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
    with proven("ospf-backdoor", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_the_backdoor_wins(lab: ProvenLab) -> None:
    seen = {str(one.check.id): one.observed for one in lab.report().findings}
    assert seen["vpn.ce-route.ce1.172.16.2.0/24"] == "ospf via 10.2.0.2 eth2"
    assert seen["vpn.ce-route.ce1.172.16.3.0/24"] == "ospf via 10.1.0.1 eth1"


@scenarios_of("ospf-backdoor")
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []


def test_a_backdoor_without_its_adjacency_is_reported(lab: ProvenLab) -> None:
    lab.type_in({"ce2": vtysh("interface eth2", "ip ospf passive")})
    try:
        lab.wait_for("pece.backdoor.ce1.ce2")
    finally:
        lab.push()
    assert lab.wrong() == []
