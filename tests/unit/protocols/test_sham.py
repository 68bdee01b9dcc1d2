"""Which way is preferred where a sham link joins two sites' PEs, and who uses what."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.state import State
from orchestrator.protocols.ospf.routes import over_sham_links
from orchestrator.protocols.registry import effective_lab, on_pe
from orchestrator.routing.routes import RouteSource, Table

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.routing.effective_lab import EffectiveLab

FOLDER = Path(__file__).parents[3] / "labs/ospf-sham"
P1, P2 = IPv4Network("172.16.1.0/24"), IPv4Network("172.16.2.0/24")
END1, END2 = IPv4Network("10.254.0.1/32"), IPv4Network("10.254.0.2/32")
CE1, CE2, CE3, PE1, PE2 = Table("ce1"), Table("ce2"), Table("ce3"), Table("pe1", "red"), Table("pe2", "red")


@pytest.fixture(scope="module")
def lab() -> Lab:
    return load_lab(FOLDER)


def _without(lab: Lab, *pairs: tuple[str, str]) -> EffectiveLab:
    cut = [set(pair) for pair in pairs]
    gone = (link for link in lab.topology.links if {link.a.node, link.b.node} in cut)
    return effective_lab(lab, State(links_down=frozenset(gone)))


def _with(tmp_path: Path, change: tuple[str, str]) -> Lab:
    for file in FOLDER.glob("*.yml"):
        (tmp_path / file.name).write_text(file.read_text().replace(*change))
    return load_lab(tmp_path)


def test_a_ce_prefers_the_provider_by_cost(lab: Lab) -> None:
    route = effective_lab(lab).routing[CE1][P2]
    assert (route.source, [way.table for way in route.next_hops], route.attributes.med) == (
        RouteSource.PE_CE,
        [PE1],
        35,
    )


def test_the_pe_leaves_to_bgp_what_ospf_chooses_over_the_sham_link(lab: Lab) -> None:
    state = effective_lab(lab)
    assert state.routing[PE1][P2].source is RouteSource.IMPORT
    chosen = over_sham_links(state, lab.vrf("pe1", "red"))
    assert {str(prefix): one.cost for prefix, one in chosen.items()} == {"10.1.0.4/30": 15, str(P2): 25}


def test_its_ends_are_known_to_vrfs_and_to_no_customer(lab: Lab) -> None:
    routing = effective_lab(lab).routing
    assert routing[PE1][END2].source is routing[PE2][END1].source is RouteSource.IMPORT
    assert [ce for ce in (CE1, CE2, CE3) if {END1, END2} & routing[ce].keys()] == []


@pytest.mark.parametrize("cut", [("p1", "pe1"), ("p1", "pe2"), ("pe1", "ce1"), ("pe2", "ce2")])
def test_without_the_provider_the_backdoor_takes_over(lab: Lab, cut: tuple[str, str]) -> None:
    routing = _without(lab, cut).routing
    assert routing[CE1][P2].source is routing[CE2][P1].source is RouteSource.BACKDOOR


def test_the_third_site_has_the_nearer_pe_of_each(lab: Lab) -> None:
    routing = effective_lab(lab).routing[Table("pe3", "red")]
    assert [way.table for way in routing[P1].next_hops] == [PE1]
    assert [way.table for way in routing[P2].next_hops] == [PE2]
    assert {
        way.table for way in _without(lab, ("pe1", "ce1")).routing[Table("pe3", "red")][P1].next_hops
    } == {PE2}


@pytest.mark.parametrize(("cost", "source"), [(979, RouteSource.PE_CE), (981, RouteSource.BACKDOOR)])
def test_a_backdoor_that_is_cheaper_wins(tmp_path: Path, cost: int, source: RouteSource) -> None:
    """The backdoor is 1000; over the sham link it is 10 + its cost + 10, to the other CE."""
    lab = _with(tmp_path, ("cost: 5}", f"cost: {cost}}}"))
    assert effective_lab(lab).routing[CE1][P2].source is source


def test_at_equal_cost_both_ways_are_used(tmp_path: Path) -> None:
    routing = effective_lab(_with(tmp_path, ("cost: 5}", "cost: 980}"))).routing
    assert {way.source for way in routing[CE1][P2].next_hops} == {RouteSource.PE_CE, RouteSource.BACKDOOR}


def test_only_vrfs_with_a_sham_link_have_its_interface(lab: Lab) -> None:
    assert "sham1" in on_pe(lab, lab.vrf("pe1", "red")).interfaces
    third = on_pe(lab, lab.vrf("pe3", "red"))
    assert "sham1" not in third.interfaces
    # It imports the two ends all the same, and must not advertise them to its site.
    assert ("route-map bgp-to-ospf deny 5", " match ip address prefix-list sham-endpoints", "exit") in (
        third.blocks
    )
