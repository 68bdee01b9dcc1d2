"""What can be wrong in the provider's network below VPNs, and which kind of check must FAIL first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.recorded.mutation import wrong

if TYPE_CHECKING:
    import re

_ALL: Final = "ce pe p"
_CORE: Final = "pe p"
_SYSCTL: Final = "sysctl *.conf.l*.forwarding *"
_DEVICES: Final = "ip -d addr"
_LINKS: Final = "python3 -c PROGRAM *"
_NEIGHBORS: Final = "show ip ospf vrf all neighbor"
_INTERFACES: Final = "show ip ospf vrf all interface"
_RIB: Final = "show ip route vrf all"
_LDP: Final = "show mpls ldp neighbor"
_ISIS_DATABASE: Final = "show isis database detail"
_OWN_LSP: Final = r"\A((?:.*\n)*\S+\.00-00 +\*.*\n(?: .*\n)*?"
_LFIB: Final = "show mpls table"
_KERNEL_LFIB: Final = "ip -M route"
_SUMMARY: Final = "show bgp vrf all summary"
_BGP: Final = "show running-config bgpd"

KERNEL: Final = (
    wrong(
        "MPLS is off on a core interface",
        _CORE,
        _SYSCTL,
        (r"(mpls\.conf\.eth\d+\.input) = 1", r"\1 = 0"),
        "kernel.mpls-input",
    ),
    wrong(
        "MPLS is on in a customer's router",
        "ce",
        _SYSCTL,
        (r"(mpls\.conf\.eth1\.input) = 0", r"\1 = 1"),
        "kernel.mpls-input",
    ),
    wrong(
        "a router does not forward",
        _ALL,
        _SYSCTL,
        (r"(ipv4\.ip_forward) = 1", r"\1 = 0"),
        "kernel.ip-forward",
    ),
    wrong(
        "an interface does not forward",
        _ALL,
        _SYSCTL,
        (r"(ipv4\.conf\.eth[1-9]\.forwarding) = 1", r"\1 = 0"),
        "kernel.forwarding",
    ),
    wrong(
        "management forwards",
        _ALL,
        _SYSCTL,
        (r"(ipv4\.conf\.eth0\.forwarding) = 0", r"\1 = 1"),
        "kernel.management",
    ),
    wrong(
        "there is no MPLS label table",
        _CORE,
        _SYSCTL,
        (r"(platform_labels) = \d+", r"\1 = 0"),
        "kernel.platform-labels",
    ),
    wrong("a VRF has another table", "pe", _DEVICES, (r"vrf table \d+", "vrf table 77"), "kernel.vrf"),
    wrong(
        "a VRF has another name",
        "pe",
        _DEVICES,
        (r"^(\d+: )(?:red|acme|blue|hub)(: .*MASTER)", r"\1nobodys\2"),
        "kernel.vrf",
    ),
    wrong(
        "a sham link's tunnel leads elsewhere",
        "pe",
        _DEVICES,
        (r"gre remote \S+", "gre remote 192.0.2.1"),
        "kernel.tunnel",
    ),
    wrong(
        "an unexpected VRF",
        "pe",
        _DEVICES,
        (
            r"^\d+(: )\w+(: <NOARP,MASTER.*\n    link.*\n    vrf table )\d+(.*\n)(?:    alias.*\n)?",
            r"\g<0>99\1other\g<2>99\3",
        ),
        "kernel.vrfs",
    ),
    wrong(
        "an interface is in no VRF",
        "pe",
        _DEVICES,
        (r"^(\d+: eth\d+@\S+ .*)master \S+ ", r"\1"),
        "kernel.port",
    ),
    wrong(
        "an interface loses packets",
        _ALL,
        "tc qdisc show",
        (r"qdisc noqueue 0: dev eth1 root refcnt 2", "qdisc netem 1: dev eth1 root refcnt 2 loss 10%"),
        "kernel.qdiscs",
        but="provider-migration/*",
    ),
    wrong(
        "the source of a packet decides where it goes",
        _ALL,
        "ip rule",
        (r"^32766:", "100:\tfrom 172.16.1.0/24 lookup 100\n32766:"),
        "kernel.rules",
    ),
)

LINK: Final = (
    wrong(
        "a cable is cut", _ALL, _DEVICES, (r"^(\d+: eth[1-9]\d*@\S+ <.*),UP,LOWER_UP>", r"\1,UP>"), "link.up"
    ),
    wrong(
        "a port that nobody ordered is up",
        "pe",
        _DEVICES,
        (r"MULTICAST>(.*) state DOWN", r"MULTICAST,UP,LOWER_UP>\1 state UP"),
        "link.spare",
    ),
    wrong(
        "a core interface has a small MTU",
        _CORE,
        _DEVICES,
        (r"^(\d+: eth[1-9]\d*@\S+ <.*) mtu 9500 ", r"\1 mtu 1500 "),
        "link.mtu",
    ),
    wrong(
        "an interface has another address",
        _ALL,
        _DEVICES,
        (r"inet 10\.\d+\.\d+\.\d+(/\d+.* scope global eth)", r"inet 192.0.2.1\1"),
        "link.address",
    ),
    wrong(
        "an interface has no address",
        _ALL,
        _DEVICES,
        (r"^    inet 10\..* scope global eth.*\n.*valid_lft.*\n", ""),
        "link.address",
    ),
    wrong(
        "a link carries packets and no labels",
        _CORE,
        _LINKS,
        ("labelled answered", "labelled lost"),
        "link.labelled",
    ),
)

IGP: Final = (
    wrong(
        "an adjacency of the core does not come up",
        "p",
        _NEIGHBORS,
        (r"Full/-( +)", r"Init/-\1"),
        "igp.adjacency",
    ),
    wrong(
        "BFD is down on a link of the core",
        _CORE,
        "show bfd peers",
        (r"(peer \S+ vrf default(?:.*\n)+?\t\tStatus: )up", r"\1down"),
        "igp.bfd",
    ),
    wrong(
        "a neighbour of the core is missing", "p", _NEIGHBORS, (r"^\S+ +\d+ Full/.*\n", ""), "igp.adjacency"
    ),
    wrong(
        "a neighbour of the core is another router",
        "p",
        _NEIGHBORS,
        (r"^\S+( +\d+ Full/)", r"192.0.2.1\1"),
        "igp.adjacency",
    ),
    wrong(
        "an unexpected OSPF neighbour in the core",
        "p",
        _NEIGHBORS,
        (r"^\S+( +\d+ Full/.*)(eth\d+:)(.*\n)", r"\g<0>192.0.2.1\1eth9:\3"),
        "igp.no-other-adjacency",
    ),
    wrong(
        "a hello interval mismatch in the core",
        "p",
        _INTERFACES,
        (r"Hello \d+s, Dead", "Hello 7s, Dead"),
        "igp.parameters",
    ),
    wrong(
        "a core interface is in another area",
        "p",
        _INTERFACES,
        (r"Area 0\.0\.0\.0$", "Area 0.0.0.9"),
        "igp.parameters",
    ),
    wrong(
        "OSPF runs on an unexpected interface of the core",
        "p",
        _INTERFACES,
        (r"^eth\d+( is up\n(?:  .*\n)+)", r"\g<0>eth9\1"),
        "igp.interfaces",
    ),
    wrong(
        "a loopback of the core is not known",
        _CORE,
        _RIB,
        (r"^[OI]>\* 10\.255\.\d+\.\d+/32 \[.*weight 1, \S+\n(?!  )", ""),
        "igp.loopback",
    ),
    wrong(
        "a loopback of the core is a static route",
        _CORE,
        _RIB,
        (r"^[OI]>\* (10\.255\.\d+\.\d+/32) \[11[05]/\d+\]", r"S>* \1 [1/0]"),
        "igp.loopback",
    ),
    wrong(
        "a loopback of the core is reached by another neighbour",
        _CORE,
        _RIB,
        (r"^([OI]>\* 10\.255\.\d+\.\d+/32 \[11[05]/\d+\] via) [^,]+,", r"\1 192.0.2.1,"),
        "igp.loopback",
    ),
    wrong(
        "a link of the core is not known",
        _CORE,
        _RIB,
        (r"^[OI]>\* 10\.\d+\.\d+\.\d+/31 \[.*\n(?!  )", ""),
        "igp.core-subnets",
    ),
    wrong(
        "a customer's route is in the core's IGP",
        "p",
        _RIB,
        (r"^([OI]>\* )\S+/32( \[11[05]/\d+\] via \S+ \w+,).*( weight.*\n)", r"\g<0>\g<1>172.16.1.0/24\2\3"),
        "igp.table",
    ),
    wrong(
        "a customer's route is static on a P",
        "p",
        _RIB,
        (r"^C>\* .*\n", r"\g<0>S>* 172.16.1.0/24 [1/0] via 10.0.0.1, eth1, weight 1, 00:00:09\n"),
        "igp.table",
    ),
)

_LAST_IS_A_P: Final = "two-vpns/pe2 sr-core/pe2 ldp-to-sr/pe2"

LDP: Final = (
    wrong("an LDP session does not come up", _CORE, _LDP, ("OPERATIONAL", "PRESENT    "), "ldp.neighbor"),
    wrong("an LDP neighbour is missing", _CORE, _LDP, (r"^ipv4 .*OPERATIONAL.*\n", ""), "ldp.neighbor"),
    wrong(
        "an unexpected LDP neighbour",
        _CORE,
        _LDP,
        (r"^ipv4 \S+( +OPERATIONAL.*\n)", r"\g<0>ipv4 192.0.2.1\1"),
        "ldp.no-other-neighbor",
    ),
    wrong(
        "LDP does not run on an interface",
        _CORE,
        "show mpls ldp interface",
        (r"^ipv4 .*ACTIVE.*\n", ""),
        "ldp.interfaces",
    ),
    wrong(
        "OSPF waits for LDP for ever",
        _CORE,
        "show mpls ldp igp-sync",
        ("initial label exchange complete", "initial label exchange not complete"),
        "ldp.igp-sync",
    ),
    wrong(
        "OSPF does not wait for LDP",
        _CORE,
        "show ip ospf mpls ldp-sync",
        ("Synchronization enabled: yes", "Synchronization enabled: no"),
        "ldp.igp-sync",
    ),
    wrong(
        "zebra swaps to another transport label",
        "p",
        _LFIB,
        (r"^( \d+ +LDP +\S+ +)\d+ +$", r"\g<1>999"),
        "ldp.lfib",
        "sr.lfib",
        "ldp.labels",
    ),
    wrong(
        "zebra has a label lead to another VRF",
        "pe",
        _LFIB,
        (r"^( \d+ +BGP +)\S+( +-)", r"\g<1>nobodys\2"),
        "ldp.lfib",
        "sr.lfib",
    ),
    wrong(
        "the kernel swaps to another transport label",
        "p",
        _KERNEL_LFIB,
        (r"^(\d+) as to \d+ via", r"\1 as to 999 via"),
        "ldp.lfib",
        "sr.lfib",
    ),
    wrong(
        "the kernel sends a label to another neighbour",
        _CORE,
        _KERNEL_LFIB,
        (r"^(\d+ (?:as to \d+ )?via inet) [\d.]+", r"\1 192.0.2.1"),
        "ldp.lfib",
        "sr.lfib",
    ),
    wrong(
        "the kernel has a label lead to another VRF",
        "pe",
        _KERNEL_LFIB,
        (r"^(\d+) dev \w+ proto bgp", r"\1 dev lo proto bgp"),
        "ldp.lfib",
        "sr.lfib",
    ),
    wrong(
        "another transport label is pushed",
        "pe",
        _RIB,
        (r"\A((?:.*\n)*[OI]>\* 10\.255\.\d+\.\d+/32 .*, label) \d+,", r"\1 999,"),
        "ldp.lsp",
        "sr.lsp",
        but=_LAST_IS_A_P,
    ),
    wrong(
        "no transport label is pushed",
        "pe",
        _RIB,
        (r"\A((?:.*\n)*[OI]>\* 10\.255\.\d+\.\d+/32 .*), label \d+,", r"\1,"),
        "ldp.lsp",
        "sr.lsp",
        but=_LAST_IS_A_P,
    ),
    wrong(
        "a loopback is reached over one of its two ways only",
        "pe",
        _RIB,
        (r"^([OI]>\* 10\.255\..* label \d+,.*\n)  \* .*\n(?!  )", r"\1"),
        "ldp.equal-cost",
        "sr.equal-cost",
    ),
    wrong(
        "a neighbour advertises another transport label",
        "p",
        "show mpls ldp binding",
        (r"^(ipv4 10\.255\S+ +\S+ +\d+ +)\d\d( +yes)", r"\g<1>99\2"),
        "ldp.lsp",
        but="failover/* isis-core/* rd-choice/* ldp-to-sr/*",
    ),
)

SEGMENTS: Final = (
    wrong(
        "a node's prefix SID has another index",
        _CORE,
        _ISIS_DATABASE,
        (rf"{_OWN_LSP}.*SR Prefix-SID Index: )\d+", r"\g<1>999"),
        "sr.sid",
    ),
    wrong(
        "a node advertises no prefix SID",
        _CORE,
        _ISIS_DATABASE,
        (rf"{_OWN_LSP}) +SR Prefix-SID.*\n", r"\1"),
        "sr.sid",
    ),
    wrong(
        "a node's SRGB begins elsewhere",
        _CORE,
        _ISIS_DATABASE,
        (rf"{_OWN_LSP}.*Global Block Base: )\d+", r"\g<1>30000"),
        "sr.sid",
    ),
    wrong(
        "a label of the core is LDP's",
        _CORE,
        _LFIB,
        (r"^( \d+ +)SR \(IS-IS\)", r"\1LDP       "),
        "sr.labels",
        "ldp.labels",  # where LDP runs too
    ),
    wrong(
        "a label of LDP beside segment routing leads elsewhere",
        _CORE,
        _LFIB,
        (r"(?s)^( \d+ +LDP +\S+ +)\S+(?=.*SR \(IS-IS\))", r"\g<1>999"),
        "ldp.labels",
    ),
)

_DOWN: Final = r"\1   never       Active        0 N/A"


def _one_more(total: re.Match[str]) -> str:
    return f"{total[1]}{int(total[2]) + 1}"


MPBGP: Final = (
    wrong(
        "a VPNv4 session is down",
        "pe",
        _SUMMARY,
        (r"(VPN Summary.*:\n(?:.*\n)+?\d\S+ .* )\d\d:\d\d:\d\d +\d+ +\d+ .*", _DOWN),
        "mpbgp.session",
    ),
    wrong(
        "a VPNv4 session carries no routes",
        "pe",
        _SUMMARY,
        (r"(VPN Summary.*:\n(?:.*\n)+?\d\S+ .* \d\d:\d\d:\d\d +)\d+( +\d+ .*)", r"\1NoNeg\2"),
        "mpbgp.session",
    ),
    wrong(
        "a session that carries labelled routes is down",
        "pe",
        _SUMMARY,
        (r"(Labeled Unicast Summary.*:\n(?:.*\n)+?\d\S+ .* )\d\d:\d\d:\d\d +\d+ +\d+ .*", _DOWN),
        "mpbgp.labelled-session",
    ),
    wrong(
        "a PE's kernel does not take what comes for its second loopback",
        "pe",
        "ip route show table all",
        (r"^local 10\.255\.\d\.\d+ dev lo2 .*\n", ""),
        "mpbgp.labelled-path",
    ),
    wrong(
        "a reflector has another next hop for what crossed",
        "rr",
        "show bgp ipv4 vpn",
        (r"(\*>  (?=\d).{17})(10\.255\.\d\.\d+)", lambda row: row[1] + "192.0.2.10".ljust(len(row[2]))),
        "vpn.past",
    ),
    wrong(
        "an unexpected VPNv4 session",
        "pe",
        _SUMMARY,
        (r"(VPN Summary.*:\n(?:.*\n)+?)10\.255\.\d\.\d+(.*\n)", r"\g<0>192.0.2.10\2"),
        "mpbgp.no-other-session",
        also=(r"^(Total number of neighbors )(\d+)", _one_more),
    ),
    wrong(
        "a VRF imports another route target",
        "pe",
        _BGP,
        (r"^(  rt vpn (?:both|import)) \S+", r"\1 65000:999"),
        "mpbgp.vrf",
    ),
    wrong(
        "a VRF exports under another route distinguisher",
        "pe",
        _BGP,
        (r"^  rd vpn export \S+", "  rd vpn export 192.0.2.1:9"),
        "mpbgp.vrf",
    ),
    wrong(
        "a PE has more of a reflector than that uses paths for",
        "rr",
        "show bgp ipv4 vpn",
        (r"^ \*>i", " * i"),
        "mpbgp.reflects",
        but="inter-as-c/*",  # the first route is of its only client, which has none back
    ),
)

PROVIDER: Final = (*KERNEL, *LINK, *IGP, *LDP, *SEGMENTS, *MPBGP)
