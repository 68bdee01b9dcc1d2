"""What goes wrong with a VPN's routes."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.verification.breaks.kit import K_LFIB, K_RIB, LFIB, RIB, VPNV4, Break, one
from tests.unit.verification.scene import Edit

_VPN_ROUTE = (
    "B>  172.16.2.0/24 [200/0] via 10.255.0.4 (vrf default) (recursive), label 680, weight 1, 00:01:12\n"
    "  *                         via 10.0.0.1, eth1 (vrf default), label 28/680, weight 1, 00:01:12\n"
)
_PATH_AT_PE2 = (
    " *>  172.16.2.0/24    10.1.0.6@5<              0         32768 65102 i\n"
    "    UN=10.1.0.6 EC{65000:1} label=680 type=bgp, subtype=0\n"
)
_ONE_MORE_AT_PE2 = Edit(
    "pe2", VPNV4, "Displayed 16 routes and 16 total paths", "Displayed 17 routes and 17 total paths"
)
_PATH_AT_PE1 = (
    " *>i 172.16.2.0/24    10.255.0.4               0    100      0 65102 i\n"
    "    UN=10.255.0.4 EC{65000:1} label=680 type=bgp, subtype=0\n"
)

VPN = (
    one(
        "not exported",
        "vpn.export.pe2.red.172.16.2.0/24",
        ("pe2", VPNV4),
        (_PATH_AT_PE2, _PATH_AT_PE2.replace("172.16.2.0/24", "172.16.9.0/24")),
    ),
    one(
        "exported without a next hop that is known",
        "vpn.export.pe2.red.172.16.2.0/24",
        ("pe2", VPNV4),
        (_PATH_AT_PE2, _PATH_AT_PE2.replace(" *>  ", "     ")),
    ),
    one(
        "the wrong RT",
        "vpn.export.pe2.red.172.16.2.0/24",
        ("pe2", VPNV4),
        (_PATH_AT_PE2, _PATH_AT_PE2.replace("EC{65000:1}", "EC{65000:2}")),
    ),
    one(
        "an RT too many",
        "vpn.export.pe2.red.172.16.2.0/24",
        ("pe2", VPNV4),
        (_PATH_AT_PE2, _PATH_AT_PE2.replace("EC{65000:1}", "EC{65000:1 65000:2}")),
    ),
    Break(
        "a VPN label that leads into the other VRF",
        "vpn.export.pe2.red.172.16.2.0/24",
        (
            Edit("pe2", LFIB, " 680            BGP   red ", " 680            BGP   blue"),
            Edit("pe2", K_LFIB, "680 dev red", "680 dev blue"),
        ),
    ),
    one(
        "a VPN label that nothing knows",
        "vpn.export.pe2.red.172.16.2.0/24",
        ("pe2", VPNV4),
        (_PATH_AT_PE2, _PATH_AT_PE2.replace("label=680", "label=699")),
    ),
    one(
        "the VPNv4 route did not arrive",
        "vpn.vpnv4.pe1.red.172.16.2.0/24.pe2",
        ("pe1", VPNV4),
        (_PATH_AT_PE1, _PATH_AT_PE1.replace("172.16.2.0/24", "172.16.9.0/24")),
    ),
    one(
        "the RT was lost on the way",
        "vpn.vpnv4.pe1.red.172.16.2.0/24.pe2",
        ("pe1", VPNV4),
        (_PATH_AT_PE1, _PATH_AT_PE1.replace(" EC{65000:1}", "")),
    ),
    one(
        "another next hop",
        "vpn.vpnv4.pe1.red.172.16.2.0/24.pe2",
        ("pe1", VPNV4),
        (_PATH_AT_PE1, _PATH_AT_PE1.replace("10.255.0.4 ", "10.255.0.3 ")),
    ),
    one(
        "another VPN label",
        "vpn.vpnv4.pe1.red.172.16.2.0/24.pe2",
        ("pe1", VPNV4),
        (_PATH_AT_PE1, _PATH_AT_PE1.replace("label=680", "label=681")),
    ),
    one(
        "not best",
        "vpn.vpnv4.pe1.red.172.16.2.0/24.pe2",
        ("pe1", VPNV4),
        (_PATH_AT_PE1, _PATH_AT_PE1.replace(" *>i", " * i")),
    ),
    one(
        "the import is lost",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, ""),
    ),
    one(
        "a wrong VPN label in the RIB",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, _VPN_ROUTE.replace("28/680", "28/681")),
    ),
    one(
        "a wrong transport label in the RIB",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, _VPN_ROUTE.replace("28/680", "27/680")),
    ),
    one(
        "no transport label",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, _VPN_ROUTE.replace("28/680", "680")),
    ),
    one(
        "another BGP next hop",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, _VPN_ROUTE.replace("via 10.255.0.4 ", "via 10.255.0.3 ")),
    ),
    one(
        "a backdoor route wins",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, "B>* 172.16.2.0/24 [20/0] via 10.1.0.2, eth2, weight 1, 00:01:12\n"),
    ),
    one(
        "refused by the kernel",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, _VPN_ROUTE.replace("B>  ", "B>r ").replace("  * ", "    ")),
    ),
    one(
        "not in the kernel",
        "vpn.kernel.pe1.red.172.16.2.0/24",
        ("pe1", K_RIB),
        (
            "172.16.2.0/24 encap mpls  28/680 via 10.0.0.1 dev eth1 table 1001",
            "172.16.9.0/24 dev eth1 table 1001",
        ),
    ),
    one(
        "the kernel pushes other labels",
        "vpn.kernel.pe1.red.172.16.2.0/24",
        ("pe1", K_RIB),
        ("172.16.2.0/24 encap mpls  28/680", "172.16.2.0/24 encap mpls  28/681"),
    ),
    one(
        "a leak into a VRF",
        "vpn.vrf-table.pe1.blue",
        ("pe1", RIB),
        (
            "IPv4 unicast VRF blue:\n",
            (
                "IPv4 unicast VRF blue:\nB>* 172.20.1.0/24 [20/0] via 10.1.0.2, eth2 (vrf red), weight 1, "
                "00:01:12\n"
            ),
        ),
    ),
    one(
        "a leak in the kernel alone",
        "vpn.vrf-table.pe1.blue",
        ("pe1", K_RIB),
        ("local ", "172.20.1.0/24 via 10.1.0.2 dev eth2 table 1002 \nlocal "),
    ),
    one(
        "a default route in a VRF",
        "vpn.vrf-table.pe1.blue",
        ("pe1", K_RIB),
        ("local ", "default via 10.0.0.1 dev eth1 table 1002 \nlocal "),
    ),
    Break(
        "an exported prefix that no site has",
        "vpn.no-other-export.pe2",
        (
            Edit("pe2", VPNV4, _PATH_AT_PE2, _PATH_AT_PE2 + _PATH_AT_PE2.replace("172.16.2.0", "172.31.9.0")),
            _ONE_MORE_AT_PE2,
        ),
    ),
    Break(
        "an RD that nobody gave",
        "vpn.vpnv4-table.pe1",
        (
            Edit(
                "pe1",
                VPNV4,
                "Route Distinguisher: 10.255.0.4:2\n",
                "Route Distinguisher: 10.255.0.4:9\n"
                + _PATH_AT_PE1.replace("172.16.2.0", "172.31.9.0")
                + "Route Distinguisher: 10.255.0.4:2\n",
            ),
            replace(_ONE_MORE_AT_PE2, node="pe1"),
        ),
    ),
    one(
        "a customer route in a P's kernel",
        "vpn.core-clean.p1",
        ("p1", K_RIB),
        ("local ", "172.16.2.0/25 via 10.0.0.3 dev eth2 table 50 \nlocal "),
    ),
    one(
        "a default route in the core",
        "vpn.core-clean.p1",
        ("p1", K_RIB),
        ("local ", "default via 10.0.0.3 dev eth2 \nlocal "),
    ),
    one(
        "a route that the PE does not hand on",
        "vpn.ce-route.red1.172.16.2.0/24",
        ("red1", RIB),
        ("B>* 172.16.2.0/24", "B>* 172.16.9.0/24"),
    ),
    one(
        "a route over something else than the PE",
        "vpn.ce-route.red1.172.16.2.0/24",
        ("red1", RIB),
        ("B>* 172.16.2.0/24 [20/0] via 10.1.0.1, eth1", "B>* 172.16.2.0/24 [20/0] via 10.9.0.2, eth9"),
    ),
    one(
        "another customer's route at a CE",
        "vpn.ce-table.red1",
        ("red1", RIB),
        (
            "B>* 172.16.2.0/24",
            "B>* 172.30.1.0/24 [20/0] via 10.1.0.1, eth1, weight 1, 00:01:12\nB>* 172.16.2.0/24",
        ),
    ),
    one(
        "a default route over management at a CE",
        "vpn.ce-table.red1",
        ("red1", RIB),
        ("C>* ", "K>* 0.0.0.0/0 [0/0] via 198.18.7.1, eth0, weight 1, 00:01:12\nC>* "),
    ),
)
