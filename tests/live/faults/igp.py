"""Faults of the core's OSPF."""

from __future__ import annotations

from tests.live.fault import Fault, started, vtysh
from tests.live.faults.shared import ON_THE_IGP, ON_THE_LSPS
from tests.live.faults.wire import AT_P1, FILTERED, WITHOUT_FILTER

IGP = (
    Fault(
        "OSPF's packets lost on a core link",
        {"p1": f"{AT_P1} protocol ip u32 match ip protocol 89 0xff action drop"},
        {
            **FILTERED,
            "igp.adjacency.p1.eth2": "10.255.0.3 at 10.0.0.3 *",
            "igp.adjacency.p2.eth1": "no neighbour",
        },
        blocks=ON_THE_IGP,
        mend_it=WITHOUT_FILTER,
    ),
    Fault(
        "OSPF not on a core interface",
        {"p2": vtysh("interface eth2", "no ip ospf area 0")},
        {"igp.interfaces.p2": "*(missing: eth2)"},
        blocks=ON_THE_IGP,
    ),
    Fault(
        "OSPF in another area",
        {"p2": vtysh("interface eth2", "no ip ospf area 0", "ip ospf area 1")},
        {"igp.parameters.p2.eth2": "area 0.0.0.1,*"},
        blocks=ON_THE_IGP,
    ),
    Fault(
        "OSPF timers that do not agree",
        {"p1": vtysh("interface eth2", "ip ospf hello-interval 2", "ip ospf dead-interval 8")},
        {"igp.parameters.p1.eth2": "*, hello 2, dead 8,*"},
        blocks=ON_THE_IGP,
    ),
    Fault(
        "OSPF passive on a core interface",
        {"p1": vtysh("interface eth2", "ip ospf passive")},
        {"igp.parameters.p1.eth2": "*, passive"},
        blocks=ON_THE_IGP,
    ),
    Fault(
        "a loopback that is not announced",
        {"pe2": vtysh("interface lo", "no ip ospf area 0")},
        {"igp.interfaces.pe2": "*(missing: lo)"},
        blocks=ON_THE_IGP,
    ),
    Fault(
        "a static route in place of OSPF's",
        {"pe1": started("staticd") + vtysh("ip route 10.255.0.4/32 10.0.0.1")},
        {"igp.loopback.pe1.pe2": "by static via 10.0.0.1*", "igp.table.pe1": "also 10.255.0.4/32 by static"},
        blocks=ON_THE_LSPS,
        daemons=True,
    ),
    Fault(
        "a core link that is not announced",
        {
            "p2": vtysh("interface eth2", "ip ospf prefix-suppression"),
            "pe2": vtysh("interface eth1", "ip ospf prefix-suppression"),
        },
        {"igp.core-subnets.pe1": "*(missing: 10.0.0.4/31)", "igp.core-subnets.p1": "*(missing: 10.0.0.4/31)"},
        differs="p2 has ip ospf prefix-suppression (in interface eth2)",
    ),
    Fault(
        "a customer route on a P",
        {"p1": started("staticd") + vtysh("ip route 172.16.1.0/24 10.0.0.0")},
        {
            "igp.table.p1": "also 172.16.1.0/24 by static",
            "vpn.core-clean.p1": "also 172.16.1.0/24 in table 254",
        },
        daemons=True,
    ),
    Fault(
        "a customer route leaked into a PE's global table",
        {"pe1": started("staticd") + vtysh("ip route 172.16.1.0/24 10.1.0.2 nexthop-vrf red")},
        {
            "igp.table.pe1": "also 172.16.1.0/24 by static",
            "vpn.core-clean.pe1": "also 172.16.1.0/24 in table 254",
        },
        daemons=True,
    ),
    Fault(
        "OSPF with a customer",
        {
            "pe1": vtysh(
                "router ospf vrf red",
                "exit",
                "interface eth2",
                "ip ospf area 0",
                "ip ospf hello-interval 1",
                "ip ospf network point-to-point",
            ),
            "red1": started("ospfd")
            + vtysh(
                "router ospf",
                "exit",
                "interface eth1",
                "ip ospf area 0",
                "ip ospf hello-interval 1",
                "ip ospf network point-to-point",
            ),
        },
        {
            "igp.interfaces.pe1": "*(unexpected: eth2 in VRF red)",
            "igp.no-other-adjacency.pe1": "also * on eth2 in VRF red",
        },
        blocks=ON_THE_IGP,
        daemons=True,
    ),
)
