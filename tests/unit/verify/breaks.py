"""Every way in which the tests break what nodes say: the check that must notice, and what it must say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.unit.verify.scene import Edit

OSPF = "show ip ospf vrf all neighbor"
OSPF_PORTS = "show ip ospf vrf all interface"
RIB = "show ip route vrf all"
LFIB = "show mpls table"
BINDINGS = "show mpls ldp binding"
BGP = "show bgp vrf all summary"
VPNV4 = "show bgp ipv4 vpn"
K_LFIB = "ip -M route"
K_RIB = "ip route show"
ADDR = "ip -d addr"
ECHOES = "python3 -c"
BGP_CONFIGURATION = "show running-config bgpd"


@dataclass(frozen=True, slots=True)
class Break:
    """What goes wrong, where it shows, and what the check's finding then says."""

    name: str
    check: str
    edits: tuple[Edit, ...]
    expected: str
    observed: str


def _one(
    name: str, check: str, where: tuple[str, str], change: tuple[str, str], says: tuple[str, str]
) -> Break:
    return Break(name, check, (Edit(*where, *change),), *says)


_ALIKE = "the same customer AS, provider AS, authentication, MTU, subnet"
_RULES = "Linux' rules, management's, and those that VRFs need"
_OWN_SUBNET = "no forwarding, no labels, no VRF, no route but its own subnet"
_ONE_LABEL = "push at pe1, 1 swap, pop at the hop before pe2 (PHP)"
_RED_PATH = "B>* 172.16.1.0/24 [20/0] via 10.1.0.2, eth2, weight 1, 00:01:12\n"
_VPN_ROUTE = (
    "B>  172.16.2.0/24 [200/0] via 10.255.0.4 (vrf default) (recursive), label 680, weight 1, 00:01:12\n"
    "  *                         via 10.0.0.1, eth1 (vrf default), label 28/680, weight 1, 00:01:12\n"
)
_VPN_EXPECTED = "bgp next hop 10.255.0.4, via 10.0.0.1 label 28/680"
_MAC = "02:00:00:00:00:1f"
_CROSSES = "p2 answers, at 10.0.0.3, without and with a label"
_OSPF_PORT = "area 0.0.0.0, POINTOPOINT, hello 1, dead 4, no authentication"
_EXPORT = "RD 10.255.0.4:1, RT 65000:1, a label into VRF red"
_SENT = "next hop 10.255.0.4, RT 65000:1, label 680"
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
_CE_TABLE = (
    "no routes but 10.1.0.0/30, 10.1.0.4/30, 10.99.0.1/32, 172.16.1.0/24, 172.16.2.0/24, "
    "172.20.1.0/24 and 2 more"
)
_BLUE_TABLE = (
    "no routes but 10.1.0.12/30, 10.1.0.8/30, 10.99.0.1/32, 172.16.1.0/24, 172.16.2.0/24, "
    "172.30.1.0/24 and 2 more"
)
_VPNV4_TABLE = (
    "no VPNv4 routes but 10.255.0.1:1:10.1.0.0/30, 10.255.0.1:1:172.16.1.0/24, "
    "10.255.0.1:1:172.20.1.0/24, 10.255.0.1:1:192.168.1.0/24, 10.255.0.1:2:10.1.0.8/30, "
    "10.255.0.1:2:172.16.1.0/24 and 10 more"
)
_BGP_ON_A_P = """
IPv4 Unicast Summary:
BGP router identifier 10.255.0.2, local AS number 65000 VRF default vrf-id 0
BGP table version 0
RIB entries 0, using 0 bytes of memory
Peers 1, using 23 KiB of memory

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
10.255.0.1      4      65000         0         0        0    0    0    never       Active        0 N/A

Total number of neighbors 1
"""


def _peer(address: str, asn: int, state: str) -> str:
    """A neighbour's row in a BGP summary, up to what it is sent."""
    return f"{address:<15} 4 {asn:>10}        17        17        7    0    0 {state}"


_UP = "00:00:28            3        3"

