"""Sites of one AS: each way around loop detection gives its AS path; without either, routes are dropped."""

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
    with proven("bgp-single-as", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_the_as_paths_say_the_two_ways_apart(lab: ProvenLab) -> None:
    seen = {str(one.check.id): one.observed for one in lab.report().findings}
    assert seen["vpn.as-path.ce1.172.16.2.0/24"] == "65000 65000"  # as-override
    assert seen["vpn.as-path.ce3.172.16.2.0/24"] == "65000 65100"  # allowas-in
    assert seen["vpn.as-path.ce3.10.1.0.0/30"] == "65000"  # the provider's own


WITHOUT_OVERRIDE = Fault(
    "as-override taken away",
    {
        "pe1": vtysh(
            "router bgp 65000 vrf red", "address-family ipv4 unicast", "no neighbor 10.1.0.2 as-override"
        )
    },
    {"vpn.ce-route.ce1.172.16.?.0/24": "no such route"},
    blocks=("vpn.as-path.ce1.172.16.*", *TABLES, "data.*"),
)
WITHOUT_ALLOWAS_IN = Fault(
    "allowas-in taken away",
    {"ce3": vtysh("router bgp 65100", "address-family ipv4 unicast", "no neighbor 10.1.0.9 allowas-in 1")},
    {"vpn.ce-route.ce3.172.16.?.0/24": "no such route"},
    blocks=("vpn.as-path.ce3.172.16.*", *TABLES, "data.*"),
)


@pytest.mark.parametrize("fault", [WITHOUT_OVERRIDE, WITHOUT_ALLOWAS_IN], ids=lambda fault: fault.name)
def test_without_either_the_routes_of_the_other_sites_are_dropped(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


@scenarios_of("bgp-single-as", slow=("access-cut",))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []
