"""What can be wrong between customer and provider and in VPNs, and which kind of check must FAIL first."""

from __future__ import annotations

from typing import Final

from tests.recorded.mutation import totals, wrong

_SUMMARY: Final = "*show bgp vrf all summary*"
_BGP: Final = "show running-config bgpd"
_OSPF_NEIGHBORS: Final = "show ip ospf vrf all neighbor"
_OSPF_INTERFACES: Final = "show ip ospf vrf all interface"
_EIGRP: Final = "python3 /var/lib/frr/eigrp *"
_RIP: Final = "show ip rip *status"
_RIB: Final = "show ip route vrf all"
_KERNEL: Final = "ip route show table all"
_VPNV4: Final = "show bgp ipv4 vpn"
_CE_BGP: Final = "show bgp ipv4 unicast"

_UP: Final = r"\d\d:\d\d:\d\d +\d+ +\d+ .*"
_DOWN: Final = r"\1   never       Active        0 N/A"
_IN_A_VRF: Final = r"VRF (?!default)\w+(?:\):| vrf-id \d+)\n(?:.*\n)+?"

PECE: Final = (
    wrong(
        "RIP has other timers",
        "ce pe",
        _RIP,
        (r"Sending updates every \d+", "Sending updates every 30"),
        "pece.rip-timers",
    ),
    wrong(
        "RIP does not run on a LAN",
        "ce",
        _RIP,
        (r"^    lan1 +2 +1 2 *\n", ""),
        "pece.interfaces",
    ),
    wrong(
        "no RIP updates arrive",
        "ce pe",
        _RIP,
        (r"^    10\.1\.0\.\d+ .*\n", ""),
        "pece.updates",
    ),
    wrong(
        "RIP updates of a stranger",
        "ce pe",
        _RIP,
        (r"^    10\.1\.0\.(\d+ .*\n)", r"\g<0>    10.9.0.\1"),
        "pece.no-other-adjacency",
    ),
    wrong(
        "a CE's BGP session is down",
        "ce",
        _SUMMARY,
        (rf"^(\d\S+ .* ){_UP}", _DOWN),
        "pece.session",
        "pece.backdoor",
    ),
    wrong(
        "a PE's BGP session to a CE is down",
        "pe",
        _SUMMARY,
        (rf"({_IN_A_VRF}\d\S+ .* ){_UP}", _DOWN),
        "pece.session",
        "pece.asbr",
    ),
    wrong(
        "a CE's neighbour is of another AS",
        "ce",
        _SUMMARY,
        (r"^(10\.1\.\S+ +4 +)\d+", r"\g<1>64999"),
        "pece.agree",
        "pece.session",
    ),
    wrong(
        "a BGP session has a password at one end only",
        "ce",
        _BGP,
        (r"^ neighbor (10\.1\.\S+) remote-as .*\n(?!.*password)", r"\g<0> neighbor \1 password other\n"),
        "pece.agree",
    ),
    wrong(
        "an unexpected BGP session in a VRF",
        "pe",
        _SUMMARY,
        (
            rf"({_IN_A_VRF}10\.1\..{{10}})( 4 .*\n)(\nTotal number of neighbors) 1",
            r"\g<1>\g<2>192.0.2.1      \g<2>\g<3> 2",
        ),
        "pece.no-other-session",
    ),
    wrong(
        "BFD is down towards the other end",
        "ce pe",
        "show bfd peers",
        (r"(peer 10\.[12]\.\S+ .*\n(?:.*\n)+?\t\tStatus: )up", r"\1down"),
        "pece.bfd",
    ),
    wrong(
        "BFD is too slow",
        "ce pe",
        "show bfd peers",
        (r"(peer 10\.[12]\.(?:.*\n)+?\t\t\tReceive interval: )\d+", r"\g<1>9000"),
        "pece.bfd",
    ),
    wrong(
        "an unexpected BFD session",
        "ce pe",
        "show bfd peers",
        (r"^\tpeer 10(\.[12]\..*\n(?:\t\t.*\n)+\n)", r"\g<0>\tpeer 192\1"),
        "pece.no-other-bfd",
    ),
    wrong(
        "an OSPF adjacency to a CE does not come up",
        "ce",
        _OSPF_NEIGHBORS,
        (r"Full/-( +)", r"Init/-\1"),
        "pece.adjacency",
        "pece.backdoor",
    ),
    wrong(
        "a sham link's adjacency does not come up",
        "pe",
        _OSPF_NEIGHBORS,
        (r"Full/-( .* sham\d)", r"Init/-\1"),
        "vpn.sham-adjacency",
    ),
    wrong(
        "a sham link has another cost",
        "pe",
        _OSPF_INTERFACES,
        (r"(^sham\d(?:.*\n)+?.*)Cost: \d+", r"\1Cost: 77"),
        "pece.sham-parameters",
    ),
    wrong(
        "a sham link's route is used",
        "pe",
        _RIB,
        (r"^O  ( 1\S+ \[.*, sham\d) inactive onlink", r"O>*\1 onlink"),
        "vpn.sham-decides",
        "vpn.route",
    ),
    wrong(
        "the kernel sends customers' packets over a sham link",
        "pe",
        _KERNEL,
        (r"^local \S+ (dev sham\d table \d+) .*\n", r"\g<0>198.51.100.0/24 \1 proto ospf metric 20\n"),
        "vpn.sham-carries-no-customer",
    ),
    wrong(
        "an unexpected OSPF neighbour of a CE",
        "ce",
        _OSPF_NEIGHBORS,
        (r"^\S+( +\d+ Full/.*)(eth\d+:)(.*\n)", r"\g<0>192.0.2.1\1eth9:\3"),
        "pece.no-other-adjacency",
    ),
    wrong(
        "a hello interval mismatch",
        "ce",
        _OSPF_INTERFACES,
        (r"(Internet Address 10\.1\.(?:.*\n)+?.*)Hello \d+s, Dead", r"\1Hello 7s, Dead"),
        "pece.agree",
    ),
    wrong(
        "an OSPF interface has another cost",
        "ce",
        _OSPF_INTERFACES,
        (r"(Internet Address 10\.1\.(?:.*\n)+?.*)Cost: \d+", r"\1Cost: 77"),
        "pece.parameters",
    ),
    wrong(
        "OSPF runs on an unexpected interface of a CE",
        "ce",
        _OSPF_INTERFACES,
        (r"^eth\d+( is up\n(?:  .*\n)+)", r"\g<0>eth9\1"),
        "pece.interfaces",
    ),
    wrong(
        "a RIP route has more hops",
        "ce",
        _RIB,
        (r"^(R>\* 1\S+ \[120/)\d+", r"\g<1>7"),
        "vpn.rip-metric",
    ),
    wrong(
        "an OSPF route has another cost",
        "ce",
        _RIB,
        (r"^(O>\* 1\S+ \[110/)\d+", r"\g<1>777"),
        "vpn.ospf-cost",
    ),
    wrong(
        "an EIGRP neighbour is missing",
        "ce pe",
        _EIGRP,
        (r"^0   \d.* up\n", ""),
        "pece.adjacency",
        "pece.backdoor",
    ),
    wrong(
        "an unexpected EIGRP neighbour",
        "ce pe",
        _EIGRP,
        (r"^0   10\.\S+ +(.* up\n)", r"\g<0>9   192.0.2.1         \1"),
        "pece.adjacency",
        "pece.backdoor",
    ),
    wrong(
        "no EIGRP speaker answers",
        "ce pe",
        _EIGRP,
        (r"\A(?:.*\n)*", "eigrp: no speaker answers\n"),
        "pece.speaker",
    ),
    wrong(
        "EIGRP runs with other K values",
        "ce pe",
        _EIGRP,
        (r"K values 1 0 1 0 0", "K values 1 1 1 0 0"),
        "pece.agree",
        "pece.parameters",
    ),
    wrong(
        "an EIGRP interface has another bandwidth",
        "ce pe",
        _EIGRP,
        (r"^(eth1 +up +\S+ +)100000", r"\g<1> 64000"),
        "pece.parameters",
    ),
    wrong(
        "an EIGRP route has another metric",
        "pe",
        _EIGRP,
        (r"(^P  172\.16\.\S+ .*\n     s via 10\.\S+ \()\d+", r"\g<1>999999"),
        "pece.metric",
    ),
    wrong(
        "a CE has an EIGRP route with another metric",
        "ce",
        _EIGRP,
        (r"(^P  172\.16\.\S+ .*\n     s via 10\.\S+ \()\d+", r"\g<1>999999"),
        "vpn.metric",
        "pece.metric",
    ),
    wrong(
        "the speaker does not know a VPN route",
        "pe",
        _EIGRP,
        (r"^\*[IE]  172\.16\..*\n", ""),
        "vpn.eigrp-candidate",
    ),
    wrong(
        "the speaker has a VPN route of another MED",
        "pe",
        _EIGRP,
        (r"^(\*[IE]  172\.16\.\S+ +\S+ +\S+ +)\d+", r"\g<1>77777"),
        "vpn.eigrp-candidate",
    ),
    wrong(
        "a PE receives no route to a prefix of its site",
        "pe",
        _RIB,
        (r"^[BOES]>\* 172\.16\.\S+ .*\n", ""),
        "pece.announced",
    ),
    wrong(
        "the kernel of a PE lacks a prefix of its site",
        "pe",
        _KERNEL,
        (r"^172\.16\.\S+ via \S+ dev eth\d+ table \d+ .*\n", ""),
        "pece.announced",
    ),
)

