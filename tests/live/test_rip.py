"""RIP between PE and CE; a site at two PEs would hand the VPN back to itself without the route tag."""

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
    with proven("rip", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_the_vpn_comes_with_the_tag_and_the_hops_of_its_pe(lab: ProvenLab) -> None:
    (row,) = (line for line in lab.ask("ce2", "vtysh -c 'show ip rip'").splitlines() if "172.16.1.0" in line)
    assert row.split()[:6] == ["R(n)", "172.16.1.0/24", "10.1.0.5", "2", "10.1.0.5", "65000"]
    assert "metric 2" in lab.ask("pe2", "vtysh -c 'show bgp ipv4 vpn 172.16.1.0/24'")


FAULTS = (
    Fault(
        "a LAN that RIP does not run on",
        {"ce1": vtysh("router rip", "no network lan1")},
        {"pece.interfaces.ce1": "*"},
        blocks=("pece.updates.*", "pece.announced.*", "pece.no-other-*", "vpn.*", *TABLES, "data.*"),
    ),
    Fault(
        "other timers",
        {"ce1": vtysh("router rip", "timers basic 30 180 120")},
        {"pece.rip-timers.ce1": "updates every 30 s, timeout 180 s, garbage 120 s"},
        blocks=("pece.*ce1*", "pece.announced.*", "vpn.*", *TABLES, "data.*"),
    ),
    Fault(
        "a CE that gets no routes",
        {"pe1": vtysh("router rip vrf red", "passive-interface eth2")},
        {"pece.interfaces.pe1.red": "*eth2 passive*"},
        blocks=("pece.*ce1*", "pece.*pe1*", "vpn.*", *TABLES, "data.*"),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_wrong_and_a_push_fixes_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


@scenarios_of("rip")
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []
