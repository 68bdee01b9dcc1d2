from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

import pytest

from orchestrator.model.state import State
from orchestrator.protocols.registry import effective_lab, on_pe
from orchestrator.protocols.rip.links import rip_route_tag
from orchestrator.routing.routes import RouteSource, Table
from tests.unit.verification.shipped import shipped

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.routing.effective_lab import EffectiveLab

P1, P2, P3 = (IPv4Network(f"172.16.{number}.0/24") for number in (1, 2, 3))
PE1, PE2, PE3, CE1, CE2 = (
    Table("pe1", "red"),
    Table("pe2", "red"),
    Table("pe3", "red"),
    Table("ce1"),
    Table("ce2"),
)


@pytest.fixture(scope="module")
def lab() -> Lab:
    return shipped("rip")


def _without(lab: Lab, a: str, b: str) -> EffectiveLab:
    gone = (link for link in lab.topology.links if {link.a.node, link.b.node} == {a, b})
    return effective_lab(lab, State(links_down=frozenset(gone)))


def test_sixteen_bits_of_the_as_number_are_the_tag_and_never_none() -> None:
    assert (rip_route_tag(65000), rip_route_tag(4200000000), rip_route_tag(65536)) == (
        65000,
        4200000000 & 0xFFFF,
        1,
    )


def test_hops_add_up_and_become_the_med(lab: Lab) -> None:
    routing = effective_lab(lab).routing
    assert routing[PE1][P1].preference.metric == (2,)
    assert (routing[PE2][P1].source, routing[PE2][P1].attributes.med) == (RouteSource.IMPORT, 2)


def test_a_site_prefers_the_pe_that_gives_fewer_hops(lab: Lab) -> None:
    def gateways(there: EffectiveLab) -> list[Table | None]:
        return [way.table for way in there.routing[CE2][P1].next_hops]

    assert gateways(effective_lab(lab)) == [PE2]
    assert gateways(_without(lab, "pe2", "ce2")) == [PE3]


def test_what_a_pe_brings_in_no_other_pe_takes_back(lab: Lab) -> None:
    """With pe2 cut off from the core ce2 has ce1's prefix by pe3 alone, and does not give it to pe2."""
    there = _without(lab, "p1", "pe2").routing
    assert [way.table for way in there[CE2][P1].next_hops] == [PE3]
    assert P1 not in there[PE2]


def test_sites_with_other_protocols_at_the_same_pe_are_reached(lab: Lab) -> None:
    lines = [line for block in on_pe(lab, lab.vrf("pe3", "red")).blocks for line in block]
    assert " redistribute connected metric 2 route-map bgp-to-rip" in lines
    assert " redistribute bgp metric 2 route-map bgp-to-rip" in lines
    assert effective_lab(lab).routing[CE2][P3].protocol == "rip"


def test_the_filter_stands_before_the_instance_that_names_it(lab: Lab) -> None:
    heads = [block[0] for block in on_pe(lab, lab.vrf("pe2", "red")).blocks]
    assert heads.index("route-map rip-from-ce deny 10") < heads.index("router rip vrf red")
