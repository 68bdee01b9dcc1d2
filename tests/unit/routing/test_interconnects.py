"""Routes of a VPN across two providers: back to back (option A), by ASBRs (B), past them (C)."""

from __future__ import annotations

import re
import shutil
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.labelled_unicast import labelled_peers, vpnv4_partners
from orchestrator.model.state import State
from orchestrator.protocols.registry import effective_lab
from orchestrator.routing.crossing import crossing
from orchestrator.routing.labelled import partners
from orchestrator.routing.routes import RouteSource, Table
from tests.recorded.recording import LABS

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab
    from orchestrator.routing.effective_lab import EffectiveLab

NORTHS, SOUTHS = IPv4Network("172.16.1.0/24"), IPv4Network("172.16.2.0/24")
ONLY_AT_HOME = IPv4Network("172.16.3.0/24")


@pytest.fixture(scope="module")
def a() -> Lab:
    return load_lab(LABS / "inter-as-a")


@pytest.fixture(scope="module")
def b() -> Lab:
    return load_lab(LABS / "inter-as-b")


@pytest.fixture(scope="module")
def c() -> Lab:
    return load_lab(LABS / "inter-as-c")


def cut(lab: Lab, *ends: str) -> EffectiveLab:
    links = frozenset(link for link in lab.links if {str(link.a), str(link.b)} & set(ends))
    return effective_lab(lab, State(links_down=links))


def test_an_asbr_takes_the_other_providers_route_from_it_and_offers_it_to_its_own(a: Lab) -> None:
    held = effective_lab(a).routing
    at_asbr = held[Table("n-br1", "red")][SOUTHS]
    assert (at_asbr.source, at_asbr.attributes.as_path) == (RouteSource.INTERCONNECT, (65010, 65102))
    at_pe = held[Table("n-pe", "red")][SOUTHS]
    assert {hop.table for hop in at_pe.next_hops} == {Table("n-br1", "red"), Table("n-br2", "red")}
    assert held[Table("red1")][SOUTHS].attributes.as_path == (65000, 65010, 65102)


def test_an_asbr_whose_link_is_cut_reaches_the_other_provider_by_its_colleague(a: Lab) -> None:
    held = cut(a, "n-br1:eth2").routing
    (hop,) = held[Table("n-br1", "red")][SOUTHS].next_hops
    assert (hop.source, hop.table) == (RouteSource.IMPORT, Table("n-br2", "red"))


def test_without_a_link_a_vpn_is_two_and_others_are_as_they_were(a: Lab) -> None:
    whole, parted = effective_lab(a).routing, cut(a, "n-br1:eth2", "n-br2:eth2").routing
    assert SOUTHS not in parted[Table("red1")]
    assert NORTHS not in parted[Table("red2")]
    for ce in ("blue1", "blue2", "green1", "green2"):
        assert parted[Table(ce)] == whole[Table(ce)]


def test_no_other_vpn_crosses(a: Lab) -> None:
    held = effective_lab(a).routing
    assert ONLY_AT_HOME in held[Table("blue1")]
    assert all(ONLY_AT_HOME not in held[table] for table in held if table.vrf == "red")
    assert ONLY_AT_HOME not in held[Table("red1")]


def test_vpnv4_routes_cross_with_the_as_of_their_provider_and_without_its_med(b: Lab) -> None:
    now = effective_lab(b)
    route = now.routing[Table("n-pe", "red")][SOUTHS]
    (hop,) = route.next_hops
    assert (hop.source, hop.table) == (RouteSource.IMPORT, Table("s-pe", "red"))
    assert (route.attributes.as_path, route.attributes.med) == ((65010, 65102), 0)
    over = crossing(now, b.vrf("n-pe", "red"), b.vrf("s-pe", "red"))
    assert over is not None
    assert (over.far.node, over.near.node) == ("s-br", "n-br")


def test_route_targets_that_nobody_agreed_to_do_not_cross(b: Lab) -> None:
    assert crossing(effective_lab(b), b.vrf("n-pe", "red"), b.vrf("s-pe", "green")) is None


@pytest.mark.parametrize("end", ["n-br:eth2", "n-pe:eth1", "s-pe:eth1"])
def test_nothing_crosses_where_a_part_of_the_way_is_gone(b: Lab, end: str) -> None:
    now = cut(b, end)
    assert crossing(now, b.vrf("n-pe", "red"), b.vrf("s-pe", "red")) is None
    assert SOUTHS not in now.routing[Table("red1")]


def test_routes_that_pass_the_asbrs_by_cross_with_the_as_of_their_provider(c: Lab) -> None:
    now = effective_lab(c)
    (hop,) = now.routing[Table("n-pe", "red")][SOUTHS].next_hops
    assert (hop.source, hop.table) == (RouteSource.IMPORT, Table("s-pe", "red"))
    assert now.routing[Table("n-pe", "red")][SOUTHS].attributes.as_path == (65010, 65102)
    over = crossing(now, c.vrf("n-pe", "red"), c.vrf("s-pe", "red"))
    assert over is not None
    assert (over.far.node, over.near.node, over.by_labelled_routes) == ("s-br", "n-br", True)
    assert partners(now, over, "s-pe", "n-pe") == (("s-rr", "n-rr"),)


@pytest.mark.parametrize("end", ["n-br:eth2", "n-p:eth2", "n-p:eth3", "s-pe:eth1"])
def test_nothing_passes_where_packets_or_their_routes_have_no_way(c: Lab, end: str) -> None:
    assert SOUTHS not in cut(c, end).routing[Table("red1")]


def test_without_reflectors_each_pe_speaks_with_each_of_the_other_provider(tmp_path: Path) -> None:
    folder = shutil.copytree(LABS / "inter-as-c", tmp_path / "inter-as-c")
    topology = folder / "inter-as-c.clab.yml"
    topology.write_text(re.sub(r"-rr: {group: rr}", "-rr: {group: pe}", topology.read_text()))
    lab = load_lab(folder)
    assert vpnv4_partners(lab, "n-pe") == ("s-rr", "s-pe")
    assert [one.name for one in lab.vpnv4_peers("n-pe")] == ["n-rr"]
    assert [one.name for one in labelled_peers(lab, "n-pe")] == ["n-rr", "n-br"]
    now = effective_lab(lab)
    over = crossing(now, lab.vrf("n-pe", "red"), lab.vrf("s-pe", "red"))
    assert over is not None
    assert ("s-pe", "n-pe") in partners(now, over, "s-pe", "n-pe")
