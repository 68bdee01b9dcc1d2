"""One VPN with four protocols: every site has a way to every other, and nothing runs in circles."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.state import State
from orchestrator.protocols.eigrp.redistribution import eigrp_tag, into_eigrp
from orchestrator.protocols.redistribution import into_igp, vpn_route_tag
from orchestrator.protocols.registry import effective_lab
from orchestrator.routing.routes import Table
from orchestrator.verification.pairs import have_routes
from tests.unit.model.labs import small

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.routing.effective_lab import EffectiveLab

LABS = Path(__file__).parents[3] / "labs"
FOUR_PROTOCOLS = Path(__file__).parents[2] / "live" / "four_protocols"
OF = {name: IPv4Network(f"172.16.{n}.0/24") for n, name in enumerate(("b", "s", "o", "e", "o2", "e2"), 1)}


@pytest.fixture
def lab() -> Lab:
    return load_lab(FOUR_PROTOCOLS)


def cut(lab: Lab, *links: tuple[str, str]) -> EffectiveLab:
    ends = [set(one) for one in links]
    return effective_lab(
        lab,
        State(links_down=frozenset(link for link in lab.links if {link.a.node, link.b.node} in ends)),
    )


def test_every_site_has_routes_to_every_other(lab: Lab) -> None:
    healthy = effective_lab(lab)
    pairs = list(permutations(lab.sites, 2))
    assert len(pairs) == 30
    assert [(one.name, other.name) for one, other in pairs if not have_routes(healthy, one, other)] == []


def test_all_protocols_of_a_vrf_are_redistributed_into_each_other(lab: Lab) -> None:
    pe1, pe2, pe3 = (lab.vrf(pe, "red") for pe in ("pe1", "pe2", "pe3"))
    assert into_igp(lab, pe1, "ospf") == ("connected", "bgp", "eigrp")
    assert into_igp(lab, pe2, "ospf") == ("connected", "static", "bgp", "eigrp")
    assert into_igp(lab, pe3, "ospf") == ("bgp",)
    assert into_eigrp(lab, pe1) == ("ospf", "bgp")
    assert into_eigrp(lab, pe2) == ("static", "ospf")
    assert {eigrp_tag(lab, vrf) for vrf in (pe1, pe2)} == {vpn_route_tag(65000)}


@pytest.mark.parametrize("name", ["eigrp-same-as", "eigrp-different-as", "eigrp-backdoor"])
def test_where_all_speak_eigrp_nothing_needs_the_tag(name: str) -> None:
    lab = load_lab(LABS / name)
    assert {(into_eigrp(lab, vrf), eigrp_tag(lab, vrf)) for vrf in lab.vrfs} == {((), None)}


@pytest.mark.parametrize("name", ["ospf", "ospf-backdoor", "ospf-sham"])
def test_where_all_speak_ospf_it_takes_bgps_routes_alone(name: str) -> None:
    lab = load_lab(LABS / name)
    assert {into_igp(lab, vrf, "ospf") for vrf in lab.vrfs} == {("bgp",)}


def test_eigrp_takes_what_another_vrf_of_its_pe_exports(tmp_path: Path) -> None:
    lab = small(
        """
        provider: {asn: 65000}
        vpns:
          red:
            import: ["65000:1", "65000:2"]
            export: ["65000:1"]
            sites:
              red1: {protocol: eigrp, asn: 100, prefixes: [172.16.1.0/24]}
              red2: {protocol: eigrp, asn: 100, prefixes: [172.16.2.0/24]}
          dns:
            import: ["65000:1"]
            export: ["65000:2"]
            sites:
              dns1: {protocol: bgp, asn: 65101, prefixes: [172.17.1.0/24]}
        """,
        "dns1 ce",
        more_links=("pe1:eth3 dns1:eth1",),
    ).load(tmp_path)
    assert into_eigrp(lab, lab.vrf("pe1", "red")) == ("bgp",)
    assert into_eigrp(lab, lab.vrf("pe2", "red")) == ()
    assert {eigrp_tag(lab, vrf) for vrf in lab.vrfs if vrf.name == "red"} == {vpn_route_tag(65000)}
    healthy = effective_lab(lab)
    assert all(have_routes(healthy, one, other) for one, other in permutations(lab.sites, 2))


@pytest.mark.parametrize("protocol", ["ospf", "eigrp"])
def test_no_pe_uses_for_its_own_what_another_brought_in(lab: Lab, protocol: str) -> None:
    """The site of pe1 alone is BGP's at pe2, though the sites at both bring it there by OSPF and EIGRP."""
    held = effective_lab(lab).routing
    assert {held[Table(pe, "red")][OF["b"]].protocol for pe in ("pe2", "pe3")} == {"bgp"}
    ce = {"ospf": "o", "eigrp": "e"}[protocol]
    assert held[Table(ce)][OF["b"]].protocol == protocol


def test_a_pe_cut_off_uses_what_eigrp_has_from_another_pe_and_exports_nothing_of_it(lab: Lab) -> None:
    state = cut(lab, ("pe1", "p1"))
    at_pe1 = state.routing[Table("pe1", "red")]
    for site in ("s", "o2"):
        assert (at_pe1[OF[site]].protocol, at_pe1[OF[site]].not_exported) == ("eigrp", True)
        assert at_pe1[OF[site]].attributes.site_of_origin is None
    # bgpd has none of it: the route map denies what is no site's of this PE.
    assert OF["s"] not in state.routing[Table("b")]


def test_a_withdrawn_prefix_is_nowhere(lab: Lab) -> None:
    """The protocols' own ways down, no table is left with a copy that another had from it."""
    for ce in ("b", "s", "o2", "e2"):
        links = [(one.pe.node, ce) for site, one in lab.attachments_of(ce)]
        state = cut(lab, *links)
        copies = [table for table, held in state.routing.items() if OF[ce] in held and table.node != ce]
        # The static routes of s know of nothing.
        assert copies == ([] if ce == "s" else [Table("s")])
