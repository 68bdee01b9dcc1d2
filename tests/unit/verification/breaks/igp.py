"""What goes wrong in the core's OSPF."""

from __future__ import annotations

from tests.unit.verification.breaks.kit import OSPF, OSPF_PORTS, RED_PATH, RIB, one

IGP = (
    one(
        "OSPF missing on a core interface",
        "igp.interfaces.p1",
        ("p1", OSPF_PORTS),
        ("eth2 is up\n", "eth7 is up\n"),
    ),
    one(
        "OSPF in a VRF",
        "igp.interfaces.pe1",
        ("pe1", OSPF_PORTS),
        ("VRF Name: default\n", "VRF Name: red\n"),
    ),
    one(
        "adjacency stuck",
        "igp.adjacency.p1.eth2",
        ("p1", OSPF),
        (
            "10.255.0.3        1 Full/-",
            "10.255.0.3        1 ExStart/-",
        ),
    ),
    one(
        "a neighbour with the wrong router id",
        "igp.adjacency.p1.eth2",
        ("p1", OSPF),
        ("10.255.0.3     ", "10.255.0.33    "),
    ),
    one(
        "another area",
        "igp.parameters.p1.eth2",
        ("p1", OSPF_PORTS),
        ("10.0.0.3, Area 0.0.0.0", "10.0.0.3, Area 0.0.0.1"),
    ),
    one(
        "no neighbour",
        "igp.adjacency.p1.eth2",
        ("p1", OSPF),
        ("eth2:10.0.0.2", "eth1:10.0.0.2"),
    ),
    one(
        "a neighbour nobody wants",
        "igp.no-other-adjacency.pe1",
        ("pe1", OSPF),
        ("eth1:10.0.0.0", "eth0:10.0.0.0"),
    ),
    one(
        "no route to a loopback",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32", "O>* 10.255.0.44/32"),
    ),
    one(
        "a loopback by a static route",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32 [110/20]", "S>* 10.255.0.4/32 [1/0]"),
    ),
    one(
        "a loopback by way of management",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32 [110/20] via 10.0.0.1, eth1", "O>* 10.255.0.4/32 [110/20] via 198.18.7.4, eth0"),
    ),
    one(
        "a route that did not get into the kernel",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32", "O>q 10.255.0.4/32"),
    ),
    one(
        "a core link that is not announced",
        "igp.core-subnets.pe1",
        ("pe1", RIB),
        ("O>* 10.0.0.4/31", "O   10.0.0.4/31"),
    ),
    one(
        "a customer route on a P",
        "igp.table.p1",
        ("p1", RIB),
        ("IPv4 unicast VRF default:\n", f"IPv4 unicast VRF default:\n{RED_PATH}"),
    ),
    one(
        "a PE-CE link in the core's OSPF",
        "igp.table.p1",
        ("p1", RIB),
        (
            "IPv4 unicast VRF default:\n",
            "IPv4 unicast VRF default:\nO>* 10.1.0.0/30 [110/20] via 10.0.0.0, eth1, weight 1, 00:01:12\n",
        ),
    ),
    one(
        "a static route for infrastructure",
        "igp.table.p1",
        ("p1", RIB),
        ("O>* 10.0.0.4/31 [110/20]", "S>* 10.0.0.4/31 [1/0]"),
    ),
)
