"""Layouts of BGP tables that the captures do not hold, after bgpd/bgp_route.c."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from parsers import ParseError
from parsers.bgp import BGP_PEERS, VPN_ROUTES, parse_asn
from parsers.values import Label

_HEAD = """\
BGP table version is 7, local router ID is 10.255.0.1, vrf id 0
Default local pref 100, local AS 65000
Status codes:  s suppressed, d damped, h history, u unsorted, * valid, > best, = multipath,
               i internal, r RIB-failure, S Stale, R Removed
Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self
Origin codes:  i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

     Network          Next Hop            Metric LocPrf Weight Path
Route Distinguisher: 10.255.0.2:1
"""
_DETAILS = "    UN=10.255.0.2 EC{65000:1 65000:99} label=80 type=bgp, subtype=0\n"


def test_a_long_network_and_a_long_next_hop_wrap_the_row() -> None:
    (route,) = VPN_ROUTES.parse(
        _HEAD
        + " *>i 192.168.100.128/25\n"
        + "                    10.255.0.200(pe2)@12<\n"
        + "                                            20    100      0 65102 65103 i\n"
        + _DETAILS
        + "\nDisplayed 1 routes and 1 total paths\n"
    )
    assert route.prefix == IPv4Network("192.168.100.128/25")
    assert (route.nexthop, route.nexthop_vrf_id) == (IPv4Address("10.255.0.200"), 12)
    assert (route.med, route.local_pref, route.weight) == (20, 100, 0)
    assert route.as_path == ("65102", "65103")
    assert (route.best, route.internal, route.label) == (True, True, Label(80))
    assert route.communities == ("65000:1", "65000:99")


def test_columns_are_reported_by_their_place_not_by_their_order() -> None:
    for med, pref in (("", ""), ("5", ""), ("", "100"), ("4294967295", "9999999")):
        line = f" *=i 10.0.0.0/24      10.255.0.2      {med:>10}{pref:>7}{7:>7} 65102 i\n"
        (route,) = VPN_ROUTES.parse(_HEAD + line + _DETAILS)
        assert route.med == (int(med) if med else None)
        assert route.local_pref == (int(pref) if pref else None)
        assert (route.weight, route.as_path, route.multipath) == (7, ("65102",), True)


def test_further_paths_repeat_the_network_of_the_first() -> None:
    first, second = VPN_ROUTES.parse(
        _HEAD
        + " *>i 10.0.0.0/24      10.255.0.2               0    100      0 i\n"
        + _DETAILS
        + "   i                  10.255.0.3               0    100      0 i\n"
        + _DETAILS
        + "\nDisplayed 1 routes and 2 total paths\n"
    )
    assert first.prefix == second.prefix
    assert (second.valid, second.best, second.internal) == (False, False, True)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (" *>i 192.168.100.128/25\n", "the rest of this row is missing"),
        (
            " *>i 192.168.100.128/25\n *>i 10.0.0.0/24      10.255.0.2               0    100      0 i\n",
            "rest",
        ),
        (_DETAILS, "belongs to no path"),
        ("   i                  10.255.0.3               0    100      0 i\n" + _DETAILS, "no network"),
        (" *>i 10.0.0.0/24      10.255.0.2               0    100      0 i\n", "details are missing"),
        (
            " *>i 10.0.0.0/33      10.255.0.2               0    100      0 i\n" + _DETAILS,
            "netmask",
        ),
        (
            " *>i 10.0.0.0/24      10.255.0.2               0    100      0 i\n"
            + _DETAILS
            + "Displayed 2 routes and 2 total paths\n",
            "1 paths were read, the footer says 2",
        ),
        (" *>i 10.0.0.0/24      10.255.0.2           0    100      0 i\n" + _DETAILS, "not understood"),
    ],
)
def test_a_row_that_is_not_whole_is_refused(rows: str, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        VPN_ROUTES.parse(_HEAD + rows)


def test_a_summary_says_which_count_is_wrong() -> None:
    with pytest.raises(ParseError, match="1 neighbors were read, the footer says 2"):
        BGP_PEERS.parse(
            "IPv4 Unicast Summary:\n"
            "BGP router identifier 10.0.0.1, local AS number 65101 VRF default vrf-id 0\n"
            "Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   "
            "PfxSnt Desc\n"
            "10.1.0.1        4      65000         1         1        0    0    0 00:00:01            0 "
            "       0 N/A\n"
            "Total number of neighbors 2\n"
        )


@pytest.mark.parametrize(("text", "asn"), [("65000", 65000), ("4200000001", 4200000001), ("1.10", 65546)])
def test_as_numbers_are_plain_or_dotted(text: str, asn: int) -> None:
    assert parse_asn(text) == asn
