"""FRR's lost imports are distinguished from routes that are not to be imported, or not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.lost_imports import lost_import_queries, lost_imports
from parsers.bgp import VPN_ROUTES
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from tests.unit.verification.scene import Scene


def test_it_asks_each_pe_for_two_tables(lab: Lab) -> None:
    assert sorted(map(str, lost_import_queries(lab))) == [
        "pe1: show bgp ipv4 vpn",
        "pe1: show ip route vrf all",
        "pe2: show bgp ipv4 vpn",
        "pe2: show ip route vrf all",
    ]


def test_nothing_is_lost_on_a_converged_lab(lab: Lab, scene: Scene) -> None:
    assert lost_imports(lab, scene.facts) == ()


def test_a_vrf_without_an_importable_route_has_lost_it(lab: Lab, scene: Scene) -> None:
    routes = tuple(
        route
        for route in scene.facts.of("pe1", ROUTES)
        if not (route.vrf == "red" and str(route.prefix) == "172.16.2.0/24")
    )
    lost = lost_imports(lab, scene.facts.updated({("pe1", ROUTES.text): routes}))
    assert lost == (lab.vrf("pe1", "red"),)


def test_a_route_to_a_pe_that_is_gone_is_not_lost(lab: Lab, scene: Scene) -> None:
    routes = tuple(
        route
        for route in scene.facts.of("pe1", ROUTES)
        if not (route.vrf == "red" and str(route.prefix) == "172.16.2.0/24")
        if str(route.prefix) != f"{lab.loopback('pe2')}/32"
    )
    assert lost_imports(lab, scene.facts.updated({("pe1", ROUTES.text): routes})) == ()


def test_a_route_that_has_not_arrived_is_not_lost(lab: Lab, scene: Scene) -> None:
    facts = scene.facts.updated(
        {
            ("pe1", ROUTES.text): tuple(one for one in scene.facts.of("pe1", ROUTES) if one.vrf != "red"),
            ("pe1", VPN_ROUTES.text): tuple(
                one for one in scene.facts.of("pe1", VPN_ROUTES) if "65000:1" not in one.communities
            ),
        }
    )
    assert lost_imports(lab, facts) == ()


def test_a_pe_that_does_not_answer_says_nothing(lab: Lab, scene: Scene) -> None:
    facts = scene.facts.updated({("pe1", ROUTES.text): CouldNotLook("silence")})
    assert lost_imports(lab, facts) == ()
