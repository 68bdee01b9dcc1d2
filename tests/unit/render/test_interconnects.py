"""What ASBRs are configured with, and on which FRR."""

from __future__ import annotations

import pytest

from orchestrator.loading import load_lab
from orchestrator.render.frr import frr_configuration
from orchestrator.render.plumbing import plumbing
from orchestrator.render.quirks import FrrTooOld
from tests.recorded.recording import LABS

A, B, C = (load_lab(LABS / f"inter-as-{option}") for option in "abc")


def test_back_to_back_an_asbr_has_a_session_in_the_vrf_that_no_extended_community_passes() -> None:
    lines = frr_configuration(A, "n-br1", "10.3").splitlines()
    in_vrf = lines[lines.index("router bgp 65000 vrf red") :]
    assert {
        " neighbor 10.0.1.5 remote-as 65010",
        "  no neighbor 10.0.1.5 send-community extended",
        "  neighbor 10.0.1.5 route-map from-asbr in",
    } <= set(in_vrf)
    block = in_vrf.index("route-map from-asbr permit 10")
    assert in_vrf[block + 1] == " set extcommunity none"


def test_an_asbr_that_swaps_labels_names_itself_inside_and_lets_agreed_targets_across() -> None:
    lines = frr_configuration(B, "n-br", "10.3").splitlines()
    assert "  neighbor 10.255.1.1 next-hop-self" in lines
    assert [one for one in lines if one.startswith("bgp extcommunity-list")] == [
        "bgp extcommunity-list standard across-eth2 seq 5 permit rt 65000:1"
    ]
    assert lines.count(" mpls bgp l3vpn-multi-domain-switching") == 2
    assert lines.count(" mpls bgp forwarding") == 1
    assert "next-hop-self" not in frr_configuration(B, "n-pe", "10.3")


def test_labels_come_in_from_another_provider_only_where_they_are_swapped() -> None:
    taken = {
        node: {one.path for one in plumbing(lab, node).sysctls if one.path.endswith("/input") and one.value}
        for lab, node in ((A, "n-br1"), (B, "n-br"))
    }
    assert taken["n-br1"] == {"net/mpls/conf/eth1/input"}
    assert taken["n-br"] == {"net/mpls/conf/eth1/input", "net/mpls/conf/eth2/input"}


def test_an_asbr_that_vpn_routes_pass_by_has_labelled_routes_alone() -> None:
    lines = frr_configuration(C, "n-br", "10.3").splitlines()
    assert (
        "mpls fec nexthop-resolution" in lines[: lines.index("router bgp 65000")]
    )  # before a route can come
    assert [one for one in lines if one.startswith(" address-family")] == [
        " address-family ipv4 labeled-unicast",
        " address-family ipv4",
    ]
    assert {
        "  neighbor 10.255.1.3 next-hop-self",
        "  neighbor 10.0.1.7 prefix-list across-in in",
        "ip prefix-list across-in seq 10 permit 10.255.2.132/32",
        "ip prefix-list across-out seq 5 permit 10.255.1.129/32",
    } <= set(lines)


def test_a_reflector_that_speaks_with_another_providers_leaves_next_hops_as_they_are() -> None:
    lines = frr_configuration(C, "n-rr", "10.3").splitlines()
    assert {
        " neighbor 10.255.2.131 ebgp-multihop",
        " neighbor 10.255.2.131 update-source 10.255.1.131",
        "  neighbor 10.255.2.131 attribute-unchanged next-hop",
        "  neighbor 10.255.2.131 route-map across out",
        "  neighbor 10.255.1.129 route-reflector-client",
        "  neighbor 10.255.1.4 route-reflector-client",
        "  network 10.255.1.131/32",
    } <= set(lines)


def test_an_frr_that_does_not_swap_is_told_apart() -> None:
    with pytest.raises(FrrTooOld, match=r"FRR 8\.4\.4 swaps no VPN labels between providers"):
        frr_configuration(B, "n-br", "8.4.4")
    assert frr_configuration(B, "n-pe", "8.4.4")
    with pytest.raises(FrrTooOld, match=r"FRR 8\.4\.4 installs no labels for PEs behind a core"):
        frr_configuration(C, "n-br", "8.4.4")
