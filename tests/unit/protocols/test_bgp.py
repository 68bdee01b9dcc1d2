from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.protocols.bgp.sessions import customer_as
from orchestrator.protocols.registry import on_ce, on_pe
from tests.unit.model.labs import small

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

SHARED_AS = """
provider: {asn: 65000, timers: standard}
vpns:
  red:
    sites:
      red1: {protocol: bgp, asn: 65100, prefixes: [172.16.1.0/24]}
      red2: {protocol: bgp, asn: 65100, own-as: allowas-in, prefixes: [172.16.2.0/24]}
"""


@pytest.fixture(scope="module")
def two_vpns() -> Lab:
    return load_lab(Path(__file__).parents[3] / "labs/two-vpns")


def test_both_sides_name_each_other(two_vpns: Lab) -> None:
    quick = ("timers 3 9", "timers connect 1")
    for site in two_vpns.sites:
        (one,) = site.attachments
        ce, pe = one.ce_address.ip, one.pe_address.ip
        assert on_ce(two_vpns, one.ce.node).bgp == (
            f" neighbor {pe} remote-as 65000",
            *(f" neighbor {pe} {line}" for line in quick),
        )
        assert on_pe(two_vpns, two_vpns.vrf(one.pe.node, one.vrf)).bgp == (
            f" neighbor {ce} remote-as {customer_as(two_vpns, one.ce.node)}",
            *(f" neighbor {ce} {line}" for line in quick),
        )


def test_a_ce_originates_its_site_in_order(two_vpns: Lab) -> None:
    assert on_ce(two_vpns, "red2").unicast == (
        "  network 10.99.0.1/32",
        "  network 172.16.2.0/24",
        "  network 192.168.2.0/24",
    )


def test_a_provider_node_is_no_customer(two_vpns: Lab) -> None:
    assert customer_as(two_vpns, "p1") is None


def test_sites_of_one_as_need_a_way_around_its_loop_detection(tmp_path: Path) -> None:
    lab = small(SHARED_AS).load(tmp_path)
    assert on_pe(lab, lab.vrf("pe1", "red")).unicast == (
        "  no neighbor 10.1.0.2 send-community extended",
        "  neighbor 10.1.0.2 as-override",
        "  neighbor 10.1.0.2 route-map from-ce in",
    )
    assert on_ce(lab, "red1").unicast == ("  network 172.16.1.0/24",)
    assert on_pe(lab, lab.vrf("pe2", "red")).unicast == (
        "  no neighbor 10.1.0.6 send-community extended",
        "  neighbor 10.1.0.6 route-map from-ce in",
    )
    assert on_ce(lab, "red2").unicast == ("  network 172.16.2.0/24", "  neighbor 10.1.0.5 allowas-in 1")
