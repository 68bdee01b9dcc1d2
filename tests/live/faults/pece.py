"""Faults between CE and PE."""

from __future__ import annotations

from tests.live.fault import TABLES, Fault, vtysh
from tests.live.faults.shared import RED_AND_DATA

PECE = (
    Fault(
        "a session that is shut down, though both ends agree",
        {"pe1": vtysh("router bgp 65000 vrf red", "neighbor 10.1.0.2 shutdown")},
        {"pece.session.pe1.red.red1": "AS 65101 Idle*", "pece.session.red1.pe1": "AS 65000 *"},
        blocks=RED_AND_DATA,
    ),
    Fault(
        "the wrong AS number for a CE",
        {"pe1": vtysh("router bgp 65000 vrf red", "neighbor 10.1.0.2 remote-as 65199")},
        {"pece.agree.pe1.red.red1": "customer AS 65101 on red1, 65199 on pe1"},
        blocks=RED_AND_DATA,
    ),
    Fault(
        "a session that needs a policy and has none",
        {"red1": vtysh("router bgp 65101", "bgp ebgp-requires-policy") + " && vtysh -c 'clear bgp *'"},
        {"pece.session.red1.pe1": "AS 65000 Established (Policy)"},
        blocks=RED_AND_DATA,
        differs="red1 lacks no bgp ebgp-requires-policy (in router bgp 65101)",
    ),
    Fault(
        "a prefix that its CE does not announce",
        {"red1": vtysh("router bgp 65101", "address-family ipv4 unicast", "no network 172.20.1.0/24")},
        {"pece.announced.pe1.red.172.20.1.0/24": "no such route"},
        differs="red1 lacks network 172.20.1.0/24 (in router bgp 65101)",
        blocks=("vpn.*172.20.1.0/24*", "data.*172.20.1.0/24*", *TABLES),
    ),
    Fault(
        # Both wait for the other: once the session is up, the PEs have other routes to export as well.
        "BGP between two CEs, across the provider",
        {
            "red1": vtysh(
                "router bgp 65101",
                "neighbor 10.1.0.6 remote-as 65102",
                "neighbor 10.1.0.6 passive",
                "neighbor 10.1.0.6 ebgp-multihop",
            ),
            "red2": vtysh(
                "router bgp 65102",
                "neighbor 10.1.0.2 remote-as 65101",
                "neighbor 10.1.0.2 passive",
                "neighbor 10.1.0.2 ebgp-multihop",
            ),
        },
        {"pece.no-other-session.red1": "also 10.1.0.6", "pece.no-other-session.red2": "also 10.1.0.2"},
    ),
    Fault(
        "another neighbour in a VRF",
        {"pe2": vtysh("router bgp 65000 vrf blue", "neighbor 10.1.0.99 remote-as 65202")},
        {"pece.no-other-session.pe2.blue": "also 10.1.0.99"},
    ),
)