# What comes first there is imported by no VRF, or not used.
_UNWANTED: Final = "extranet/pe3 ospf-backdoor/pe[12] provider-migration/?-pe2 inter-as-a/s-br1"
# FRR 8.4 has one blank less before a prefix, and before its status.
_ARRIVED: Final = r"\*>i ?\d.*\n.*"

VPN: Final = (
    wrong(
        "a route is exported with another route target",
        "pe",
        _VPNV4,
        (r"(\*>  ?\d.*@.*\n.*EC\{[^}]*?)\d+:\d+\}", r"\g<1>65000:999}"),
        "vpn.export",
    ),
    wrong(
        "a route is exported with another label",
        "pe",
        _VPNV4,
        (r"(\*>  ?\d.*@.*\n.*label=)\d+", r"\g<1>999"),
        "vpn.export",
    ),
    wrong(
        "a route is not exported",
        "pe",
        _VPNV4,
        (r"^ ?\*>  ?\d.*@.*\n    UN.*\n(?= ?\*)", ""),
        "vpn.export",
        also=totals(-1),
        but="inter-as-a/s-br1",  # a second path stands below, which would be without its prefix
    ),
    wrong(
        "an unexpected route is exported",
        "pe",
        _VPNV4,
        (r"^( ?\*>  ?)(?=\d).{17}(.*@.*\n    UN.*\n)", r"\g<0>\g<1>198.51.100.0/24  \2"),
        "vpn.no-other-export",
        also=totals(1),
    ),
    wrong(
        "a route arrives with another route target",
        "pe",
        _VPNV4,
        (rf"({_ARRIVED}EC\{{[^}}]*?)\d+:\d+\}}", r"\g<1>65000:999}"),
        "vpn.vpnv4",
        "vpn.asbr",
        but=_UNWANTED,
    ),
    wrong(
        "routes arrive under another route distinguisher",
        "pe",
        _VPNV4,
        (r"^Route Distinguisher: \S+\n( ?\*>i)", r"Route Distinguisher: 192.0.2.1:9\n\1"),
        "vpn.vpnv4",
        "vpn.asbr",
        but=f"{_UNWANTED} rd-choice/*",  # at one of its stages the PE's own are under that one, too
    ),
    wrong(
        "a route arrives with another VPN label",
        "pe",
        _VPNV4,
        (rf"({_ARRIVED}label=)\d+", r"\g<1>999"),
        "vpn.vpnv4",
        "vpn.asbr",
        but=_UNWANTED,
    ),
    wrong(
        "a route arrives with another next hop",
        "pe",
        _VPNV4,
        (r"(\*>i ?(?=\d).{17})(10\.255\.\d\.\d+)", lambda row: row[1] + "192.0.2.10".ljust(len(row[2]))),
        "vpn.vpnv4",
        "vpn.asbr",
        but=_UNWANTED,
    ),
    wrong(
        "a VPN route is missing",
        "pe",
        _VPNV4,
        (r"^ ?\*>i ?\d.*\n    UN.*\n(?= ?\*>)", ""),
        "vpn.vpnv4",
        "vpn.asbr",
        also=totals(-1),
        but=_UNWANTED,
    ),
    wrong(
        "an unexpected VPN route",
        "pe",
        _VPNV4,
        (r"^( ?\*>i ?)(?=\d).{17}(.*\n    UN.*\n)", r"\g<0>\g<1>198.51.100.0/24  \2"),
        "vpn.vpnv4-table",
        also=totals(1),
    ),
    wrong(
        "a VRF lacks a route",
        "pe",
        _RIB,
        (r"^B>  (?!10\.255).* \(recursive\).*\n(?:  [ *] .*\n)+", ""),
        "vpn.route",
    ),
    wrong(
        "a VRF's route has another VPN label",
        "pe",
        _RIB,
        (r"(label \d+/)\d+(, weight)", r"\g<1>999\2"),
        "vpn.route",
        "mpbgp.labelled",  # of a labelled route, with option C
    ),
    wrong(
        "a VRF's route has another transport label",
        "pe",
        _RIB,
        (r"label \d+(/\d+, weight)", r"label 999\1"),
        "vpn.route",
        "mpbgp.labelled",  # of a labelled route, with option C
    ),
    wrong(
        "a VRF's route goes to another PE",
        "pe",
        _RIB,
        (r"(\] via )10\.255\.\d+\.\d+( \(vrf default\) \(recursive\))", r"\g<1>192.0.2.1\2"),
        "vpn.route",
    ),
    wrong(
        "an unexpected route in a VRF",
        "pe",
        _RIB,
        (
            r"^(?:IPv4 unicast )?VRF (?!default).*:\n",
            r"\g<0>S>* 198.51.100.0/24 [1/0] via 10.1.0.2, eth2, weight 1, 00:00:09\n",
        ),
        "vpn.vrf-table",
        "pece.no-other-prefix",
    ),
    wrong(
        "a leaked route comes from another VRF",
        "pe",
        _RIB,
        (r"^(B>\* .*directly connected, )\w+( \(vrf )\w+\)", r"\1other\2other)"),
        "vpn.leak",
    ),
    wrong(
        "the kernel takes a leaked route to another VRF",
        "pe",
        _KERNEL,
        (r"^(10\.1\.\S+) dev (?!eth)\w+ (table \d+ proto bgp)", r"\1 dev eth9 \2"),
        "vpn.leak",
    ),
    wrong(
        "the kernel pushes another VPN label",
        "pe",
        _KERNEL,
        (r"(encap mpls +\d+/)\d+", r"\g<1>999"),
        "vpn.kernel",
    ),
    wrong(
        "the kernel pushes another transport label",
        "pe",
        _KERNEL,
        (r"(encap mpls +)\d+(/\d+)", r"\g<1>999\2"),
        "vpn.kernel",
    ),
    wrong(
        "the kernel sends a VPN's packets to another neighbour",
        "pe",
        _KERNEL,
        (r"(encap mpls +\d+/\d+ via )\S+", r"\g<1>192.0.2.1"),
        "vpn.kernel",
        "mpbgp.labelled",  # of a labelled route, with option C
    ),
    wrong(
        "the kernel lacks a route of a VRF",
        "pe",
        _KERNEL,
        (r"^\S+ +encap mpls +\d+/\d+ .*\n", ""),
        "vpn.kernel",
        "mpbgp.labelled",  # of a labelled route, with option C
    ),
    wrong(
        "the kernel of a P has a customer's route",
        "p",
        _KERNEL,
        (r"^(10\.\S+) (dev eth[1-9].*\n)", r"\g<0>172.16.1.0/24 \2"),
        "vpn.core-clean",
    ),
    wrong("a CE lacks a route", "ce", _RIB, (r"^[BOSE]>\* 1.*\n(?!  )", ""), "vpn.ce-route"),
    wrong(
        "the kernel of a CE lacks a route",
        "ce",
        _KERNEL,
        (r"^1\S+ via \S+ dev eth[1-9] proto (?!kernel).*\n", ""),
        "vpn.ce-route",
    ),
    wrong(
        "an unexpected route on a CE",
        "ce",
        _RIB,
        (r"^([BOSE]>\*) 1\S+/\d+ (.*\n(?:  [ *] .*\n)*)", r"\g<0>\1 198.51.100.0/24 \2"),
        "vpn.ce-table",
    ),
    wrong(
        "a CE receives its own prefix from its PE",
        "ce",
        _CE_BGP,
        (
            r"(10\.1\.0\.\d) ((?:.*\n)*?.* 0\.0\.0\.0 .*\n) \* i( {18})10\.2\S+( .*)100( +0 65000 65000 i)$",
            r"\1 \2 *  \3\1\4   \5",
        ),
        "vpn.own-stays-away",
    ),
    wrong(
        "a route comes to a CE by another AS",
        "ce",
        _CE_BGP,
        (r"^( ?\*>  ?172\.16\..* 0 65000 )(?:\d+ )*([i?])$", r"\g<1>64999 \2"),
        "vpn.as-path",
    ),
)

CUSTOMER: Final = (*PECE, *VPN)
