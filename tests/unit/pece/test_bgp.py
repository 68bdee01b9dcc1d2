from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.model.lab import QUICK, Bgp, Lab
from orchestrator.model.load import load_lab
from orchestrator.pece.bgp import Neighbor, customer_bgp, pe_neighbors


@pytest.fixture(scope="module")
def two_vpns() -> Lab:
    return load_lab(Path(__file__).parents[3] / "labs/two-vpns")


def test_both_sides_name_each_other(two_vpns: Lab) -> None:
    for site in two_vpns.sites:
        (attachment,) = site.attachments
        ce = customer_bgp(two_vpns, attachment.ce.node)
        assert ce is not None
        assert ce.asn == attachment.protocol.asn
        assert ce.neighbors == (Neighbor(attachment.pe_address.ip, 65000, QUICK),)
        assert pe_neighbors(two_vpns, two_vpns.vrf(attachment.pe.node, attachment.vrf)) == (
            Neighbor(attachment.ce_address.ip, attachment.protocol.asn, QUICK),
        )


def test_a_ce_originates_its_site_in_order(two_vpns: Lab) -> None:
    ce = customer_bgp(two_vpns, "red2")
    assert ce is not None
    assert [str(network) for network in ce.networks] == ["10.99.0.1/32", "172.16.2.0/24", "192.168.2.0/24"]


def test_a_provider_node_is_no_customer(two_vpns: Lab) -> None:
    assert customer_bgp(two_vpns, "p1") is None


def test_one_router_has_one_as(two_vpns: Lab) -> None:
    red, *others = two_vpns.vpns
    site, *more = red.sites
    second = replace(site.attachments[0], protocol=Bgp(65999))
    twice = replace(site, attachments=(*site.attachments, second))
    lab = replace(two_vpns, vpns=(replace(red, sites=(twice, *more)), *others))
    with pytest.raises(ValueError, match=r"^red1: AS numbers 65101 and 65999, but a CE has one$"):
        customer_bgp(lab, "red1")