KERNEL = (
    _one(
        "MPLS input off on a core interface",
        "kernel.mpls-input.p1",
        ("p1", "sysctl"),
        ("net.mpls.conf.eth2.input = 1", "net.mpls.conf.eth2.input = 0"),
        ("eth1, eth2", "eth1 (missing: eth2)"),
    ),
    _one(
        "MPLS input on towards a customer",
        "kernel.mpls-input.pe1",
        ("pe1", "sysctl"),
        ("net.mpls.conf.eth2.input = 0", "net.mpls.conf.eth2.input = 1"),
        ("eth1", "eth1, eth2 (too many: eth2)"),
    ),
    _one(
        "MPLS input on over management",
        "kernel.mpls-input.pe1",
        ("pe1", "sysctl"),
        ("net.mpls.conf.eth0.input = 0", "net.mpls.conf.eth0.input = 1"),
        ("eth1", "eth1, eth0 (too many: eth0)"),
    ),
    _one(
        "MPLS input on in a CE",
        "kernel.mpls-input.red1",
        ("red1", "sysctl"),
        ("net.mpls.conf.eth1.input = 0", "net.mpls.conf.eth1.input = 1"),
        ("no interface", "eth1 (too many: eth1)"),
    ),
    _one(
        "a router that does not forward",
        "kernel.ip-forward.pe2",
        ("pe2", "sysctl"),
        ("net.ipv4.ip_forward = 1", "net.ipv4.ip_forward = 0"),
        ("1", "0"),
    ),
    _one(
        "an access port that does not forward",
        "kernel.forwarding.pe1",
        ("pe1", "sysctl"),
        ("net.ipv4.conf.eth2.forwarding = 1", "net.ipv4.conf.eth2.forwarding = 0"),
        ("eth1, eth2, eth3, red, blue", "eth1, eth3, red, blue (missing: eth2)"),
    ),
    _one(
        "a policy rule in a PE",
        "kernel.rules.pe1",
        ("pe1", "ip rule"),
        ("1000:", "500:\tfrom all to 172.16.2.0/24 iif eth2 blackhole\n1000:"),
        (_RULES, "also 500: from all to 172.16.2.0/24 iif eth2 blackhole"),
    ),
    _one(
        "a PE that looks into the main table for what a VRF does not know",
        "kernel.rules.pe1",
        ("pe1", "ip rule"),
        ("2000:\tfrom all lookup [l3mdev-table] unreachable\n", ""),
        (_RULES, "missing 2000: from all lookup [l3mdev-table] unreachable"),
    ),
    _one(
        "a customer's packets sent to management",
        "kernel.rules.pe1",
        ("pe1", "ip rule"),
        ("1000:", "500:\tfrom all iif eth2 lookup 220\n1000:"),
        (_RULES, "also 500: from all iif eth2 lookup 220"),
    ),
    _one(
        "a policy rule in a CE",
        "kernel.rules.red1",
        ("red1", "ip rule"),
        ("32766:", "32000:\tfrom all to 172.16.2.0/24 lookup 99\n32766:"),
        (_RULES, "also 32000: from all to 172.16.2.0/24 lookup 99"),
    ),
    _one(
        "a filter on an access port",
        "kernel.qdiscs.red2",
        ("red2", "tc qdisc"),
        (
            "qdisc noqueue 0: dev eth1",
            "qdisc clsact ffff: dev eth1 parent ffff:fff1 \nqdisc noqueue 0: dev eth1",
        ),
        ("no queueing disciplines", "also clsact on eth1"),
    ),
    _one(
        "no room for labels",
        "kernel.platform-labels.p2",
        ("p2", "sysctl"),
        ("net.mpls.platform_labels = 100000", "net.mpls.platform_labels = 0"),
        ("at least 1000", "0"),
    ),
    _one(
        "a kernel without MPLS",
        "kernel.platform-labels.p2",
        ("p2", "sysctl"),
        (
            "net.mpls.platform_labels = 100000",
            "sysctl: cannot stat /proc/sys/net/mpls/platform_labels: No such file or directory",
        ),
        ("at least 1000", "this kernel has no MPLS"),
    ),
    _one(
        "a VRF with another table",
        "kernel.vrf.pe1.red",
        ("pe1", ADDR),
        ("    vrf table 1001", "    vrf table 1003"),
        ("table 1001, up", "table 1003, up"),
    ),
    _one(
        "a VRF that is down",
        "kernel.vrf.pe1.red",
        ("pe1", ADDR),
        ("red: <NOARP,MASTER,UP,LOWER_UP>", "red: <NOARP,MASTER>"),
        ("table 1001, up", "table 1001, down"),
    ),
    _one(
        "no VRF device",
        "kernel.vrf.pe1.red",
        ("pe1", ADDR),
        (": red: <", ": orange: <"),
        ("table 1001, up", "no such device"),
    ),
    _one(
        "a dummy named like the VRF",
        "kernel.vrf.pe1.red",
        ("pe1", ADDR),
        ("    vrf table 1001 ", "    dummy "),
        ("table 1001, up", "a dummy device"),
    ),
    _one(
        "a VRF too many",
        "kernel.vrfs.pe1",
        ("pe1", ADDR),
        (": red: <", ": orange: <"),
        ("no VRFs but blue, red", "also orange"),
    ),
    _one(
        "an interface in the wrong VRF",
        "kernel.port.pe1.eth2",
        ("pe1", ADDR),
        (" master red ", " master blue "),
        ("VRF red", "VRF blue"),
    ),
    _one(
        "a core interface in a VRF",
        "kernel.port.pe1.eth1",
        ("pe1", ADDR),
        ("mtu 9500 qdisc noqueue state", "mtu 9500 qdisc noqueue master red state"),
        ("no VRF", "VRF red"),
    ),
    _one(
        "no such interface",
        "kernel.port.pe1.eth2",
        ("pe1", ADDR),
        (": eth2@", ": eth9@"),
        ("VRF red", "no such interface"),
    ),
    _one(
        "management forwards",
        "kernel.management.p1",
        ("p1", "sysctl"),
        ("net.ipv4.conf.eth0.forwarding = 0", "net.ipv4.conf.eth0.forwarding = 1"),
        (_OWN_SUBNET, "forwards IP"),
    ),
    _one(
        "management takes labels",
        "kernel.management.p1",
        ("p1", "sysctl"),
        ("net.mpls.conf.eth0.input = 0", "net.mpls.conf.eth0.input = 1"),
        (_OWN_SUBNET, "accepts labels"),
    ),
    _one(
        "management in a VRF",
        "kernel.management.pe1",
        ("pe1", ADDR),
        ("mtu 1500 qdisc noqueue state", "mtu 1500 qdisc noqueue master red state"),
        (_OWN_SUBNET, "belongs to VRF red"),
    ),
    _one(
        "a default route over management",
        "kernel.management.red1",
        ("red1", K_RIB),
        ("local ", "default via 198.18.7.1 dev eth0 \nlocal "),
        (_OWN_SUBNET, "routes: 0.0.0.0/0 via 198.18.7.1 in table 254"),
    ),
    _one(
        "a lab prefix on the management subnet",
        "kernel.management.red1",
        ("red1", K_RIB),
        ("local ", "172.16.2.0/24 dev eth0 scope link \nlocal "),
        (_OWN_SUBNET, "routes: 172.16.2.0/24 in table 254"),
    ),
    _one(
        "a lab prefix in a table that nobody expects",
        "kernel.management.red1",
        ("red1", K_RIB),
        ("local ", "172.16.2.0/24 via 198.18.7.4 dev eth0 table 77 \nlocal "),
        (_OWN_SUBNET, "routes: 172.16.2.0/24 via 198.18.7.4 in table 77"),
    ),
)

