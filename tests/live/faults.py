"""What is done to the default lab by hand: for each kind of check of the proof, a fault that it is there for.

The lab, from left to right, with the addresses that the model derives:

    red1 ---- eth2 pe1 eth1 -- eth1 p1 eth2 -- eth1 p2 eth2 -- eth1 pe2 eth2 ---- red2
    blue1 --- eth3     10.0.0.0/31     10.0.0.2/31     10.0.0.4/31      eth3 --- blue2

    red1  10.1.0.2, its PE 10.1.0.1        red2  10.1.0.6, its PE 10.1.0.5
    blue1 10.1.0.10, its PE 10.1.0.9       blue2 10.1.0.14, its PE 10.1.0.13

Loopbacks: pe1 10.255.0.1, p1 10.255.0.2, p2 10.255.0.3, pe2 10.255.0.4. Red is RT 65000:1 and table 1001,
blue is RT 65000:2 and table 1002; both have 172.16.1.0/24 on the left and 172.16.2.0/24 on the right.
"""

from __future__ import annotations

from tests.live.fault import TABLES, Fault, started, vtysh

# What stands on a core that forwards; sessions and prefixes between CE and PE do not.
ON_THE_CORE = ("mpbgp.session.*", "vpn.*", "data.*")
ON_THE_LSPS = ("ldp.*", *ON_THE_CORE)
ON_THE_IGP = ("igp.*", *ON_THE_LSPS)
ON_THE_LINKS = ("link.labelled.*", *ON_THE_IGP)
RED_ROUTES = ("vpn.*.red.*", "vpn.ce-route.red*", "data.probe.red*", "data.full-size.red*", *TABLES)
ON_THE_TARGETS = ("pece.announced.*.red.*", "pece.no-other-prefix.*.red", *RED_ROUTES)
# A customer who is cut off sends nothing, so that nothing of his arrives elsewhere means nothing.
RED_AND_DATA = ("mpbgp.vrf.*.red", "pece.*.red*", *RED_ROUTES, "data.isolation.*")

