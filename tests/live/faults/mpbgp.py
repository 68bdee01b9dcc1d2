"""Faults of the sessions between PEs."""

from __future__ import annotations

from tests.live.fault import Fault, started, vtysh
from tests.live.faults.shared import ON_THE_CORE

MPBGP = (
    Fault(
        "no VPNv4 between the PEs",
        {"pe1": vtysh("router bgp 65000", "address-family ipv4 vpn", "no neighbor 10.255.0.4 activate")},
        {"mpbgp.session.pe1.pe2": "no VPNv4 session with 10.255.0.4", "mpbgp.session.pe2.pe1": "*"},
        blocks=ON_THE_CORE,
    ),
    Fault(
        "BGP with a P",
        {
            "pe1": vtysh(
                "router bgp 65000",
                "neighbor 10.255.0.2 remote-as 65000",
                "address-family ipv4 vpn",
                "neighbor 10.255.0.2 activate",
            )
        },
        {"mpbgp.no-other-session.pe1": "also 10.255.0.2 (ipv4 vpn)"},
    ),
    Fault(
        "BGP on a P",
        {"p1": started("bgpd") + vtysh("router bgp 65000", "neighbor 10.255.0.1 remote-as 65000")},
        {"mpbgp.no-other-session.p1": "also 10.255.0.1 (ipv4 unicast)"},
        daemons=True,
    ),
)
