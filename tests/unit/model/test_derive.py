"""What the files leave out, and how they override it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.rd_rt import RouteDistinguisher, RouteTarget
from orchestrator.model.timer_values import QUICK, STANDARD
from orchestrator.model.topology import Endpoint, Role
from orchestrator.protocols.bgp.values import Bgp
from tests.unit.model.labs import RED, provider_with, red_with, small

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

TWO_VPNS = Path(__file__).parents[3] / "labs" / "two-vpns"


@pytest.fixture(scope="module")
def two_vpns() -> Lab:
    return load_lab(TWO_VPNS)


def test_two_vpns_is_eight_routers_in_a_row(two_vpns: Lab) -> None:
    assert {node.name: node.role for node in two_vpns.nodes} == {
        "pe1": Role.PE,
        "p1": Role.P,
        "p2": Role.P,
        "pe2": Role.PE,
        "red1": Role.CE,
        "red2": Role.CE,
        "blue1": Role.CE,
        "blue2": Role.CE,
    }
    assert [one.name for one in two_vpns.vpnv4_peers("pe1")] == ["pe2"]
    assert [far.node for _, far in two_vpns.core_links_of("p1")] == ["pe1", "p2"]


def test_loopbacks_count_provider_nodes_from_one(two_vpns: Lab) -> None:
    loopbacks = {name: str(two_vpns.loopback(name)) for name in two_vpns.providers[0].nodes}
    assert loopbacks == {"pe1": "10.255.0.1", "p1": "10.255.0.2", "p2": "10.255.0.3", "pe2": "10.255.0.4"}


def test_core_links_are_31s_in_the_order_of_the_file(two_vpns: Lab) -> None:
    core = {
        f"{one.node}:{one.name}": str(one.address)
        for one in two_vpns.interfaces
        if one.kind is InterfaceKind.CORE
    }
    assert core == {
        "pe1:eth1": "10.0.0.0/31",
        "p1:eth1": "10.0.0.1/31",
        "p1:eth2": "10.0.0.2/31",
        "p2:eth1": "10.0.0.3/31",
        "p2:eth2": "10.0.0.4/31",
        "pe2:eth1": "10.0.0.5/31",
    }


def test_access_links_are_30s_with_the_pe_first(two_vpns: Lab) -> None:
    (_, attachment), *others = two_vpns.attachments_of("pe2")
    assert attachment.pe_address == IPv4Interface("10.1.0.5/30")
    assert attachment.ce_address == IPv4Interface("10.1.0.6/30")
    assert attachment.protocol == Bgp(65102)
    assert [one.vrf for _, one in others] == ["blue"]


def test_vrf_follows_loopback_provider_and_vpn_number(two_vpns: Lab) -> None:
    vrf = two_vpns.vrf("pe2", "blue")
    assert vrf.table == 1002
    assert vrf.rd == RouteDistinguisher(IPv4Address("10.255.0.4"), 2)
    assert vrf.imports == vrf.exports == {RouteTarget(65000, 2)}


def test_customers_share_prefixes_and_each_has_one_alone(two_vpns: Lab) -> None:
    red, blue = ({prefix for site in vpn.sites for prefix in site.prefixes} for vpn in two_vpns.vpns)
    assert len(red & blue) >= 4
    assert red - blue
    assert blue - red


def test_mtu_leaves_room_for_two_labels(two_vpns: Lab) -> None:
    mtu = {one.kind: one.mtu for one in two_vpns.interfaces}
    assert (mtu[InterfaceKind.CORE], mtu[InterfaceKind.ACCESS], mtu[InterfaceKind.LAN]) == (9500, 1500, 1500)


def test_lans_hang_on_the_ce_in_the_order_of_the_prefixes(two_vpns: Lab) -> None:
    lans = {one.name: str(one.address) for one in two_vpns.interfaces_of("red2", InterfaceKind.LAN)}
    assert lans == {"lan1": "172.16.2.1/24", "lan2": "192.168.2.1/24", "lan3": "10.99.0.1/32"}


def test_pools(tmp_path: Path) -> None:
    text = provider_with("addressing: {loopbacks: 192.0.2.0/26, core: 192.0.2.64/26, access: 192.0.2.128/25}")
    lab = small(text).load(tmp_path)
    assert str(lab.loopback("p1")) == "192.0.2.2"
    assert str(lab.interface(Endpoint("pe2", "eth1")).address) == "192.0.2.67/31"
    assert str(lab.interface(Endpoint("red2", "eth1")).address) == "192.0.2.134/30"


@pytest.mark.parametrize(("word", "timers"), [("quick", QUICK), ("standard", STANDARD)])
def test_timers(tmp_path: Path, word: str, timers: object) -> None:
    assert small(provider_with(f"timers: {word}")).load(tmp_path).providers[0].timers == timers


def test_overrides_move_nothing_else(tmp_path: Path) -> None:
    more = """
        nodes:
          pe1: {loopback: 192.0.2.1}
        links:
          p1:eth1: {subnet: 192.0.2.8/30}
    """
    lab = small(red_with(more)).load(tmp_path)
    assert str(lab.loopback("pe1")) == "192.0.2.1"
    assert str(lab.loopback("p1")) == "10.255.0.2"
    assert str(lab.interface(Endpoint("pe1", "eth1")).address) == "192.0.2.9/30"
    assert str(lab.interface(Endpoint("p1", "eth1")).address) == "192.0.2.10/30"
    assert str(lab.interface(Endpoint("p1", "eth2")).address) == "10.0.0.2/31"
    assert str(lab.vrf("pe1", "red").rd) == "192.0.2.1:1"


def test_vpn_says_its_number_targets_and_distinguishers(tmp_path: Path) -> None:
    text = """
        provider: {asn: 4200000000}
        vpns:
          red:
            number: 77
            export: [65000:100]
            rd: {pe1: 65000:1}
            sites:
              red1: {protocol: bgp, asn: 65101}
              red2: {protocol: bgp, asn: 65102}
    """
    lab = small(text).load(tmp_path)
    pe1, pe2 = lab.vrf("pe1", "red"), lab.vrf("pe2", "red")
    assert (str(pe1.rd), str(pe2.rd)) == ("65000:1", "10.255.0.3:77")
    assert pe1.imports == {RouteTarget(4200000000, 77)}
    assert pe1.exports == {RouteTarget(65000, 100)}
    assert pe1.table == 1077
    assert lab.sites[0].prefixes == ()


def test_short_form_names_ce_pe_vrf_and_subnet(tmp_path: Path) -> None:
    text = RED.replace("red2: {", "far: {ce: red2, pe: pe2, vrf: red-far, subnet: 192.0.2.4/31, ")
    lab = small(text).load(tmp_path)
    (_, attachment) = lab.attachments_of("red2")[0]
    assert lab.sites[1].name == "far"
    assert (attachment.vrf, attachment.pe) == ("red-far", Endpoint("pe2", "eth2"))
    assert attachment.pe_address == IPv4Interface("192.0.2.4/31")
    assert attachment.ce_address == IPv4Interface("192.0.2.5/31")


def test_second_vrf_name_of_a_vpn_has_a_table_and_rd_of_its_own(tmp_path: Path) -> None:
    text = RED.replace("red2: {", "red2: {vrf: red-far, ") + (
        "      red3: {protocol: bgp, asn: 65103, ce: red3, vrf: red-far}\n"
    )
    lab = small(text, "red3 ce", more_links=("pe1:eth3 red3:eth1",)).load(tmp_path)
    derived = {(vrf.pe, vrf.name): (vrf.table, str(vrf.rd)) for vrf in lab.vrfs}
    assert derived == {
        ("pe1", "red"): (1001, "10.255.0.1:1"),
        ("pe2", "red-far"): (2001, "10.255.0.3:1001"),
        ("pe1", "red-far"): (2001, "10.255.0.1:1001"),
    }


DUAL_HOMED = """
provider: {asn: 65000}
vpns:
  red:
    sites:
      campus:
        prefixes: [172.16.1.0/24, 172.16.9.9/32]
        protocol: bgp
        asn: 65101
        attachments:
          - ce: red1
          - {ce: red2, subnet: 192.0.2.0/30}
