"""Keys and passwords are found where they stand, and are not shown."""

from __future__ import annotations

import pytest

from parsers.errors import NotThisOutput, ParseError
from parsers.facts import BgpPassword, OspfKey
from parsers.running_config import parse_bgp_passwords, parse_ospf_keys

# FRR 10.3 and 8.4.4 print it so; 10.3 leaves a blank behind `ip ospf authentication`.
OSPFD = """\
Building configuration...

Current configuration:
!
frr version 10.3
frr defaults traditional
hostname ce1
!
interface eth1
 ip ospf area 0
 ip ospf authentication message-digest
 ip ospf message-digest-key 1 md5 Tulip-7
 ip ospf message-digest-key 2 md5 Tulip-8
exit
!
interface eth2
 ip ospf authentication\x20
 ip ospf authentication-key Heron-4
exit
!
router ospf
 ospf router-id 10.1.0.2
exit
!
end
"""
BGPD = """\
frr version 10.3
!
router bgp 65000
 neighbor 10.255.0.2 remote-as 65000
exit
!
router bgp 65000 vrf red
 neighbor 10.1.0.2 remote-as 65101
 neighbor 10.1.0.2 password Orchid-3
 !
 address-family ipv4 unicast
  neighbor 10.1.0.2 soo 65000:1
 exit-address-family
exit
!
end
"""


def test_keys_of_interfaces_in_their_order() -> None:
    assert parse_ospf_keys(OSPFD) == (
        OspfKey("eth1", 1, "Tulip-7"),
        OspfKey("eth1", 2, "Tulip-8"),
        OspfKey("eth2", None, "Heron-4"),
    )


def test_passwords_of_neighbours_by_vrf() -> None:
    assert parse_bgp_passwords(BGPD) == (BgpPassword("red", "10.1.0.2", "Orchid-3"),)
    assert parse_bgp_passwords(OSPFD) == ()


def test_a_secret_is_not_shown() -> None:
    assert "Tulip" not in repr(parse_ospf_keys(OSPFD))
    assert "Orchid" not in repr(parse_bgp_passwords(BGPD))


@pytest.mark.parametrize("parse", [parse_ospf_keys, parse_bgp_passwords])
def test_what_is_no_whole_configuration_is_refused(parse: object) -> None:
    assert callable(parse)
    with pytest.raises(NotThisOutput):
        parse("bgpd is not running\n")
    with pytest.raises(ParseError, match="end"):
        parse(BGPD.removesuffix("end\n"))