LINK = (
    _one(
        "no carrier",
        "link.up.pe1:eth1--p1:eth1",
        ("p1", ADDR),
        ("<BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9500", "<NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 9500"),
        ("pe1:eth1 up, p1:eth1 up", "pe1:eth1 up, p1:eth1 no carrier"),
    ),
    _one(
        "interface shut down",
        "link.up.pe1:eth1--p1:eth1",
        ("p1", ADDR),
        ("<BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9500", "<BROADCAST,MULTICAST> mtu 9500"),
        ("pe1:eth1 up, p1:eth1 up", "pe1:eth1 up, p1:eth1 down"),
    ),
    _one(
        "interface gone",
        "link.up.pe1:eth1--p1:eth1",
        ("pe1", ADDR),
        (": eth1@", ": eth9@"),
        ("pe1:eth1 up, p1:eth1 up", "pe1:eth1 missing, p1:eth1 up"),
    ),
    _one(
        "labelled packets get lost",
        "link.labelled.p1.eth2",
        ("p1", ECHOES),
        (f"eth2 {_MAC} plain answered labelled answered", f"eth2 {_MAC} plain answered labelled lost"),
        (_CROSSES, "no answer to packets with a label from p1:eth2"),
    ),
    _one(
        "another link layer address",
        "link.labelled.p1.eth2",
        ("p1", ECHOES),
        (f"eth2 {_MAC} plain answered labelled answered", "eth2 02:00:00:00:00:99 plain lost labelled lost"),
        (_CROSSES, f"p1 sends to 02:00:00:00:00:99, and p2:eth1 is {_MAC}"),
    ),
    _one("wrong MTU", "link.mtu.p1.eth1", ("p1", ADDR), ("mtu 9500", "mtu 1500"), ("9500", "1500")),
    _one(
        "no interface to have an MTU",
        "link.mtu.p1.eth1",
        ("p1", ADDR),
        (": eth1@", ": eth9@"),
        ("9500", "no such interface"),
    ),
    _one(
        "no address",
        "link.address.p1.eth1",
        ("p1", ADDR),
        ("    inet 10.0.0.1/31 scope global eth1\n", ""),
        ("10.0.0.1/31", "no address (missing: 10.0.0.1/31)"),
    ),
    _one(
        "another length of prefix",
        "link.address.p1.eth1",
        ("p1", ADDR),
        ("inet 10.0.0.1/31", "inet 10.0.0.1/30"),
        ("10.0.0.1/31", "10.0.0.1/30 (missing: 10.0.0.1/31; too many: 10.0.0.1/30)"),
    ),
    _one(
        "a second address",
        "link.address.p1.lo",
        ("p1", ADDR),
        ("    inet 10.255.0.2/32", "    inet 10.255.0.9/32 scope global lo\n    inet 10.255.0.2/32"),
        ("10.255.0.2/32", "10.255.0.9/32, 10.255.0.2/32 (too many: 10.255.0.9/32)"),
    ),
    _one(
        "a LAN device that is not there",
        "link.address.red1.lan2",
        ("red1", ADDR),
        (": lan2@", ": lan9@"),
        ("192.168.1.1/24", "no such interface"),
    ),
)

