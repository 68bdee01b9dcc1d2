"""Which way is preferred where sites have a link of their own, as a function of what is down."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.state import State
from orchestrator.protocols.registry import effective_lab, on_ce, on_pe
from orchestrator.routing.routes import RouteSource, Table

if TYPE_CHECKING:
    from orchestrator.routing.effective_lab import EffectiveLab

LABS = Path(__file__).parents[3] / "labs"
P1, P2 = IPv4Network("172.16.1.0/24"), IPv4Network("172.16.2.0/24")


def _without(name: str, *ends: tuple[str, str]) -> EffectiveLab:
    lab = load_lab(LABS / name)
    pairs = [set(pair) for pair in ends]
    gone = (link for link in lab.topology.links if {link.a.node, link.b.node} in pairs)
    return effective_lab(lab, State(links_down=frozenset(gone)))


def test_bgp_prefers_the_provider() -> None:
    routing = _without("bgp-backdoor").routing
    assert routing[Table("ce1")][P2].source is RouteSource.PE_CE
    assert routing[Table("pe1", "red")][P2].source is RouteSource.IMPORT


@pytest.mark.parametrize("cut", [("p1", "pe1"), ("p1", "pe2"), ("pe1", "ce1"), ("pe2", "ce2")])
def test_bgp_falls_back_on_the_backdoor(cut: tuple[str, str]) -> None:
    routing = _without("bgp-backdoor", cut).routing
    assert routing[Table("ce1")][P2].source is RouteSource.BACKDOOR
    assert routing[Table("ce2")][P1].source is RouteSource.BACKDOOR


def test_what_comes_by_the_backdoor_is_long_for_the_pe() -> None:
    routing = _without("bgp-backdoor", ("pe1", "ce1")).routing
    assert routing[Table("pe2", "red")][P1].attributes.as_path == (65100,) * 4


def test_a_site_with_a_backdoor_is_marked_and_others_are_not() -> None:
    lab = load_lab(LABS / "bgp-backdoor")
    assert "  neighbor 10.1.0.2 soo 65000:10000" in on_pe(lab, lab.vrf("pe1", "red")).unicast
    assert not any(" soo " in line for line in on_pe(lab, lab.vrf("pe3", "red")).unicast)
    assert "  neighbor 10.1.0.1 route-map to-pe out" in on_ce(lab, "ce1").unicast
    assert not any("route-map" in line for line in on_ce(lab, "ce3").unicast)


def test_ospf_prefers_the_backdoor_whatever_it_costs() -> None:
    routing = _without("ospf-backdoor").routing
    assert routing[Table("ce1")][P2].source is RouteSource.BACKDOOR
    assert routing[Table("pe1", "red")][P2].source is RouteSource.PE_CE
    assert _without("ospf-backdoor", ("ce1", "ce2")).routing[Table("ce1")][P2].source is RouteSource.PE_CE
