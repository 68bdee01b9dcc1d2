from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.lab import Lab
from orchestrator.model.rd_rt import RouteTarget
from orchestrator.model.timer_values import STANDARD
from orchestrator.render.frr import frr_configuration
from orchestrator.render.quirks import UnknownFrrVersion, quirks
from tests.unit.model.labs import small
from tests.unit.render.conftest import LABS

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "10.3"


def block(configuration: str, header: str) -> list[str]:
    """The lines of one block, without comments and indentation."""
    lines = configuration.splitlines()
    start = lines.index(header)
    return [line.strip() for line in lines[start + 1 : lines.index("exit", start)] if line.strip() != "!"]


def with_vrf(lab: Lab, name: str, imports: set[str], exports: set[str]) -> Lab:
    def targets(texts: set[str]) -> frozenset[RouteTarget]:
        return frozenset(map(RouteTarget.parse, texts))

    vrfs = (
        replace(one, imports=targets(imports), exports=targets(exports)) if one.name == name else one
        for one in lab.vrfs
    )
    return Lab(lab.folder, lab.topology, lab.providers, lab.vpns, tuple(vrfs), lab.interfaces)


def test_every_bgp_instance_has_an_explicit_router_id(two_vpns: Lab) -> None:
    text = frr_configuration(two_vpns, "pe1", VERSION)
    for header in ("router bgp 65000", "router bgp 65000 vrf red", "router bgp 65000 vrf blue"):
        assert block(text, header)[0] == "bgp router-id 10.255.0.1"


def test_every_block_has_an_exit(two_vpns: Lab) -> None:
    for node in two_vpns.nodes:
        lines = frr_configuration(two_vpns, node.name, VERSION).splitlines()
        headers = [
            line
            for line in lines
            if line.lstrip().startswith(("interface ", "router ", "mpls ldp", "route-map "))
        ]
        assert len(headers) == sum(line.strip() == "exit" for line in lines)
        assert sum("address-family ipv4" in line for line in lines) == lines.count(" exit-address-family")


def test_a_vrf_that_meets_nobody_has_no_route_target(two_vpns: Lab) -> None:
    """`rt vpn both` without one is refused by FRR."""
    text = frr_configuration(with_vrf(two_vpns, "red", set(), set()), "pe1", VERSION)
    assert not [line for line in block(text, "router bgp 65000 vrf red") if line.startswith("rt ")]


def test_ldp_runs_on_core_interfaces_only(two_vpns: Lab) -> None:
    assert "interface eth1" in block(frr_configuration(two_vpns, "pe1", VERSION), "mpls ldp")[4:]
    assert "eth2" not in frr_configuration(two_vpns, "pe1", VERSION).split("mpls ldp")[1]


def test_a_p_knows_nothing_of_customers(two_vpns: Lab) -> None:
    text = frr_configuration(two_vpns, "p1", VERSION)
    assert "bgp" not in text
    assert "vrf" not in text


def test_a_ce_knows_nothing_of_the_provider_but_its_pe(two_vpns: Lab) -> None:
    text = frr_configuration(two_vpns, "red1", VERSION)
    assert "mpls" not in text
    assert "ospf" not in text
    assert block(text, "router bgp 65101") == [
        "bgp router-id 10.1.0.2",
        "no bgp ebgp-requires-policy",
        "neighbor 10.1.0.1 remote-as 65000",
        "neighbor 10.1.0.1 timers 3 9",
        "neighbor 10.1.0.1 timers connect 1",
        "address-family ipv4 unicast",
        "network 172.16.1.0/24",
        "network 172.20.1.0/24",
        "network 192.168.1.0/24",
        "exit-address-family",
    ]


def test_what_is_a_default_is_not_said(two_vpns: Lab) -> None:
    lab = replace_timers(two_vpns)
    for node in ("pe1", "p1", "red1"):
        text = frr_configuration(lab, node, VERSION)
        assert "timers" not in text
        assert "hello" not in text


def replace_timers(lab: Lab) -> Lab:
    return replace(lab, providers=tuple(replace(one, timers=STANDARD) for one in lab.providers))


