from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.core.igp.ospf.lines import interface_lines
from orchestrator.loading import load_lab
from orchestrator.model.state import State
from orchestrator.model.timer_values import STANDARD
from orchestrator.protocols.redistribution import vpn_route_tag
from orchestrator.protocols.registry import effective_lab, on_ce, on_pe
from orchestrator.routing.routes import RouteSource, Table

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.routing.effective_lab import EffectiveLab

P1, P3 = IPv4Network("172.16.1.0/24"), IPv4Network("172.16.3.0/24")
PE1, PE2, PE3, CE3 = Table("pe1", "red"), Table("pe2", "red"), Table("pe3", "red"), Table("ce3")


@pytest.fixture(scope="module")
def lab() -> Lab:
    return load_lab(Path(__file__).parents[3] / "labs/ospf")


def _without(lab: Lab, a: str, b: str) -> EffectiveLab:
    gone = (link for link in lab.topology.links if {link.a.node, link.b.node} == {a, b})
    return effective_lab(lab, State(links_down=frozenset(gone)))


def test_the_route_tag_is_that_of_the_rfc() -> None:
    assert vpn_route_tag(65000) == 3489725928
    assert vpn_route_tag(4200000000) == 0xD0000000 | (4200000000 & 0xFFFF)


def test_usual_timers_need_no_lines() -> None:
    assert interface_lines(1, STANDARD, cost=7) == (
        " ip ospf area 1",
        " ip ospf cost 7",
        " ip ospf network point-to-point",
    )


def test_what_carries_the_tag_is_neither_used_nor_exported(lab: Lab) -> None:
    part = on_pe(lab, lab.vrf("pe2", "red"))
    assert part.table == (" ip protocol ospf route-map ospf-to-rib",)
    assert part.unicast == ("  redistribute ospf route-map ospf-to-bgp",)
    for name in ("ospf-to-rib", "ospf-to-bgp"):
        assert (f"route-map {name} deny 10", " match tag 3489725928", "exit") in part.blocks


def test_a_ce_announces_its_lan_and_asks_nobody_there(lab: Lab) -> None:
    assert on_ce(lab, "ce2").interfaces["lan1"] == (
        " ip ospf area 2",
        " ip ospf cost 10",
        " ip ospf passive",
    )


def test_both_pes_of_a_site_import_what_the_site_receives_from_them(lab: Lab) -> None:
    routing = effective_lab(lab).routing
    assert {routing[pe][P1].source for pe in (PE2, PE3)} == {RouteSource.IMPORT}
    assert {way.table for way in routing[CE3][P1].next_hops} == {PE2}  # the nearer one


def test_the_cost_of_the_site_decides_at_the_far_pe(lab: Lab) -> None:
    assert {way.table for way in effective_lab(lab).routing[PE1][P3].next_hops} == {PE2}
    assert {way.table for way in _without(lab, "pe2", "ce3").routing[PE1][P3].next_hops} == {PE3}


def test_a_site_without_its_link_is_gone_from_everywhere(lab: Lab) -> None:
    routing = _without(lab, "pe1", "ce1").routing
    assert [table for table, held in routing.items() if P1 in held] == [Table("ce1")]