IGP = (
    _one(
        "OSPF missing on a core interface",
        "igp.interfaces.p1",
        ("p1", OSPF_PORTS),
        ("eth2 is up\n", "eth7 is up\n"),
        ("lo, eth1, eth2", "lo, eth1, eth7 (missing: eth2; too many: eth7)"),
    ),
    _one(
        "OSPF in a VRF",
        "igp.interfaces.pe1",
        ("pe1", OSPF_PORTS),
        ("VRF Name: default\n", "VRF Name: red\n"),
        (
            "lo, eth1",
            "lo in VRF red, eth1 in VRF red (missing: lo, eth1; too many: lo in VRF red, eth1 in VRF red)",
        ),
    ),
    _one(
        "adjacency stuck",
        "igp.adjacency.p1.eth2",
        ("p1", OSPF),
        (
            "10.255.0.3        1 Full/-",
            "10.255.0.3        1 ExStart/-",
        ),
        ("10.255.0.3 at 10.0.0.3 Full", "10.255.0.3 at 10.0.0.3 ExStart"),
    ),
    _one(
        "a neighbour with the wrong router id",
        "igp.adjacency.p1.eth2",
        ("p1", OSPF),
        ("10.255.0.3     ", "10.255.0.33    "),
        ("10.255.0.3 at 10.0.0.3 Full", "10.255.0.33 at 10.0.0.3 Full"),
    ),
    _one(
        "another area",
        "igp.parameters.p1.eth2",
        ("p1", OSPF_PORTS),
        ("10.0.0.3, Area 0.0.0.0", "10.0.0.3, Area 0.0.0.1"),
        (_OSPF_PORT, _OSPF_PORT.replace("area 0.0.0.0", "area 0.0.0.1")),
    ),
    _one(
        "no neighbour",
        "igp.adjacency.p1.eth2",
        ("p1", OSPF),
        ("eth2:10.0.0.2", "eth1:10.0.0.2"),
        ("10.255.0.3 at 10.0.0.3 Full", "no neighbour"),
    ),
    _one(
        "a neighbour nobody wants",
        "igp.no-other-adjacency.pe1",
        ("pe1", OSPF),
        ("eth1:10.0.0.0", "eth0:10.0.0.0"),
        ("no OSPF neighbours but 10.255.0.2 on eth1", "also 10.255.0.2 on eth0"),
    ),
    _one(
        "no route to a loopback",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32", "O>* 10.255.0.44/32"),
        ("by ospf via 10.0.0.1 eth1", "no route to 10.255.0.4"),
    ),
    _one(
        "a loopback by a static route",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32 [110/20]", "S>* 10.255.0.4/32 [1/0]"),
        ("by ospf via 10.0.0.1 eth1", "by static via 10.0.0.1 eth1 label 28"),
    ),
    _one(
        "a loopback by way of management",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32 [110/20] via 10.0.0.1, eth1", "O>* 10.255.0.4/32 [110/20] via 198.18.7.4, eth0"),
        ("by ospf via 10.0.0.1 eth1", "by ospf via 198.18.7.4 eth0 label 28"),
    ),
    _one(
        "a route that did not get into the kernel",
        "igp.loopback.pe1.pe2",
        ("pe1", RIB),
        ("O>* 10.255.0.4/32", "O>q 10.255.0.4/32"),
        ("by ospf via 10.0.0.1 eth1", "by ospf via 10.0.0.1 eth1 label 28, not in the kernel"),
    ),
    _one(
        "a core link that is not announced",
        "igp.core-subnets.pe1",
        ("pe1", RIB),
        ("O>* 10.0.0.4/31", "O   10.0.0.4/31"),
        ("10.0.0.2/31, 10.0.0.4/31", "10.0.0.2/31 (missing: 10.0.0.4/31)"),
    ),
    _one(
        "a customer route on a P",
        "igp.table.p1",
        ("p1", RIB),
        ("IPv4 unicast VRF default:\n", f"IPv4 unicast VRF default:\n{_RED_PATH}"),
        ("loopbacks and core links of the provider only", "also 172.16.1.0/24 by bgp"),
    ),
    _one(
        "a PE-CE link in the core's OSPF",
        "igp.table.p1",
        ("p1", RIB),
        (
            "IPv4 unicast VRF default:\n",
            "IPv4 unicast VRF default:\nO>* 10.1.0.0/30 [110/20] via 10.0.0.0, eth1, weight 1, 00:01:12\n",
        ),
        ("loopbacks and core links of the provider only", "also 10.1.0.0/30 by ospf"),
    ),
    _one(
        "a static route for infrastructure",
        "igp.table.p1",
        ("p1", RIB),
        ("O>* 10.0.0.4/31 [110/20]", "S>* 10.0.0.4/31 [1/0]"),
        ("loopbacks and core links of the provider only", "also 10.0.0.4/31 by static"),
    ),
)

