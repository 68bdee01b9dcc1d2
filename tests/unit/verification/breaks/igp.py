"""What goes wrong in the core's OSPF."""

from __future__ import annotations

from tests.unit.verification.breaks.kit import OSPF, OSPF_PORTS, RED_PATH, RIB, one

_OSPF_PORT = "area 0.0.0.0, POINTOPOINT, hello 1, dead 4, no authentication"

IGP = (
    one(
        "OSPF missing on a core interface",
        "igp.interfaces.p1",
        ("p1", OSPF_PORTS),
        ("eth2 is up\n", "eth7 is up\n"),
        ("lo, eth1, eth2", "lo, eth1, eth7 (missing: eth2; too many: eth7)"),
    ),
    one(
        "OSPF in a VRF",
        "igp.interfaces.pe1",
        ("pe1", OSPF_PORTS),
        ("VRF Name: default\n", "VRF Name: red\n"),
        (
            "lo, eth1",
            "lo in VRF red, eth1 in VRF red (missing: lo, eth1; too many: lo in VRF red, eth1 in VRF red)",
        ),
    ),
    one(
        "adjacency stuck",
        "igp.adjacency.p1.eth2",
        ("p1", OSPF),
        (
            "10.255.0.3        1 Full/-",
            "10.255.0.3        1 ExStart/-",
        ),
        ("10.255.0.3 at 10.0.0.3 Full", "10.255.0.3 at 10.0.0.3 ExStart"),
    ),
    one(
        "a neighbour with the wrong router id",
        "igp.adjacency.p1.eth2",
        ("p1", OSPF),
        ("10.255.0.3     ", "10.255.0.33    "),
        ("10.255.0.3 at 10.0.0.3 Full", "10.255.0.33 at 10.0.0.3 Full"),
    ),
    one(
        "another area",
        "igp.parameters.p1.eth2",
        ("p1", OSPF_PORTS),
        ("10.0.0.3, Area 0.0.0.0", "10.0.0.3, Area 0.0.0.1"),
        (_OSPF_PORT, _OSPF_PORT.replace("area 0.0.0.0", "area 0.0.0.1")),
    ),
    one(
        "no neighbour",
        "igp.adjacency.p1.eth2",
        ("p1", OSPF),
        ("eth2:10.0.0.2", "eth1:10.0.0.2"),
        ("10.255.0.3 at 10.0.0.3 Full", "no neighbour"),
    ),
    one(
        "a neighbour nobody wants",
        "igp.no-other-adjacency.pe1",
        ("pe1", OSPF),
        ("eth1:10.0.0.0", "eth0:10.0.0.0"),
        ("no OSPF neighbours but 10.255.0.2 on eth1", "also 10.255.0.2 on eth0"),
    ),
    one(
        "no route to a loopback",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32", "O>* 10.255.0.44/32"),
        ("by ospf via 10.0.0.1 eth1", "no route to 10.255.0.4"),
    ),
    one(
        "a loopback by a static route",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32 [110/20]", "S>* 10.255.0.4/32 [1/0]"),
        ("by ospf via 10.0.0.1 eth1", "by static via 10.0.0.1 eth1 label 28"),
    ),
    one(
        "a loopback by way of management",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32 [110/20] via 10.0.0.1, eth1", "O>* 10.255.0.4/32 [110/20] via 198.18.7.4, eth0"),
        ("by ospf via 10.0.0.1 eth1", "by ospf via 198.18.7.4 eth0 label 28"),
    ),
    one(
        "a route that did not get into the kernel",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32", "O>q 10.255.0.4/32"),
        ("by ospf via 10.0.0.1 eth1", "by ospf via 10.0.0.1 eth1 label 28, not in the kernel"),
    ),
    one(
        "a core link that is not announced",
        "igp.core-subnets.pe1",
        ("pe1", RIB),
        ("O>* 10.0.0.4/31", "O   10.0.0.4/31"),
        ("10.0.0.2/31, 10.0.0.4/31", "10.0.0.2/31 (missing: 10.0.0.4/31)"),
    ),
    one(
        "a customer route on a P",
        "igp.table.p1",
        ("p1", RIB),
        ("IPv4 unicast VRF default:\n", f"IPv4 unicast VRF default:\n{RED_PATH}"),
        ("loopbacks and core links of the provider only", "also 172.16.1.0/24 by bgp"),
    ),
    one(
        "a PE-CE link in the core's OSPF",
        "igp.table.p1",
        ("p1", RIB),
        (
            "IPv4 unicast VRF default:\n",
            "IPv4 unicast VRF default:\nO>* 10.1.0.0/30 [110/20] via 10.0.0.0, eth1, weight 1, 00:01:12\n",
        ),
        ("loopbacks and core links of the provider only", "also 10.1.0.0/30 by ospf"),
    ),
    one(
        "a static route for infrastructure",
        "igp.table.p1",
        ("p1", RIB),
        ("O>* 10.0.0.4/31 [110/20]", "S>* 10.0.0.4/31 [1/0]"),
        ("loopbacks and core links of the provider only", "also 10.0.0.4/31 by static"),
    ),
)