# While it changes its VRF, an interface that is up has its subnet in the main table for a moment, and zebra
# (FRR 10.3) may keep that route: another fault than the one that is meant.
_DOWN, _UP = "ip link set eth2 down", "ip link set eth2 up"

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
        {"kernel.mpls-input.pe1": "eth1, eth2 (too many: eth2)"},
        blocks=ON_THE_LINKS,
    ),
    Fault(
        "MPLS input on over management",
        {"p2": "sysctl -w net.mpls.conf.eth0.input=1"},
        {"kernel.mpls-input.p2": "*(too many: eth0)", "kernel.management.p2": "accepts labels"},
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
        {"pe1": f"{_DOWN} && ip link set eth2 master blue && {_UP}"},
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
            "pe1": f"{_DOWN} && ip link del red && ip link add red type vrf table 1003 && "
            f"ip link set red up && ip link set eth2 master red && {_UP}"
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

LINK = (
    Fault(
        "the wrong MTU on a core link",
        {"p1": "ip link set eth2 mtu 1500"},
        {"link.mtu.p1.eth2": "1500"},
        blocks=ON_THE_LINKS,
    ),
    Fault(
        "the wrong MTU on an access port",
        {"pe1": "ip link set eth2 mtu 1400"},
        {"link.mtu.pe1.eth2": "1400", "pece.agree.pe1.red.red1": "*MTU 1500 on red1, 1400 on pe1*"},
        blocks=RED_AND_DATA,
        differs="pe1 needs ip link set dev eth2 mtu 1500",
    ),
    Fault(
        "an address too many on a core port",
        {"p1": "ip addr add 10.9.9.1/24 dev eth2"},
        {"link.address.p1.eth2": "*(too many: 10.9.9.1/24)"},
        blocks=ON_THE_LINKS,
    ),
    Fault(
        "a core link that is down",
        {"p1": "ip link set eth2 down"},
        {"link.up.p1:eth2--p2:eth1": "p1:eth2 down, p2:eth1 no carrier"},
        blocks=ON_THE_LINKS,
    ),
    Fault(
        "an address that FRR was told to remove",
        {"pe2": vtysh("interface eth2", "no ip address 10.1.0.5/30")},
        {
            "link.address.pe2.eth2": "no address (missing: 10.1.0.5/30)",
            "pece.agree.pe2.red.red2": "subnet 10.1.0.4/30 on red2, none on pe2",
        },
        blocks=RED_AND_DATA,
    ),
    Fault(
        "an address that was removed under FRR",
        {"pe2": "ip address del 10.1.0.5/30 dev eth2"},
        {
            "link.address.pe2.eth2": "no address (missing: 10.1.0.5/30)",
            "pece.agree.pe2.red.red2": "subnet 10.1.0.4/30 on red2, none on pe2",
        },
        blocks=RED_AND_DATA,
        # The kernel has thrown away the routes over it, and zebra takes them for installed.
        mend_it={"pe2": f"{_DOWN} && {_UP}"},
    ),
)

_AT_P1 = "tc qdisc add dev eth2 clsact && tc filter add dev eth2 egress"
_WITHOUT_FILTER = {"p1": "tc qdisc del dev eth2 clsact"}
_FILTERED = {"kernel.qdiscs.p1": "also clsact on eth2"}
_LABELLED_LOST = {**_FILTERED, "link.labelled.p1.eth2": "no answer to packets with a label from p1:eth2"}

WIRE = (
    Fault(
        "the wrong link layer address of a neighbour",
        {"p1": "ip neigh replace 10.0.0.3 lladdr 02:00:00:00:00:99 dev eth2 nud permanent"},
        {
            "link.labelled.p1.eth2": "p1 sends to 02:00:00:00:00:99, and p2:eth1 is *",
            "link.labelled.p2.eth1": "no answer to packets without and with a label from p2:eth1",
        },
        blocks=ON_THE_IGP,
        mend_it={"p1": "ip neigh del 10.0.0.3 dev eth2"},
    ),
    Fault(
        "labelled packets dropped on a core link, in one direction",
        {"p1": f"{_AT_P1} protocol mpls_uc matchall action drop"},
        _LABELLED_LOST,
        blocks=ON_THE_IGP,
        mend_it=_WITHOUT_FILTER,
    ),
    Fault(
        "labelled packets that have no TTL left on a core link",
        {"p1": f"{_AT_P1} protocol mpls_uc matchall action mpls modify ttl 1"},
        _LABELLED_LOST,
        blocks=ON_THE_IGP,
        mend_it=_WITHOUT_FILTER,
    ),
    Fault(
        "one direction of a core link that is dead",
        {"p1": f"{_AT_P1} matchall action drop"},
        {
            **_FILTERED,
            "link.labelled.p1.eth2": "no answer to packets without and with a label from p1:eth2",
            "link.labelled.p2.eth1": "no answer to packets without and with a label from p2:eth1",
        },
        blocks=ON_THE_IGP,
        mend_it=_WITHOUT_FILTER,
    ),
)

IGP = (
    Fault(
        "OSPF's packets lost on a core link",
        {"p1": f"{_AT_P1} protocol ip u32 match ip protocol 89 0xff action drop"},
        {
            **_FILTERED,
            "igp.adjacency.p1.eth2": "10.255.0.3 at 10.0.0.3 *",
            "igp.adjacency.p2.eth1": "no neighbour",
        },
        blocks=ON_THE_IGP,
        mend_it=_WITHOUT_FILTER,
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
            "igp.interfaces.pe1": "*(too many: eth2 in VRF red)",
            "igp.no-other-adjacency.pe1": "also * on eth2 in VRF red",
        },
        blocks=ON_THE_IGP,
        daemons=True,
    ),
)