LDP = (
    _one(
        "LDP off on an interface",
        "ldp.interfaces.p1",
        ("p1", "show mpls ldp interface"),
        ("ipv4 eth2        ACTIVE 00:01:32 1/4            1\n", ""),
        ("eth1, eth2", "eth1 (missing: eth2)"),
    ),
    _one(
        "LDP towards a customer",
        "ldp.interfaces.pe1",
        ("pe1", "show mpls ldp interface"),
        ("ipv4 eth1 ", "ipv4 eth2        ACTIVE 00:01:32 1/4            0\nipv4 eth1 "),
        ("eth1", "eth2, eth1 (too many: eth2)"),
    ),
    _one(
        "LDP configured on a dead interface",
        "ldp.interfaces.pe1",
        ("pe1", "show mpls ldp interface"),
        ("ACTIVE", "DOWN"),
        ("eth1", "eth1 DOWN (missing: eth1; too many: eth1 DOWN)"),
    ),
    _one(
        "session not up",
        "ldp.neighbor.p1.p2",
        ("p1", "show mpls ldp neighbor"),
        ("10.255.0.3      OPERATIONAL", "10.255.0.3      OPENREC"),
        ("10.255.0.3 at 10.255.0.3 OPERATIONAL", "10.255.0.3 at 10.255.0.3 OPENREC"),
    ),
    _one(
        "no session",
        "ldp.neighbor.p1.p2",
        ("p1", "show mpls ldp neighbor"),
        ("ipv4 10.255.0.3      OPERATIONAL 10.255.0.3     00:01:14\n", ""),
        ("10.255.0.3 at 10.255.0.3 OPERATIONAL", "no session"),
    ),
    _one(
        "session with another transport address",
        "ldp.neighbor.p1.p2",
        ("p1", "show mpls ldp neighbor"),
        ("10.255.0.3      OPERATIONAL 10.255.0.3 ", "10.255.0.3      OPERATIONAL 10.0.0.3   "),
        ("10.255.0.3 at 10.255.0.3 OPERATIONAL", "10.255.0.3 at 10.0.0.3 OPERATIONAL"),
    ),
    _one(
        "a session too many",
        "ldp.no-other-neighbor.p1",
        ("p1", "show mpls ldp neighbor"),
        ("ipv4 10.255.0.3 ", "ipv4 10.9.9.9   "),
        ("no LDP neighbours but 10.255.0.1, 10.255.0.3", "also 10.9.9.9"),
    ),
    _one(
        "a label that the kernel does not have",
        "ldp.lfib.p1",
        ("p1", K_LFIB),
        ("28 as to 38 via inet 10.0.0.3 dev eth2 proto ldp \n", ""),
        (
            "26 -> 10.0.0.0 none, 27 -> 10.0.0.3 none, 28 -> 10.0.0.3 38",
            "26 -> 10.0.0.0 none, 27 -> 10.0.0.3 none (missing: 28 -> 10.0.0.3 38)",
        ),
    ),
    _one(
        "a label that the kernel swaps otherwise",
        "ldp.lfib.p1",
        ("p1", K_LFIB),
        ("28 as to 38", "28 as to 99"),
        (
            "26 -> 10.0.0.0 none, 27 -> 10.0.0.3 none, 28 -> 10.0.0.3 38",
            (
                "26 -> 10.0.0.0 none, 27 -> 10.0.0.3 none, 28 -> 10.0.0.3 99 "
                "(missing: 28 -> 10.0.0.3 38; too many: 28 -> 10.0.0.3 99)"
            ),
        ),
    ),
    _one(
        "no label for the far PE",
        "ldp.lsp.pe1.pe2",
        ("pe1", RIB),
        ("via 10.0.0.1, eth1, label 28,", "via 10.0.0.1, eth1,"),
        (_ONE_LABEL, "pe1 > broken: pe1 has no label for 10.255.0.4/32 via 10.0.0.1"),
    ),
    _one(
        "the ingress kernel pushes another label",
        "ldp.lsp.pe1.pe2",
        ("pe1", K_RIB),
        ("10.255.0.4 encap mpls  28 via", "10.255.0.4 encap mpls  29 via"),
        (_ONE_LABEL, "pe1 > broken: FRR pushes 28 at pe1, its kernel pushes 29"),
    ),
    _one(
        "the ingress kernel pushes nothing",
        "ldp.lsp.pe1.pe2",
        ("pe1", K_RIB),
        ("10.255.0.4 encap mpls  28 via", "10.255.0.4 via"),
        (_ONE_LABEL, "pe1 > broken: FRR pushes 28 at pe1, its kernel pushes none"),
    ),
    _one(
        "the ingress uses what LDP never gave",
        "ldp.lsp.pe1.pe2",
        ("pe1", BINDINGS),
        (
            "ipv4 10.255.0.4/32        10.255.0.2      18          28 ",
            "ipv4 10.255.0.4/32        10.255.0.2      18          77 ",
        ),
        (_ONE_LABEL, "pe1 > broken: pe1 uses label 28 towards p1, LDP bound 77"),
    ),
    _one(
        "the next hop has bound another label by now",
        "ldp.lsp.pe1.pe2",
        ("p1", BINDINGS),
        (
            "ipv4 10.255.0.4/32        10.255.0.1      28 ",
            "ipv4 10.255.0.4/32        10.255.0.1      77 ",
        ),
        (_ONE_LABEL, "pe1 > broken: pe1 uses label 28 towards p1, which has bound 28, 77"),
    ),
    Break(
        "a P that does not know the label",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, " 28             LDP ", " 29             LDP "),
            Edit("p1", K_LFIB, "28 as to 38", "29 as to 38"),
        ),
        _ONE_LABEL,
        "pe1 push 28 > p1 drops 28 > broken: label 28 is not in the LFIB of p1",
    ),
    Break(
        "a P that swaps to a label of somebody else",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, "10.0.0.3  38 ", "10.0.0.3  36 "),
            Edit("p1", K_LFIB, "28 as to 38", "28 as to 36"),
        ),
        _ONE_LABEL,
        "pe1 push 28 > p1 swap 28->36 > broken: p1 uses label 36 towards p2, LDP bound 38",
    ),
    Break(
        "a P that pops too early",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, "10.0.0.3  38             ", "10.0.0.3  implicit-null  "),
            Edit("p1", K_LFIB, "28 as to 38 via", "28 via"),
            Edit("p1", BINDINGS, "10.255.0.3      28          38 ", "10.255.0.3      28          imp-null "),
            Edit("p2", BINDINGS, "10.255.0.2      38          28 ", "10.255.0.2      imp-null    28 "),
            Edit(
                "p2", BINDINGS, "10.255.0.4      38          imp-null", "10.255.0.4      imp-null    imp-null"
            ),
        ),
        _ONE_LABEL,
        "pe1 push 28 > p1 pop 28 > p2 > broken: the label is popped before p2, which is not pe2",
    ),
    Break(
        "an LSP that runs in a circle",
        "ldp.lsp.pe1.pe2",
        (
            Edit(
                "p2",
                LFIB,
                " 38             LDP   10.0.0.5  implicit-null  ",
                " 38             LDP   10.0.0.2  28  ",
            ),
            Edit("p2", K_LFIB, "38 via inet 10.0.0.5 dev eth2", "38 as to 28 via inet 10.0.0.2 dev eth1"),
        ),
        _ONE_LABEL,
        "pe1 push 28 > p1 swap 28->38 > p2 swap 38->28 > broken: loop: back at p1",
    ),
    Break(
        "a P that routes instead of switching",
        "ldp.lsp.pe1.pe2",
        (
            Edit("p1", LFIB, "28             LDP   10.0.0.3  38", "28             BGP   blue      -"),
            Edit("p1", K_LFIB, "28 as to 38 via inet 10.0.0.3 dev eth2 proto ldp", "28 dev blue proto bgp"),
        ),
        _ONE_LABEL,
        "pe1 push 28 > p1 28 -> blue > broken: p1 neither swaps nor pops towards a next hop",
    ),
)

