"""Which routes come about where, on small labs whose answer a person can see."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.loading import load_lab
from orchestrator.model.state import HEALTHY, State
from orchestrator.protocols.registry import effective_lab
from orchestrator.routing.routes import RouteSource, Table
from orchestrator.verification.expect import expect
from tests.labs import NEAR_AND_FAR
from tests.unit.model.labs import LabText, small

if TYPE_CHECKING:
    from pathlib import Path

P1, P2 = IPv4Network("172.16.1.0/24"), IPv4Network("172.16.2.0/24")
HUB_AND_SPOKE = LabText(
    nodes=("pe1 pe", "p1 p", "pe2 pe", "hub ce", "spoke1 ce", "spoke2 ce"),
    links=(
        "pe1:eth1 p1:eth1",
        "p1:eth2 pe2:eth1",
        "pe1:eth2 hub:eth1",
        "pe1:eth3 hub:eth2",
        "pe2:eth2 spoke1:eth1",
        "pe2:eth3 spoke2:eth1",
    ),
    intent="""
    provider: {asn: 65000}
    vpns:
      red:
        vrfs:
          hub-in: {import: ["65000:2"], export: []}
          hub-out: {import: [], export: ["65000:1"]}
          spoke1: {import: ["65000:1"], export: ["65000:2"]}
          spoke2: {import: ["65000:1"], export: ["65000:2"]}
        sites:
          hub:
            prefixes: [172.16.0.0/24]
            attachments:
              - {protocol: bgp, asn: 65100, ce: hub, pe: "pe1:eth2", vrf: hub-in}
              - {protocol: bgp, asn: 65100, ce: hub, pe: "pe1:eth3", vrf: hub-out, transit: true}
          spoke1: {protocol: bgp, asn: 65101, vrf: spoke1, prefixes: [172.16.1.0/24]}
          spoke2: {protocol: bgp, asn: 65102, vrf: spoke2, prefixes: [172.16.2.0/24]}
    """,
)
SHARED_AS = """
provider: {asn: 65000}
vpns:
  red:
    sites:
      red1: {protocol: bgp, asn: 65100, prefixes: [172.16.1.0/24]}
      red2: {protocol: bgp, asn: 65100, own-as: allowas-in, prefixes: [172.16.2.0/24]}
"""


def test_as_override_and_allowas_in_give_different_paths(tmp_path: Path) -> None:
    routing = effective_lab(small(SHARED_AS).load(tmp_path)).routing
    assert routing[Table("red1")][P2].attributes.as_path == (65000, 65000)
    assert routing[Table("red2")][P1].attributes.as_path == (65000, 65100)
    assert routing[Table("pe1", "red")][P2].attributes.as_path == (65100,)


def test_spokes_reach_each_other_through_the_hubs_ce(tmp_path: Path) -> None:
    lab = effective_lab(HUB_AND_SPOKE.load(tmp_path))
    journey = lab.journey("spoke1", P2, "spoke2")
    assert journey is not None
    assert [table for table, _, _ in journey] == [
        Table("spoke1"),
        Table("pe2", "spoke1"),
        Table("pe1", "hub-out"),
        Table("hub"),
        Table("pe1", "hub-in"),
        Table("pe2", "spoke2"),
    ]
    assert lab.routing[Table("spoke1")][P2].attributes.as_path == (65000, 65100, 65000, 65102)


def test_without_the_hub_spokes_are_apart(tmp_path: Path) -> None:
    text = HUB_AND_SPOKE.load(tmp_path)
    lab = effective_lab(text, State(nodes_down=frozenset({"hub"})))
    assert P2 not in lab.routing[Table("spoke1")]
    assert lab.journey("spoke1", P2, "spoke2") is None


def test_a_pe_without_transit_takes_nothing_back(tmp_path: Path) -> None:
    text = LabText(
        HUB_AND_SPOKE.nodes, HUB_AND_SPOKE.links, HUB_AND_SPOKE.intent.replace(", transit: true", "")
    )
    lab = effective_lab(text.load(tmp_path))
    assert P2 not in lab.routing[Table("pe1", "hub-out")]
    assert P2 not in lab.routing[Table("spoke1")]


def test_what_is_down_takes_its_routes_along(tmp_path: Path) -> None:
    lab = small(SHARED_AS).load(tmp_path)
    (link,) = (one for one in lab.topology.links if one.b.node == "red2")
    cut = effective_lab(lab, State(links_down=frozenset({link})))
    assert P2 not in cut.routing[Table("red1")]
    assert P2 not in cut.routing[Table("pe1", "red")]
    assert cut.routing[Table("red2")][P2].source is RouteSource.OWN


def test_what_another_vrf_of_the_pe_exports_is_as_good_as_where_it_has_it_from() -> None:
    """A CE's route by BGP counts as external, a redistributed one before all that other PEs send."""
    routing = effective_lab(load_lab(NEAR_AND_FAR)).routing
    by_bgp, by_ospf, twin = (IPv4Network(f"172.16.{site}.0/24") for site in range(3))
    users, far = routing[Table("pe1", "users")], routing[Table("pe2", "users")]
    tables = {prefix: [hop.table for hop in users[prefix].next_hops] for prefix in (by_bgp, by_ospf, twin)}
    assert tables == {
        by_bgp: [Table("pe1", "svc")],
        by_ospf: [Table("pe1", "osvc")],
        twin: [Table("pe1", "twin-a"), Table("pe1", "twin-b")],
    }
    assert [hop.table for hop in far[by_bgp].next_hops] == [Table("pe2", "svc")]
    assert [hop.table for hop in far[twin].next_hops] == [Table("pe1", "twin-a"), Table("pe1", "twin-b")]


def test_two_vrfs_of_one_pe_that_import_from_each_other_use_both_links_of_a_site() -> None:
    lab = load_lab(NEAR_AND_FAR)
    route = effective_lab(lab).routing[Table("pe1", "twin-a")][IPv4Network("172.16.2.0/24")]
    assert {hop.source for hop in route.next_hops} == {RouteSource.PE_CE, RouteSource.IMPORT}
    (check,) = [
        one for one in expect(lab, HEALTHY) if str(one.id) == "pece.announced.pe1.twin-a.172.16.2.0/24"
    ]
    below = {str(one) for one in check.after}
    assert {"pece.session.pe1.twin-a.twin.eth1", "pece.session.pe1.twin-b.twin.eth2"} <= below