LDP = (
    Fault(
        "LDP off on an interface",
        {"p1": vtysh("mpls ldp", "address-family ipv4", "no interface eth2")},
        {"ldp.interfaces.p1": "eth1 (missing: eth2)"},
        blocks=ON_THE_LSPS,
        # ldpd binds what leaves by such an interface to implicit null, and a mapping that comes while
        # it changes back is not programmed, for good (FRR 10.3, rarely): the session must come anew.
        mend_it={"p1": "vtysh -c 'clear mpls ldp neighbor 10.255.0.3'"},
    ),
    Fault(
        "LDP with a password on one side",
        {"p1": vtysh("mpls ldp", "neighbor 10.255.0.3 password secret")},
        {"ldp.neighbor.p1.p2": "*", "ldp.neighbor.p2.p1": "*"},
        blocks=ON_THE_LSPS,
        differs="p1 has neighbor 10.255.0.3 password (hidden) (in mpls ldp)",
    ),
    Fault(
        "an LDP session across the core",
        {
            "pe1": vtysh("mpls ldp", "address-family ipv4", "neighbor 10.255.0.4 targeted"),
            "pe2": vtysh("mpls ldp", "address-family ipv4", "neighbor 10.255.0.1 targeted"),
        },
        {"ldp.no-other-neighbor.pe1": "also 10.255.0.4", "ldp.no-other-neighbor.pe2": "also 10.255.0.1"},
        blocks=ON_THE_LSPS,
    ),
    Fault(
        "an explicit null where the label should be popped one hop before",
        {"pe2": vtysh("mpls ldp", "address-family ipv4", "label local advertise explicit-null")},
        {"ldp.lsp.pe1.pe2": "*"},
        blocks=ON_THE_CORE,
        differs="pe2 has label local advertise explicit-null (in mpls ldp)",
    ),
    Fault(
        "an LFIB entry with the wrong outgoing label, changed under FRR",
        {
            "p1": "ip -M route | grep 'as to' | head -1 >/tmp/right; read in_label _ rest </tmp/right; "
            "ip -M route replace $in_label as 999 via inet 10.0.0.3 dev eth2"
        },
        {"ldp.lfib.p1": "*(missing: * -> 10.0.0.3 *; too many: * -> 10.0.0.3 999)"},
        blocks=("ldp.lsp.*", *ON_THE_CORE),
        mend_it={"p1": "ip -M route replace $(cat /tmp/right)"},
    ),
    Fault(
        "a push without its label, changed under FRR",
        {
            "pe1": "ip route show 10.255.0.4 >/tmp/right && "
            "ip route replace 10.255.0.4 via 10.0.0.1 dev eth1 proto ospf metric 20"
        },
        {"ldp.lsp.pe1.pe2": "*its kernel pushes none*"},
        blocks=ON_THE_CORE,
        mend_it={"pe1": "ip route replace $(sed 's/nhid [0-9]*//' /tmp/right)"},
    ),
)

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
        "BGP between two CEs, across the provider",
        {
            "red1": vtysh(
                "router bgp 65101", "neighbor 10.1.0.6 remote-as 65102", "neighbor 10.1.0.6 ebgp-multihop"
            ),
            "red2": vtysh(
                "router bgp 65102", "neighbor 10.1.0.2 remote-as 65101", "neighbor 10.1.0.2 ebgp-multihop"
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

LOOKING = (
    Fault(
        "a BGP daemon that has died",
        {"pe2": "pkill -9 bgpd"},
        {"mpbgp.session.pe1.pe2": "AS 65000 *"},
        blocks=("pece.session.*", "pece.no-other-prefix.pe2.*", "pece.announced.pe2.*", "vpn.*", "data.*"),
        errors={
            "mpbgp.session.pe2.pe1": "could not look:*bgpd*",
            "mpbgp.no-other-session.pe2": "could not look:*bgpd*",
            "pece.agree.pe2.*": "could not look:*bgpd*",
            "pece.no-other-session.pe2.*": "could not look:*bgpd*",
            "mpbgp.vrf.pe2.*": "could not look:*bgpd*",
        },
        mend_it={"pe2": started("bgpd")},
        daemons=True,
        first="mpbgp.session.pe2.pe1",
    ),
)

FAULTS = (*KERNEL, *LINK, *WIRE, *IGP, *LDP, *MPBGP, *PECE, *VPN, *DATA, *LOOKING)
