"""A backdoor link between EIGRP sites: chosen by EIGRP's metric alone, given back after repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.eigrp_hands import edited
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("eigrp-backdoor", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


@scenarios_of("eigrp-backdoor", slow=("access-cut", "backdoor-cut", "prefix-withdrawn"))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []


def test_a_backdoor_that_is_better_wins_and_gives_back_when_it_is_worse(lab: ProvenLab) -> None:
    """For the sites: from a PE to the other one the provider is still nearer."""
    faster = edited("s/bandwidth 1544/bandwidth 1000000/", "s/delay 2000/delay 1/")
    lab.type_in({"ce1": faster, "ce2": faster})
    try:
        lab.wait_for("vpn.ce-route.ce1.172.16.2.0/24")
        lab.wait_until("ce1", "ip route show 172.16.2.0/24", lambda said: "via 10.2.0.2" in said)
        provider = "ip route show table 1001 172.16.2.0/24"
        lab.wait_until("pe1", provider, lambda said: "encap mpls" in said)
    finally:
        lab.push()
    assert lab.wrong() == []


def test_without_the_mark_of_the_site_its_routes_are_not_exported(lab: ProvenLab) -> None:
    of_pe1 = "vtysh -c 'show bgp ipv4 vpn rd 10.255.0.1:1'"
    lab.wait_until("pe3", of_pe1, lambda said: "172.16.1.0/24" in said)
    lab.type_in({"pe1": edited("/site-of-origin/d")})
    try:
        lab.wait_for("pece.parameters.pe1.red.ce1")
        lab.wait_until("pe3", of_pe1, lambda said: "172.16.1.0/24" not in said)
    finally:
        lab.push()
    assert lab.wrong() == []
