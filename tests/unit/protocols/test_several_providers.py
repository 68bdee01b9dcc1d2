"""A customer of two providers: what its edge advertises to each of them, and what comes of it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from orchestrator.model.state import State
from orchestrator.model.topology import Endpoint
from orchestrator.protocols.registry import effective_lab
from orchestrator.render.frr import frr_configuration
from orchestrator.render.plumbing import Port, plumbing
from orchestrator.routing.routes import Table
from orchestrator.verification.expect import expect
from tests.unit.model.labs import LabText

if TYPE_CHECKING:
    from pathlib import Path

P0, P1, P2 = (IPv4Network(f"172.16.{number}.0/24") for number in range(3))
TEXT = LabText(
    nodes=("pe1 pe", "pe2 pe", "pe3 pe", "pe4 pe", "hq ce", "old ce", "new ce"),
    links=(
        "pe1:eth1 pe2:eth1",
        "pe3:eth1 pe4:eth1",
        "pe1:eth2 hq:eth1",
        "pe3:eth2 hq:eth2",
        "pe2:eth2 old:eth1",
        "pe2:eth3 new:eth1",
        "pe4:eth2 new:eth2",
    ),
    intent="""
    providers:
      north: {asn: 65000, nodes: [pe1, pe2]}
      south: {asn: 65010, nodes: [pe3, pe4]}
    vpns:
      acme:
        sites:
          hq:
            prefixes: [172.16.0.0/24]
            protocol: bgp
            asn: 65100
            transit: true
            attachments: [{ce: hq, pe: pe1}, {ce: hq, pe: pe3}]
          old: {protocol: bgp, asn: 65100, prefixes: [172.16.1.0/24]}
          new: {pe: pe4, protocol: bgp, asn: 65100, prefixes: [172.16.2.0/24]}
    """,
)
BOTH = LabText(
    TEXT.nodes,
    TEXT.links,
    TEXT.intent.replace(
        "new: {pe: pe4, protocol: bgp, asn: 65100, prefixes: [172.16.2.0/24]}",
        "new: {protocol: bgp, asn: 65100, prefixes: [172.16.2.0/24], "
        "attachments: [{ce: new, pe: pe2}, {ce: new, pe: pe4}]}",
    ),
)


def test_sites_of_two_providers_meet_at_the_transit_site(tmp_path: Path) -> None:
    lab = effective_lab(TEXT.load(tmp_path))
    journey = lab.journey("new", P1, "old")
    assert journey is not None
    assert [table for table, _, _ in journey] == [
        Table("new"),
        Table("pe4", "acme"),
        Table("pe3", "acme"),
        Table("hq"),
        Table("pe1", "acme"),
        Table("pe2", "acme"),
    ]
    # Each provider writes its own number over the customer's (as-override).
    assert lab.routing[Table("new")][P1].attributes.as_path == (65010, 65010, 65000, 65000)


def test_without_the_transit_site_they_are_apart(tmp_path: Path) -> None:
    lab = effective_lab(TEXT.load(tmp_path), State(nodes_down=frozenset({"hq"})))
    assert P1 not in lab.routing[Table("new")]
    assert P2 not in lab.routing[Table("old")]


def test_a_site_at_both_offers_its_own_prefixes_alone(tmp_path: Path) -> None:
    lab = BOTH.load(tmp_path)
    configuration = frr_configuration(lab, "new", "10.3")
    assert configuration.count("prefix-list own-prefixes out") == 2
    assert "ip prefix-list own-prefixes seq 5 permit 172.16.2.0/24" in configuration
    assert "seq 10" not in configuration
    # With the transit site gone, nobody goes through it from one provider to the other.
    without = effective_lab(lab, State(nodes_down=frozenset({"hq"})))
    assert P2 in without.routing[Table("old")]
    assert P1 in without.routing[Table("new")]
    assert P1 not in without.routing[Table("pe4", "acme")]


def test_the_transit_site_offers_the_vpns_prefixes_and_no_subnet_of_a_provider(tmp_path: Path) -> None:
    lab = TEXT.load(tmp_path)
    configuration = frr_configuration(lab, "hq", "10.3")
    assert [line.split()[-1] for line in configuration.splitlines() if "seq " in line] == [
        *map(str, (P0, P1, P2))
    ]
    assert "allowas-in" not in frr_configuration(lab, "pe1", "10.3")
    (_, there) = lab.attachments_of("old")[0]
    assert there.subnet not in effective_lab(lab).routing[Table("new")]


def test_a_port_without_a_site_is_shut(tmp_path: Path) -> None:
    lab = TEXT.load(tmp_path)
    assert [str(one.end) for one in lab.spares] == ["pe2:eth3", "new:eth1"]
    assert Port("eth3", 1500, shut=True) in plumbing(lab, "pe2").ports
    assert "eth3" not in frr_configuration(lab, "pe2", "10.3")
    ids = {str(check.id) for check in expect(lab)}
    assert {"link.spare.pe2.eth3", "link.spare.new.eth1"} <= ids
    assert not any("pe2:eth3" in one for one in ids)


def test_a_ce_keeps_its_router_id_when_it_moves(tmp_path: Path) -> None:
    before = BOTH.load(tmp_path / "before")
    after = TEXT.load(tmp_path / "after")
    assert before.router_id("new") == after.router_id("new") == IPv4Address("10.1.0.14")
    assert after.interface(Endpoint("new", "eth2")).address.ip == IPv4Address("10.1.0.18")


def test_each_providers_tables_hold_its_own_routes_alone(tmp_path: Path) -> None:
    lab = effective_lab(TEXT.load(tmp_path))
    assert [one.name for one in lab.lab.vpnv4_peers("pe1")] == ["pe2"]
    assert not lab.receives_vpnv4("pe1", "pe3")
    ids = {str(check.id) for check in expect(lab.lab)}
    assert "ldp.lsp.pe1.pe2" in ids
    assert not {one for one in ids if one.startswith(("ldp.lsp.pe1.pe3", "igp.loopback.pe1.pe3"))}
    # Neither core answers over either provider's PE.
    barred = {one for one in ids if one.startswith("data.barred.hq.")}
    assert {"data.barred.hq.10.255.0.3/32", "data.barred.hq.10.255.0.1/32.pe3:eth2"} <= barred


DRAINED = LabText(
    BOTH.nodes, BOTH.links, BOTH.intent.replace("{ce: new, pe: pe2}", "{ce: new, pe: pe2, backup: true}")
)


def test_a_backup_is_used_by_nobody_while_there_is_another_way(tmp_path: Path) -> None:
    lab = DRAINED.load(tmp_path)
    routing = effective_lab(lab).routing
    assert {way.table for way in routing[Table("new")][P0].next_hops} == {Table("pe4", "acme")}
    # Even behind the same PE: three times its own AS number is longer than the way by the transit site.
    assert {way.table for way in routing[Table("pe2", "acme")][P2].next_hops} == {Table("pe1", "acme")}
    (link,) = (one for one in lab.links if {one.a.node, one.b.node} == {"pe4", "new"})
    alone = effective_lab(lab, State(links_down=frozenset({link}))).routing
    assert {way.table for way in alone[Table("new")][P0].next_hops} == {Table("pe2", "acme")}
    assert alone[Table("old")][P2].attributes.as_path == (65000,) * 5


def test_what_makes_a_backup_is_on_the_ce_alone(tmp_path: Path) -> None:
    lab = DRAINED.load(tmp_path)
    configuration = frr_configuration(lab, "new", "10.3")
    assert "neighbor 10.1.0.13 route-map backup-in in" in configuration
    assert " set as-path prepend 65100 65100 65100" in configuration
    assert frr_configuration(lab, "pe2", "10.3") == frr_configuration(BOTH.load(tmp_path), "pe2", "10.3")
