"""Faults that only packets notice."""

from __future__ import annotations

from tests.live.fault import TABLES, Fault

DATA = (
    Fault(
        "a policy rule that hands a customer's packets to the other one",
        {"pe1": "ip rule add pref 500 iif eth2 to 172.30.1.0/24 lookup 1002"},
        {
            "kernel.rules.pe1": "also 500: from all to 172.30.1.0/24 iif eth2 lookup 1002",
            "data.barred.red1.172.30.1.0/24": "arrived at blue1*",
            "data.isolation.blue1": "arrived: red1 10.1.0.2 -> 172.30.1.1",
        },
        blocks=("data.probe.*", "data.full-size.*"),
    ),
    Fault(
        "a route of the other customer in the kernel's table of a VRF",
        {"pe1": "ip route add 172.30.1.0/24 via 10.1.0.10 dev eth3 table 1001"},
        {"vpn.vrf-table.pe1.red": "also 172.30.1.0/24", "data.isolation.blue1": "arrived: red1 *"},
        blocks=TABLES,
    ),
    Fault(
        "packets dropped by a policy rule, all tables right",
        {"pe1": "ip rule add pref 500 iif eth2 to 172.16.2.0/24 blackhole"},
        {"kernel.rules.pe1": "also 500: from all to 172.16.2.0/24 iif eth2 blackhole"},
        blocks=("data.*",),
    ),
    Fault(
        "loss in one direction only",
        {
            "red2": "tc qdisc add dev eth1 clsact && tc filter add dev eth1 egress "
            "protocol ip u32 match ip src 172.16.2.1 action drop"
        },
        {"kernel.qdiscs.red2": "also clsact on eth1"},
        blocks=("data.*red2*",),
        mend_it={"red2": "tc qdisc del dev eth1 clsact"},
    ),
    Fault(
        "an IPsec policy on a CE that drops what one site sends, which no table, rule or queue shows",
        {"red2": "ip xfrm policy add src 172.16.1.1/32 dst 172.16.2.1/32 dir in action block"},
        {
            "data.probe.red1.red2.172.16.1.0/24.172.16.2.0/24": "arrived nowhere, no answer",
            "data.probe.red2.red1.172.16.2.0/24.172.16.1.0/24": "arrived at red1, no answer",
            "data.full-size.red1.red2": "arrived nowhere, no answer",
            "data.full-size.red2.red1": "arrived at red1, no answer",
        },
        mend_it={"red2": "ip xfrm policy flush"},
        others=3,
    ),
    Fault(
        "full-size packets that do not fit into the core",
        {"p1": "tc qdisc add dev eth2 root tbf rate 1gbit burst 1400 latency 50ms"},
        {"kernel.qdiscs.p1": "also tbf on eth2"},
        blocks=("data.*",),
        mend_it={"p1": "tc qdisc del dev eth2 root"},
    ),
    Fault(
        "an answer from the wrong customer",
        {
            "pe2": "ip rule add pref 500 from 172.16.1.0/24 to 172.16.2.0/24 lookup 1002",
            "pe1": "ip rule add pref 500 iif eth1 from 172.16.2.0/24 to 172.16.1.0/24 lookup 1001",
        },
        {
            "kernel.rules.pe?": "also 500: from 172.16.*",
            "data.isolation.blue2": "arrived: red1 172.16.1.1 -> 172.16.2.1*",
        },
        blocks=("data.*",),
    ),
)