MPBGP = (
    _one(
        "session not up",
        "mpbgp.session.pe1.pe2",
        ("pe1", BGP),
        (
            _peer("10.255.0.4", 65000, _UP),
            _peer("10.255.0.4", 65000, "   never       Active        0"),
        ),
        ("AS 65000 Established", "AS 65000 Active"),
    ),
    _one(
        "session with the wrong AS",
        "mpbgp.session.pe1.pe2",
        ("pe1", BGP),
        ("10.255.0.4      4      65000", "10.255.0.4      4      65009"),
        ("AS 65000 Established", "AS 65009 Established"),
    ),
    _one(
        "no session",
        "mpbgp.session.pe1.pe2",
        ("pe1", BGP),
        ("10.255.0.4      4 ", "10.255.0.5      4 "),
        ("AS 65000 Established", "no VPNv4 session with 10.255.0.4"),
    ),
    _one(
        "another route target is imported",
        "mpbgp.vrf.pe1.red",
        ("pe1", BGP_CONFIGURATION),
        ("rt vpn both 65000:1\n", "rt vpn import 65000:1 65000:2\n  rt vpn export 65000:1\n"),
        (
            "RD 10.255.0.1:1, imports 65000:1, exports 65000:1",
            "RD 10.255.0.1:1, imports 65000:1, 65000:2, exports 65000:1",
        ),
    ),
    _one(
        "session without the VPNv4 family",
        "mpbgp.session.pe1.pe2",
        ("pe1", BGP),
        ("IPv4 VPN Summary", "IPv4 Unicast Summary"),
        ("AS 65000 Established", "no VPNv4 session with 10.255.0.4"),
    ),
    _one(
        "plain IPv4 between the PEs",
        "mpbgp.no-other-session.pe1",
        ("pe1", BGP),
        ("IPv4 VPN Summary", "IPv4 Unicast Summary"),
        ("no BGP sessions but 10.255.0.4 (ipv4 vpn)", "also 10.255.0.4 (ipv4 unicast)"),
    ),
    _one(
        "BGP on a P",
        "mpbgp.no-other-session.p1",
        ("p1", "if pgrep -x bgpd"),
        (
            "bgpd is not running\n",
            _BGP_ON_A_P,
        ),
        ("no BGP sessions", "also 10.255.0.1 (ipv4 unicast)"),
    ),
)

PECE = (
    _one(
        "session not up at the PE",
        "pece.session.pe1.red.red1",
        ("pe1", BGP),
        (
            _peer("10.1.0.2", 65101, _UP),
            _peer("10.1.0.2", 65101, "   never         Idle        0"),
        ),
        ("AS 65101 Established", "AS 65101 Idle"),
    ),
    _one(
        "the PE expects another AS",
        "pece.agree.pe1.red.red1",
        ("pe1", BGP),
        ("10.1.0.2        4      65101", "10.1.0.2        4      65555"),
        (_ALIKE, "customer AS 65101 on red1, 65555 on pe1"),
    ),
    _one(
        "eBGP without a policy",
        "pece.session.pe1.red.red1",
        ("pe1", BGP),
        (
            _peer("10.1.0.2", 65101, _UP),
            _peer("10.1.0.2", 65101, "00:00:28     (Policy) (Policy)"),
        ),
        ("AS 65101 Established", "AS 65101 Established (Policy)"),
    ),
    _one(
        "the session is in another VRF",
        "pece.agree.pe1.red.red1",
        ("pe1", BGP),
        ("65000 VRF red ", "65000 VRF orange "),
        (
            _ALIKE,
            (
                "no customer AS on pe1, 65101 on red1; no provider AS on pe1, 65000 on red1; "
                "no authentication on pe1, none on red1"
            ),
        ),
    ),
    _one(
        "the CE expects another AS",
        "pece.agree.pe1.red.red1",
        ("red1", BGP),
        ("10.1.0.1        4      65000", "10.1.0.1        4      65001"),
        (_ALIKE, "provider AS 65001 on red1, 65000 on pe1"),
    ),
    _one(
        "a password on one side",
        "pece.agree.pe1.red.red1",
        ("pe1", "show running-config bgpd"),
        (
            " neighbor 10.1.0.2 remote-as 65101\n",
            " neighbor 10.1.0.2 remote-as 65101\n neighbor 10.1.0.2 password Orchid-3\n",
        ),
        (_ALIKE, "authentication none on red1, by a password (MD5) on pe1"),
    ),
    Break(
        "two passwords",
        "pece.agree.pe1.red.red1",
        (
            Edit(
                "pe1",
                "show running-config bgpd",
                " neighbor 10.1.0.2 remote-as 65101\n",
                " neighbor 10.1.0.2 remote-as 65101\n neighbor 10.1.0.2 password Orchid-3\n",
            ),
            Edit(
                "red1",
                "show running-config bgpd",
                " neighbor 10.1.0.1 remote-as 65000\n",
                " neighbor 10.1.0.1 remote-as 65000\n neighbor 10.1.0.1 password orchid-3\n",
            ),
        ),
        _ALIKE,
        "authentication by a password (MD5) on both, with another secret on red1 than on pe1",
    ),
    _one(
        "an MTU of the customer's own",
        "pece.agree.pe1.red.red1",
        ("red1", ADDR),
        (
            "mtu 1500 qdisc noqueue state UP group default\n    link/ether 02:00:00:00:00:1e",
            "mtu 1400 qdisc noqueue state UP group default\n    link/ether 02:00:00:00:00:1e",
        ),
        (_ALIKE, "MTU 1400 on red1, 1500 on pe1"),
    ),
    _one(
        "a CE that peers with another CE",
        "pece.no-other-session.red1",
        ("red1", BGP),
        ("10.1.0.1        4 ", "10.1.0.6        4 "),
        ("no BGP sessions but 10.1.0.1", "also 10.1.0.6"),
    ),
    _one(
        "a neighbour too many in a VRF",
        "pece.no-other-session.pe1.red",
        ("pe1", BGP),
        ("10.1.0.2        4 ", "10.1.0.77       4 "),
        ("no BGP sessions but 10.1.0.2", "also 10.1.0.77"),
    ),
    _one(
        "a prefix too many from a CE",
        "pece.no-other-prefix.pe1.red",
        ("pe1", RIB),
        (_RED_PATH, _RED_PATH + _RED_PATH.replace("172.16.1.0", "172.31.9.0")),
        ("no prefixes", "also 172.31.9.0/24 by bgp from red1"),
    ),
    _one(
        "a prefix that the CE does not announce",
        "pece.announced.pe1.red.172.16.1.0/24",
        ("pe1", RIB),
        (_RED_PATH, ""),
        ("bgp via 10.1.0.2 eth2", "no such route"),
    ),
    _one(
        "a prefix by a static route",
        "pece.announced.pe1.red.172.16.1.0/24",
        ("pe1", RIB),
        ("B>* 172.16.1.0/24 [20/0] via 10.1.0.2, eth2", "S>* 172.16.1.0/24 [1/0] via 10.1.0.2, eth2"),
        ("bgp via 10.1.0.2 eth2", "static via 10.1.0.2 eth2"),
    ),
    _one(
        "a prefix from another neighbour",
        "pece.announced.pe1.red.172.16.1.0/24",
        ("pe1", RIB),
        ("B>* 172.16.1.0/24 [20/0] via 10.1.0.2, eth2", "B>* 172.16.1.0/24 [20/0] via 10.1.0.10, eth3"),
        ("bgp via 10.1.0.2 eth2", "bgp via 10.1.0.10 eth3"),
    ),
)