@pytest.mark.parametrize(
    ("imports", "exports", "lines"),
    [
        ({"65000:1"}, {"65000:1"}, ["rt vpn both 65000:1"]),
        ({"65000:2", "65000:10"}, {"65000:1"}, ["rt vpn import 65000:2 65000:10", "rt vpn export 65000:1"]),
        # As FRR sorts them: by their octets, two-octet ASes before addresses before four-octet ASes.
        ({"4200000000:1", "10.0.0.1:1", "65000:1"}, set(), ["rt vpn import 65000:1 10.0.0.1:1 4200000000:1"]),
        (set(), {"65000:1"}, ["rt vpn export 65000:1"]),
    ],
)
def test_route_targets(two_vpns: Lab, imports: set[str], exports: set[str], lines: list[str]) -> None:
    text = frr_configuration(with_vrf(two_vpns, "red", imports, exports), "pe1", VERSION)
    red = block(text, "router bgp 65000 vrf red")
    assert [line for line in red if line.startswith("rt ")] == lines


def test_a_route_reflector_reflects_to_pes(tmp_path: Path) -> None:
    lab = small(
        """
        provider: {asn: 65000}
        vpns:
          red:
            sites:
              red1: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24]}
              red2: {protocol: bgp, asn: 65102, prefixes: [172.16.2.0/24]}
        """,
        "rr1 rr",
        more_links=("p1:eth3 rr1:eth1",),
    ).load(tmp_path)
    reflector = block(frr_configuration(lab, "rr1", VERSION), "router bgp 65000")
    pes = sorted((lab.loopback("pe1"), lab.loopback("pe2")))
    assert [line for line in reflector if line.endswith("route-reflector-client")] == [
        f"neighbor {pe} route-reflector-client" for pe in pes
    ]
    pe = block(frr_configuration(lab, "pe1", VERSION), "router bgp 65000")
    assert {line.split()[1] for line in pe if line.startswith("neighbor")} == {str(lab.loopback("rr1"))}


def test_versions_differ_in_what_they_print(two_vpns: Lab) -> None:
    old, new = (frr_configuration(two_vpns, "pe1", version) for version in ("8.4.4", "10.7.1"))
    assert "mpls enable" in block(old, "interface eth1")
    assert "mpls enable" not in new
    assert "vrf red\nexit-vrf" in new
    assert "exit-vrf" not in old
    assert [line for line in old.splitlines() if line.startswith("interface")] == [
        "interface eth3",  # VRF blue
        "interface eth1",  # global, which FRR 8.4 sorts as VRF "default"
        "interface lo",
        "interface eth2",  # VRF red
    ]


@pytest.mark.parametrize("version", ["8.4", "8.4.4", "9.1", "10.3", "10.8-dev", "11.0-my-build"])
def test_versions_are_read_as_frr_writes_them(version: str) -> None:
    assert quirks(version).prints_vrf == (version[:2] in ("10", "11"))


@pytest.mark.parametrize("version", ["", "dev", "7.5.1"])
def test_other_versions_are_refused(version: str) -> None:
    with pytest.raises(UnknownFrrVersion):
        quirks(version)


def test_interfaces_are_ordered_by_number(two_vpns: Lab) -> None:
    more = replace(two_vpns.interfaces_of("p1")[1], name="eth10")
    lab = replace(two_vpns, interfaces=(*two_vpns.interfaces, more))
    names = [
        line for line in frr_configuration(lab, "p1", VERSION).splitlines() if line.startswith("interface")
    ]
    assert names == ["interface eth1", "interface eth2", "interface eth10", "interface lo"]
    assert IPv4Address("10.255.0.2") == lab.loopback("p1")


@pytest.mark.parametrize(("version", "printed"), [("8.4.4", False), ("10.3", True), ("10.7.1", True)])
def test_a_tunnel_is_point_to_point_by_itself_to_old_versions(version: str, *, printed: bool) -> None:
    text = frr_configuration(load_lab(LABS / "ospf-sham"), "pe1", version)
    tunnel = text.partition("interface sham1\n")[2].partition("exit\n")[0]
    assert " ip ospf cost 5\n" in tunnel
    assert (" ip ospf network point-to-point\n" in tunnel) == printed
    assert " ip ospf network point-to-point\n" in text.partition("interface eth2\n")[2].partition("exit\n")[0]
