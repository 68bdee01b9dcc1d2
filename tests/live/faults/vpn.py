"""Faults of a VPN's routes: RD, route targets, what is exported and leaked."""

from __future__ import annotations

from tests.live.fault import TABLES, Fault, started, vtysh
from tests.live.faults.shared import ON_THE_TARGETS, RED_ROUTES


def _policy(direction: str, *lines: str) -> str:
    """Routes of VRF red go through a route map on their way to the VPN, or from it."""
    return vtysh(
        "ip prefix-list two permit 172.16.2.0/24",
        "route-map two permit 10" if lines else "route-map two deny 10",
        "match ip address prefix-list two",
        *lines,
        "exit",
        "route-map two permit 20",
        "exit",
        "router bgp 65000 vrf red",
        "address-family ipv4 unicast",
        f"route-map vpn {direction} two",
    )


VPN = (
    Fault(
        "an export policy that changes the RT of one route",
        {"pe2": _policy("export", "set extcommunity rt 65000:9")},
        {"vpn.export.pe2.red.172.16.2.0/24": "RD 10.255.0.4:1, RT 65000:1, 65000:9, *"},
        blocks=RED_ROUTES,
    ),
    Fault(
        "an import policy that denies one route",
        {"pe1": _policy("import")},
        {"vpn.route.pe1.red.172.16.2.0/24": "no route in VRF red"},
        blocks=RED_ROUTES,
    ),
    Fault(
        "a VRF that exports a prefix which no site has",
        {
            "pe1": vtysh(
                "router bgp 65000 vrf red",
                "no bgp network import-check",
                "address-family ipv4 unicast",
                "network 172.31.9.0/24",
            )
        },
        {"vpn.no-other-export.pe1": "also 10.255.0.1:1:172.31.9.0/24"},
        blocks=TABLES,
    ),
    Fault(
        "a VPNv4 route from a P",
        {
            "p1": started("bgpd")
            + vtysh(
                "router bgp 65000",
                "neighbor 10.255.0.1 remote-as 65000",
                "neighbor 10.255.0.1 update-source 10.255.0.2",
                "address-family ipv4 vpn",
                "neighbor 10.255.0.1 activate",
                "network 172.31.9.0/24 rd 65000:99 label 500",
            ),
            "pe1": vtysh(
                "router bgp 65000",
                "neighbor 10.255.0.2 remote-as 65000",
                "neighbor 10.255.0.2 update-source 10.255.0.1",
                "address-family ipv4 vpn",
                "neighbor 10.255.0.2 activate",
            ),
        },
        {
            "mpbgp.no-other-session.pe1": "also 10.255.0.2 *",
            "mpbgp.no-other-session.p1": "also 10.255.0.1 *",
            "vpn.vpnv4-table.pe1": "also 65000:99:172.31.9.0/24",
        },
        daemons=True,
    ),
    Fault(
        "the wrong export RT",
        {
            "pe2": vtysh(
                "router bgp 65000 vrf red",
                "address-family ipv4 unicast",
                "no rt vpn both",
                "rt vpn import 65000:1",
                "rt vpn export 65000:9",
            )
        },
        {"mpbgp.vrf.pe2.red": "RD 10.255.0.4:1, imports 65000:1, exports 65000:9"},
        blocks=ON_THE_TARGETS,
    ),
    Fault(
        "the wrong import RT",
        {
            "pe1": vtysh(
                "router bgp 65000 vrf red",
                "address-family ipv4 unicast",
                "no rt vpn both",
                "rt vpn import 65000:9",
                "rt vpn export 65000:1",
            )
        },
        {"mpbgp.vrf.pe1.red": "RD 10.255.0.1:1, imports 65000:9, exports 65000:1"},
        blocks=ON_THE_TARGETS,
    ),
    Fault(
        "the wrong RD",
        {
            "pe2": vtysh(
                "router bgp 65000 vrf red", "address-family ipv4 unicast", "rd vpn export 10.255.0.4:7"
            )
        },
        {"mpbgp.vrf.pe2.red": "RD 10.255.0.4:7, imports 65000:1, exports 65000:1"},
        blocks=ON_THE_TARGETS,
    ),
    Fault(
        "a leak: one customer imports the other's RT",
        {
            "pe1": vtysh(
                "router bgp 65000 vrf red",
                "address-family ipv4 unicast",
                "no rt vpn both",
                "rt vpn import 65000:1 65000:2",
                "rt vpn export 65000:1",
            )
        },
        {
            "mpbgp.vrf.pe1.red": "RD 10.255.0.1:1, imports 65000:1, 65000:2, exports 65000:1",
            "data.isolation.blue1": "arrived: red* -> *",
        },
        blocks=ON_THE_TARGETS,
    ),
    Fault(
        "a customer's site that another's VRF imports at the same PE",
        {
            "pe2": vtysh(
                "router bgp 65000 vrf red",
                "address-family ipv4 unicast",
                "no rt vpn both",
                "rt vpn import 65000:1 65000:2",
                "rt vpn export 65000:1",
            )
        },
        {
            "mpbgp.vrf.pe2.red": "RD 10.255.0.4:1, imports 65000:1, 65000:2, exports 65000:1",
            "data.isolation.blue1": "arrived: red2 10.1.0.6 -> 172.30.1.1",
            # The probes between red's sites, whose own checks are held back, are the ones that go astray.
            "data.isolation.blue2": "arrived: red1 172.16.1.1 -> 172.16.2.1, *",
        },
        blocks=ON_THE_TARGETS,
    ),
    Fault(
        "a VPNv4 route that the far PE rejects",
        {
            "pe1": vtysh(
                "ip prefix-list ten permit 10.99.0.1/32",
                "route-map in deny 10",
                "match ip address prefix-list ten",
                "exit",
                "route-map in permit 20",
                "exit",
                "router bgp 65000",
                "address-family ipv4 vpn",
                "neighbor 10.255.0.4 route-map in in",
            )
        },
        {"vpn.vpnv4.pe1.*.10.99.0.1/32.pe2": "no such route"},
        blocks=("vpn.*10.99.0.1/32*", "data.*10.99.0.1/32*", *TABLES),
    ),
    Fault(
        "a VRF route with the wrong labels, changed under FRR",
        {
            "pe1": "ip route show table 1001 172.16.2.0/24 >/tmp/right && ip route replace table 1001 "
            "172.16.2.0/24 encap mpls 16/999 via 10.0.0.1 dev eth1 proto bgp metric 20"
        },
        {"vpn.kernel.pe1.red.172.16.2.0/24": "via 10.0.0.1 label 16/999"},
        blocks=("data.probe.red*172.16.2.0/24*", "data.full-size.red*", *TABLES),
        mend_it={"pe1": "ip route replace table 1001 $(sed 's/nhid [0-9]*//' /tmp/right)"},
    ),
    Fault(
        "a prefix that the PE keeps from its CE",
        {
            "pe1": vtysh(
                "ip prefix-list ten permit 10.99.0.1/32",
                "route-map out deny 10",
                "match ip address prefix-list ten",
                "exit",
                "route-map out permit 20",
                "exit",
                "router bgp 65000 vrf red",
                "address-family ipv4 unicast",
                "neighbor 10.1.0.2 route-map out out",
            )
        },
        {"vpn.ce-route.red1.10.99.0.1/32": "no such route"},
        blocks=("vpn.ce-table.red1", "data.probe.red*10.99.0.1/32*"),
    ),
    Fault(
        "a prefix too many from a CE",
        {
            "red1": started("staticd")
            + vtysh(
                "ip route 172.31.9.0/24 blackhole",
                "router bgp 65101",
                "address-family ipv4 unicast",
                "network 172.31.9.0/24",
            )
        },
        {"pece.no-other-prefix.pe1.red": "also 172.31.9.0/24 by bgp from red1"},
        blocks=TABLES,
        daemons=True,
    ),
)
