"""Of a real output exactly the lines that are about one thing."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest

from parsers.bgp import VPN_ROUTES, bgp_advertised
from parsers.kernel import KERNEL_ROUTES
from parsers.zebra import ROUTES
from tests.parsers.cases import CASES

if TYPE_CHECKING:
    from parsers import Command

TAIL = "weight 1, 00:00:49"
OUTPUTS = {case.name: case.output for case in CASES}


@pytest.mark.parametrize(
    ("command", "name", "key", "under", "lines"),
    [
        (
            ROUTES,
            "show_ip_route_vrf_all/frr-10.3-pe1-bgp",
            "172.16.2.0/24",
            "CUST",
            (
                f"B>  172.16.2.0/24 [200/0] via 10.255.0.2 (vrf default) (recursive), label 80, {TAIL}",
                f"  *                         via 10.0.1.2, eth2 (vrf default), label 17/80, {TAIL}",
            ),
        ),
        (ROUTES, "show_ip_route_vrf_all/frr-10.3-pe1-bgp", "172.16.2.0/24", "default", None),
        (
            VPN_ROUTES,
            "show_bgp_ipv4_vpn/frr-8.4.4-pe1-bgp",
            "172.16.2.0/24",
            None,
            (
                "*>i172.16.2.0/24    10.255.0.2               0    100      0 65100 i",
                "    UN=10.255.0.2 EC{65000:100} label=80 type=bgp, subtype=0",
            ),
        ),
        (
            bgp_advertised(IPv4Address("10.1.0.1")),
            "show_bgp_ipv4_unicast_neighbors_10.1.0.1_advertised-routes/frr-10.3-ce1-bgp-backdoor",
            "172.16.3.0/24",
            None,
            (
                " *>  172.16.3.0/24    10.1.0.1                 0    200      0 65000 65103 i",
                " * i 172.16.3.0/24    10.2.0.2                 0    100      0 65000 65103 i",
            ),
        ),
    ],
)
def test_rows_with_all_their_lines(
    command: Command[object], name: str, key: str, under: str | None, lines: tuple[str, ...] | None
) -> None:
    found = command.rows(OUTPUTS[name], key, under)
    assert tuple(line for row in found for line in row) == (lines or ())


def test_a_key_is_matched_whole() -> None:
    output = "172.16.1.0/24 via 10.1.0.2 dev eth1\n172.16.10.0/24 via 10.1.0.2 dev eth1\n"
    assert KERNEL_ROUTES.rows(output, "172.16.1.0/24") == (("172.16.1.0/24 via 10.1.0.2 dev eth1",),)
