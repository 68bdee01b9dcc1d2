"""What goes wrong in a node's kernel settings."""

from __future__ import annotations

from tests.unit.verification.breaks.kit import ADDR, K_RIB, one

KERNEL = (
    one(
        "MPLS input off on a core interface",
        "kernel.mpls-input.p1",
        ("p1", "sysctl"),
        ("net.mpls.conf.eth2.input = 1", "net.mpls.conf.eth2.input = 0"),
    ),
    one(
        "MPLS input on towards a customer",
        "kernel.mpls-input.pe1",
        ("pe1", "sysctl"),
        ("net.mpls.conf.eth2.input = 0", "net.mpls.conf.eth2.input = 1"),
    ),
    one(
        "MPLS input on over management",
        "kernel.mpls-input.pe1",
        ("pe1", "sysctl"),
        ("net.mpls.conf.eth0.input = 0", "net.mpls.conf.eth0.input = 1"),
    ),
    one(
        "MPLS input on in a CE",
        "kernel.mpls-input.red1",
        ("red1", "sysctl"),
        ("net.mpls.conf.eth1.input = 0", "net.mpls.conf.eth1.input = 1"),
    ),
    one(
        "a router that does not forward",
        "kernel.ip-forward.pe2",
        ("pe2", "sysctl"),
        ("net.ipv4.ip_forward = 1", "net.ipv4.ip_forward = 0"),
    ),
    one(
        "an access port that does not forward",
        "kernel.forwarding.pe1",
        ("pe1", "sysctl"),
        ("net.ipv4.conf.eth2.forwarding = 1", "net.ipv4.conf.eth2.forwarding = 0"),
    ),
    one(
        "a policy rule in a PE",
        "kernel.rules.pe1",
        ("pe1", "ip rule"),
        ("1000:", "500:\tfrom all to 172.16.2.0/24 iif eth2 blackhole\n1000:"),
    ),
    one(
        "a PE that looks into the main table for what a VRF does not know",
        "kernel.rules.pe1",
        ("pe1", "ip rule"),
        ("2000:\tfrom all lookup [l3mdev-table] unreachable\n", ""),
    ),
    one(
        "a customer's packets sent to management",
        "kernel.rules.pe1",
        ("pe1", "ip rule"),
        ("1000:", "500:\tfrom all iif eth2 lookup 220\n1000:"),
    ),
    one(
        "a policy rule in a CE",
        "kernel.rules.red1",
        ("red1", "ip rule"),
        ("32766:", "32000:\tfrom all to 172.16.2.0/24 lookup 99\n32766:"),
    ),
    one(
        "a filter on an access port",
        "kernel.qdiscs.red2",
        ("red2", "tc qdisc"),
        (
            "qdisc noqueue 0: dev eth1",
            "qdisc clsact ffff: dev eth1 parent ffff:fff1 \nqdisc noqueue 0: dev eth1",
        ),
    ),
    one(
        "no room for labels",
        "kernel.platform-labels.p2",
        ("p2", "sysctl"),
        ("net.mpls.platform_labels = 100000", "net.mpls.platform_labels = 0"),
    ),
    one(
        "a kernel without MPLS",
        "kernel.platform-labels.p2",
        ("p2", "sysctl"),
        (
            "net.mpls.platform_labels = 100000",
            "sysctl: cannot stat /proc/sys/net/mpls/platform_labels: No such file or directory",
        ),
    ),
    one(
        "a VRF with another table",
        "kernel.vrf.pe1.red",
        ("pe1", ADDR),
        ("    vrf table 1001", "    vrf table 1003"),
    ),
    one(
        "a VRF that is down",
        "kernel.vrf.pe1.red",
        ("pe1", ADDR),
        ("red: <NOARP,MASTER,UP,LOWER_UP>", "red: <NOARP,MASTER>"),
    ),
    one(
        "no VRF device",
        "kernel.vrf.pe1.red",
        ("pe1", ADDR),
        (": red: <", ": orange: <"),
    ),
    one(
        "a dummy named like the VRF",
        "kernel.vrf.pe1.red",
        ("pe1", ADDR),
        ("    vrf table 1001 ", "    dummy "),
    ),
    one(
        "a VRF too many",
        "kernel.vrfs.pe1",
        ("pe1", ADDR),
        (": red: <", ": orange: <"),
    ),
    one(
        "an interface in the wrong VRF",
        "kernel.port.pe1.eth2",
        ("pe1", ADDR),
        (" master red ", " master blue "),
    ),
    one(
        "a core interface in a VRF",
        "kernel.port.pe1.eth1",
        ("pe1", ADDR),
        ("mtu 9500 qdisc noqueue state", "mtu 9500 qdisc noqueue master red state"),
    ),
    one(
        "no such interface",
        "kernel.port.pe1.eth2",
        ("pe1", ADDR),
        (": eth2@", ": eth9@"),
    ),
    one(
        "management forwards",
        "kernel.management.p1",
        ("p1", "sysctl"),
        ("net.ipv4.conf.eth0.forwarding = 0", "net.ipv4.conf.eth0.forwarding = 1"),
    ),
    one(
        "management takes labels",
        "kernel.management.p1",
        ("p1", "sysctl"),
        ("net.mpls.conf.eth0.input = 0", "net.mpls.conf.eth0.input = 1"),
    ),
    one(
        "management in a VRF",
        "kernel.management.pe1",
        ("pe1", ADDR),
        ("mtu 1500 qdisc noqueue state", "mtu 1500 qdisc noqueue master red state"),
    ),
    one(
        "a default route over management",
        "kernel.management.red1",
        ("red1", K_RIB),
        ("local ", "default via 198.18.7.1 dev eth0 \nlocal "),
    ),
    one(
        "a lab prefix on the management subnet",
        "kernel.management.red1",
        ("red1", K_RIB),
        ("local ", "172.16.2.0/24 dev eth0 scope link \nlocal "),
    ),
    one(
        "a lab prefix in a table that nobody expects",
        "kernel.management.red1",
        ("red1", K_RIB),
        ("local ", "172.16.2.0/24 via 198.18.7.4 dev eth0 table 77 \nlocal "),
    ),
)