"""


def test_site_with_two_attachments_gives_them_its_protocol(tmp_path: Path) -> None:
    lab = small(DUAL_HOMED).load(tmp_path)
    (site,) = lab.sites
    assert [(str(one.ce), str(one.pe), one.protocol) for one in site.attachments] == [
        ("red1:eth1", "pe1:eth2", Bgp(65101)),
        ("red2:eth1", "pe2:eth2", Bgp(65101)),
    ]
    assert site.attachments[1].subnet == IPv4Network("192.0.2.0/30")
    lans = {
        f"{one.node}:{one.name}": str(one.address) for one in lab.interfaces if one.kind is InterfaceKind.LAN
    }
    assert lans == {
        "red1:lan1": "172.16.1.1/24",
        "red2:lan1": "172.16.1.2/24",
        "red1:lan2": "172.16.9.9/32",
        "red2:lan2": "172.16.9.9/32",
    }


def test_ce_at_two_pes_is_attached_where_the_site_says(tmp_path: Path) -> None:
    text = RED.replace("red2: {", "red2: {pe: pe1, ")
    lab = small(text, more_links=("pe1:eth3 red2:eth2",)).load(tmp_path)
    (_, attachment) = lab.attachments_of("red2")[0]
    assert attachment.ce == Endpoint("red2", "eth2")
    # The other link is numbered but carries nothing.
    assert [one.name for one in lab.interfaces_of("red2", InterfaceKind.ACCESS)] == ["eth2"]


def test_ce_with_two_links_to_one_pe_names_the_interface(tmp_path: Path) -> None:
    text = RED.replace("red2: {", "red2: {pe: pe2:eth3, ")
    lab = small(text, more_links=("pe2:eth3 red2:eth2",)).load(tmp_path)
    (_, attachment) = lab.attachments_of("red2")[0]
    assert attachment.pe == Endpoint("pe2", "eth3")


def test_two_providers_share_pools_without_clashing(tmp_path: Path) -> None:
    text = RED.replace(
        "provider: {asn: 65000}",
        "providers:\n  north: {asn: 65000, nodes: [pe1, p1, pe2]}\n  south: {asn: 65001, nodes: [pe3, pe4]}",
    ) + (
        "  blue:\n    sites:\n"
        "      blue1: {protocol: bgp, asn: 65201}\n      blue2: {protocol: bgp, asn: 65202}\n"
    )
    more = ("pe3:eth1 pe4:eth1", "pe3:eth2 blue1:eth1", "pe4:eth2 blue2:eth1")
    lab = small(text, "pe3 pe", "pe4 pe", "blue1 ce", "blue2 ce", more_links=more).load(tmp_path)
    assert [provider.nodes for provider in lab.providers] == [("pe1", "p1", "pe2"), ("pe3", "pe4")]
    assert str(lab.loopback("pe4")) == "10.255.0.5"
    assert str(lab.interface(Endpoint("pe3", "eth1")).address) == "10.0.0.4/31"
    assert lab.vrf("pe3", "blue").imports == {RouteTarget(65001, 2)}
    assert [one.name for one in lab.vpnv4_peers("pe3")] == ["pe4"]