VPN = (
    _one(
        "not exported",
        "vpn.export.pe2.red.172.16.2.0/24",
        ("pe2", VPNV4),
        (_PATH_AT_PE2, _PATH_AT_PE2.replace("172.16.2.0/24", "172.16.9.0/24")),
        (_EXPORT, "not exported"),
    ),
    _one(
        "the wrong RT",
        "vpn.export.pe2.red.172.16.2.0/24",
        ("pe2", VPNV4),
        (_PATH_AT_PE2, _PATH_AT_PE2.replace("EC{65000:1}", "EC{65000:2}")),
        (_EXPORT, "RD 10.255.0.4:1, RT 65000:2, label 680 into red"),
    ),
    _one(
        "an RT too many",
        "vpn.export.pe2.red.172.16.2.0/24",
        ("pe2", VPNV4),
        (_PATH_AT_PE2, _PATH_AT_PE2.replace("EC{65000:1}", "EC{65000:1 65000:2}")),
        (_EXPORT, "RD 10.255.0.4:1, RT 65000:1, 65000:2, label 680 into red"),
    ),
    Break(
        "a VPN label that leads into the other VRF",
        "vpn.export.pe2.red.172.16.2.0/24",
        (
            Edit("pe2", LFIB, " 680            BGP   red ", " 680            BGP   blue"),
            Edit("pe2", K_LFIB, "680 dev red", "680 dev blue"),
        ),
        _EXPORT,
        "RD 10.255.0.4:1, RT 65000:1, label 680 into blue",
    ),
    _one(
        "a VPN label that nothing knows",
        "vpn.export.pe2.red.172.16.2.0/24",
        ("pe2", VPNV4),
        (_PATH_AT_PE2, _PATH_AT_PE2.replace("label=680", "label=699")),
        (_EXPORT, "RD 10.255.0.4:1, RT 65000:1, label 699 into nothing"),
    ),
    _one(
        "the VPNv4 route did not arrive",
        "vpn.vpnv4.pe1.red.172.16.2.0/24.pe2",
        ("pe1", VPNV4),
        (_PATH_AT_PE1, _PATH_AT_PE1.replace("172.16.2.0/24", "172.16.9.0/24")),
        (_SENT, "no such route"),
    ),
    _one(
        "the RT was lost on the way",
        "vpn.vpnv4.pe1.red.172.16.2.0/24.pe2",
        ("pe1", VPNV4),
        (_PATH_AT_PE1, _PATH_AT_PE1.replace(" EC{65000:1}", "")),
        (_SENT, "next hop 10.255.0.4, RT none, label 680"),
    ),
    _one(
        "another next hop",
        "vpn.vpnv4.pe1.red.172.16.2.0/24.pe2",
        ("pe1", VPNV4),
        (_PATH_AT_PE1, _PATH_AT_PE1.replace("10.255.0.4 ", "10.255.0.3 ")),
        (_SENT, "next hop 10.255.0.3, RT 65000:1, label 680"),
    ),
    _one(
        "another VPN label",
        "vpn.vpnv4.pe1.red.172.16.2.0/24.pe2",
        ("pe1", VPNV4),
        (_PATH_AT_PE1, _PATH_AT_PE1.replace("label=680", "label=681")),
        (_SENT, "next hop 10.255.0.4, RT 65000:1, label 681"),
    ),
    _one(
        "not best",
        "vpn.vpnv4.pe1.red.172.16.2.0/24.pe2",
        ("pe1", VPNV4),
        (_PATH_AT_PE1, _PATH_AT_PE1.replace(" *>i", " * i")),
        (_SENT, "no such route"),
    ),
    _one(
        "the import is lost",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, ""),
        (_VPN_EXPECTED, "no route in VRF red"),
    ),
    _one(
        "a wrong VPN label in the RIB",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, _VPN_ROUTE.replace("28/680", "28/681")),
        (_VPN_EXPECTED, "bgp next hop 10.255.0.4, via 10.0.0.1 label 28/681"),
    ),
    _one(
        "a wrong transport label in the RIB",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, _VPN_ROUTE.replace("28/680", "27/680")),
        (_VPN_EXPECTED, "bgp next hop 10.255.0.4, via 10.0.0.1 label 27/680"),
    ),
    _one(
        "no transport label",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, _VPN_ROUTE.replace("28/680", "680")),
        (_VPN_EXPECTED, "bgp next hop 10.255.0.4, via 10.0.0.1 label 680"),
    ),
    _one(
        "another BGP next hop",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, _VPN_ROUTE.replace("via 10.255.0.4 ", "via 10.255.0.3 ")),
        (_VPN_EXPECTED, "bgp next hop 10.255.0.3, via 10.0.0.1 label 28/680"),
    ),
    _one(
        "a backdoor route wins",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, "B>* 172.16.2.0/24 [20/0] via 10.1.0.2, eth2, weight 1, 00:01:12\n"),
        (_VPN_EXPECTED, "bgp next hop none, via 10.1.0.2 label none"),
    ),
    _one(
        "refused by the kernel",
        "vpn.route.pe1.red.172.16.2.0/24",
        ("pe1", RIB),
        (_VPN_ROUTE, _VPN_ROUTE.replace("B>  ", "B>r ").replace("  * ", "    ")),
        (
            _VPN_EXPECTED,
            "bgp via 10.255.0.4 label 680, 10.0.0.1 eth1 label 28/680, refused by the kernel",
        ),
    ),
    _one(
        "not in the kernel",
        "vpn.kernel.pe1.red.172.16.2.0/24",
        ("pe1", K_RIB),
        (
            "172.16.2.0/24 encap mpls  28/680 via 10.0.0.1 dev eth1 table 1001",
            "172.16.9.0/24 dev eth1 table 1001",
        ),
        ("via 10.0.0.1 label 28/680", "no route in table 1001"),
    ),
    _one(
        "the kernel pushes other labels",
        "vpn.kernel.pe1.red.172.16.2.0/24",
        ("pe1", K_RIB),
        ("172.16.2.0/24 encap mpls  28/680", "172.16.2.0/24 encap mpls  28/681"),
        ("via 10.0.0.1 label 28/680", "via 10.0.0.1 label 28/681"),
    ),
    _one(
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
        (
            _BLUE_TABLE,
            "also 172.20.1.0/24",
        ),
    ),
    _one(
        "a leak in the kernel alone",
        "vpn.vrf-table.pe1.blue",
        ("pe1", K_RIB),
        ("local ", "172.20.1.0/24 via 10.1.0.2 dev eth2 table 1002 \nlocal "),
        (
            _BLUE_TABLE,
            "also 172.20.1.0/24",
        ),
    ),
    _one(
        "a default route in a VRF",
        "vpn.vrf-table.pe1.blue",
        ("pe1", K_RIB),
        ("local ", "default via 10.0.0.1 dev eth1 table 1002 \nlocal "),
        (
            _BLUE_TABLE,
            "also 0.0.0.0/0",
        ),
    ),
    Break(
        "an exported prefix that no site has",
        "vpn.no-other-export.pe2",
        (
            Edit("pe2", VPNV4, _PATH_AT_PE2, _PATH_AT_PE2 + _PATH_AT_PE2.replace("172.16.2.0", "172.31.9.0")),
            _ONE_MORE_AT_PE2,
        ),
        "no exported routes but 10.255.0.4:1:10.1.0.4/30, 10.255.0.4:1:10.99.0.1/32, "
        "10.255.0.4:1:172.16.2.0/24, 10.255.0.4:1:192.168.2.0/24, 10.255.0.4:2:10.1.0.12/30, "
        "10.255.0.4:2:10.99.0.1/32 and 2 more",
        "also 10.255.0.4:1:172.31.9.0/24",
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
        _VPNV4_TABLE,
        "also 10.255.0.4:9:172.31.9.0/24",
    ),
    _one(
        "a customer route in a P's kernel",
        "vpn.core-clean.p1",
        ("p1", K_RIB),
        ("local ", "172.16.2.0/25 via 10.0.0.3 dev eth2 table 50 \nlocal "),
        ("no customer route", "also 172.16.2.0/25 in table 50"),
    ),
    _one(
        "a default route in the core",
        "vpn.core-clean.p1",
        ("p1", K_RIB),
        ("local ", "default via 10.0.0.3 dev eth2 \nlocal "),
        ("no customer route", "also 0.0.0.0/0 in table 254"),
    ),
    _one(
        "a route that the PE does not hand on",
        "vpn.ce-route.red1.172.16.2.0/24",
        ("red1", RIB),
        ("B>* 172.16.2.0/24", "B>* 172.16.9.0/24"),
        ("bgp via 10.1.0.1", "no such route"),
    ),
    _one(
        "a route over something else than the PE",
        "vpn.ce-route.red1.172.16.2.0/24",
        ("red1", RIB),
        ("B>* 172.16.2.0/24 [20/0] via 10.1.0.1, eth1", "B>* 172.16.2.0/24 [20/0] via 10.9.0.2, eth9"),
        ("bgp via 10.1.0.1", "bgp via 10.9.0.2 eth9"),
    ),
    _one(
        "another customer's route at a CE",
        "vpn.ce-table.red1",
        ("red1", RIB),
        (
            "B>* 172.16.2.0/24",
            "B>* 172.30.1.0/24 [20/0] via 10.1.0.1, eth1, weight 1, 00:01:12\nB>* 172.16.2.0/24",
        ),
        (_CE_TABLE, "also 172.30.1.0/24"),
    ),
    _one(
        "a default route over management at a CE",
        "vpn.ce-table.red1",
        ("red1", RIB),
        ("C>* ", "K>* 0.0.0.0/0 [0/0] via 198.18.7.1, eth0, weight 1, 00:01:12\nC>* "),
        (_CE_TABLE, "also 0.0.0.0/0"),
    ),
)

BREAKS = (*KERNEL, *LINK, *IGP, *LDP, *MPBGP, *PECE, *VPN)
