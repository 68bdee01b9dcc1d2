"""Faults in what a node's kernel is set to."""

from __future__ import annotations

from tests.live.fault import Fault
from tests.live.faults.shared import DOWN, ON_THE_CORE, ON_THE_LINKS, RED_AND_DATA, UP

KERNEL = (
    Fault(
        "MPLS input off on a core interface",
        {"p1": "sysctl -w net.mpls.conf.eth2.input=0"},
        {"kernel.mpls-input.p1": "eth1 (missing: eth2)"},
        blocks=ON_THE_LINKS,
    ),
    Fault(
        "MPLS input on towards a customer",
        {"pe1": "sysctl -w net.mpls.conf.eth2.input=1"},
        {"kernel.mpls-input.pe1": "eth1, eth2 (unexpected: eth2)"},
        blocks=ON_THE_LINKS,
    ),
    Fault(
        "MPLS input on over management",
        {"p2": "sysctl -w net.mpls.conf.eth0.input=1"},
        {"kernel.mpls-input.p2": "*(unexpected: eth0)", "kernel.management.p2": "accepts labels"},
        blocks=ON_THE_LINKS,
    ),
    Fault(
        "no room for labels",
        {"p2": "sysctl -w net.mpls.platform_labels=0"},
        {"kernel.platform-labels.p2": "0"},
        blocks=ON_THE_LINKS,
        # The kernel has thrown the LFIB away; FRR enters a label again when its neighbour comes back.
        mend_it={"p2": 'for p in 2 4; do vtysh -c "clear mpls ldp neighbor 10.255.0.$p"; done'},
    ),
    Fault(
        "a P that does not forward IP",
        {"p1": "sysctl -w net.ipv4.ip_forward=0"},
        {"kernel.ip-forward.p1": "0"},
        blocks=("kernel.forwarding.p1", *ON_THE_CORE),
    ),
    Fault(
        "an access port that does not forward",
        {"pe1": "sysctl -w net.ipv4.conf.eth2.forwarding=0"},
        {"kernel.forwarding.pe1": "eth1, eth3, red, blue (missing: eth2)"},
        blocks=("data.*",),
    ),
    Fault(
        "a VRF that does not forward",
        {"pe1": "sysctl -w net.ipv4.conf.red.forwarding=0"},
        {"kernel.forwarding.pe1": "eth1, eth2, eth3, blue (missing: red)"},
        blocks=("data.*",),
    ),
    Fault(
        "a CE that does not forward from its PE",
        {"red1": "sysctl -w net.ipv4.conf.eth1.forwarding=0"},
        {"kernel.forwarding.red1": "lan1, lan2, lan3 (missing: eth1)"},
        blocks=("data.*red1*",),
    ),
    Fault(
        "packets that find no route in a VRF sent by the provider's",
        {"pe2": "ip rule del pref 2000"},
        {
            "kernel.rules.pe2": "missing 2000: from all lookup * unreachable",
            "data.barred.*2.10.255.0.4/32": "arrived nowhere, answered",
        },
        blocks=("data.probe.*", "data.full-size.*"),
        differs="pe2 needs ip rule add preference 2000 l3mdev unreachable",
    ),
    Fault(
        "packets that a CE's port loses",
        {"red1": "tc qdisc add dev eth1 root netem loss 50%"},
        {"kernel.qdiscs.red1": "also netem on eth1"},
        blocks=("data.probe.*red1*", "data.full-size.*red1*"),
        mend_it={"red1": "tc qdisc del dev eth1 root"},
    ),
    Fault(
        "forwarding on over management",
        {"red1": "sysctl -w net.ipv4.conf.eth0.forwarding=1"},
        {"kernel.management.red1": "forwards IP"},
    ),
    Fault(
        "a default route over management",
        {"red1": "ip route add default via $(ip -4 route show dev eth0 | sed 's/0.24.*/1/') dev eth0"},
        {
            "kernel.management.red1": "routes: 0.0.0.0/0 via 198.18.*",
            "vpn.ce-table.red1": "also 0.0.0.0/0",
        },
    ),
    Fault(
        "an access interface in the other customer's VRF",
        {"pe1": f"{DOWN} && ip link set eth2 master blue && {UP}"},
        {
            "kernel.port.pe1.eth2": "VRF blue",
            "data.isolation.blue1": "arrived: red1 10.1.0.2 -> 172.30.1.1",
            "data.isolation.blue2": "arrived: red1 10.1.0.2 -> 172.16.2.1, *",
        },
        blocks=RED_AND_DATA,
    ),
    Fault(
        "a VRF with another table",
        {
            "pe1": f"{DOWN} && ip link del red && ip link add red type vrf table 1003 && "
            f"ip link set red up && ip link set eth2 master red && {UP}"
        },
        {
            "kernel.vrf.pe1.red": "table 1003, up",
            "vpn.core-clean.pe1": "also 10.1.0.0/30 in table 1003, *",
        },
        blocks=("kernel.port.pe1.eth2", *RED_AND_DATA),
    ),
    Fault(
        "a VRF that is left over",
        {"pe1": "ip link add green type vrf table 1099 && ip link set green alias l3vpn up"},
        {"kernel.vrfs.pe1": "also green"},
    ),
)
