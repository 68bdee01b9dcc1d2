"""Keys, passwords and route targets are found where they stand; what is secret is not shown."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest

from parsers.bgp_configuration import BGP_CONFIGURATION, BgpPassword, VrfPolicy
from parsers.errors import NotThisOutput, ParseError
from parsers.ldp import LDP_PASSWORDS, LdpPassword
from parsers.ospf import OSPF_KEYS, OspfKey

if TYPE_CHECKING:
    from parsers import Command

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

LDPD = """\
frr version 10.3
!
mpls ldp
 router-id 10.255.0.1
 neighbor 10.255.0.2 password Crocus-5
 neighbor 10.255.0.3 session holdtime 90
 neighbor 10.255.0.3 password Crocus-6
 !
 address-family ipv4
  discovery transport-address 10.255.0.1
 exit-address-family
 !
exit
!
end
"""

HEAD = "Building configuration...\n\nCurrent configuration:\n!\nfrr version 10.3\n!\n"
RED = """\
router bgp 65000 vrf red
 bgp router-id 10.255.0.1
 !
 address-family ipv4 unicast
  rd vpn export 10.255.0.1:1
  rt vpn import 65000:1 65000:3
  rt vpn export 65000:1
  export vpn
  import vpn
 exit-address-family
exit
!
"""
BLUE = """\
router bgp 65000 vrf blue
 !
 address-family ipv4 unicast
  rt vpn both 65000:2
  import vpn
 exit-address-family
exit
!
"""


def test_keys_of_interfaces_in_their_order() -> None:
    assert OSPF_KEYS.parse(OSPFD) == (
        OspfKey("eth1", 1, "Tulip-7"),
        OspfKey("eth1", 2, "Tulip-8"),
        OspfKey("eth2", None, "Heron-4"),
    )


def test_passwords_of_neighbours_by_vrf() -> None:
    assert BGP_CONFIGURATION.parse(BGPD).passwords == (BgpPassword("red", "10.1.0.2", "Orchid-3"),)
    assert BGP_CONFIGURATION.parse(OSPFD).passwords == ()


def test_passwords_of_ldp_neighbours() -> None:
    assert LDP_PASSWORDS.parse(LDPD) == (
        LdpPassword(IPv4Address("10.255.0.2"), "Crocus-5"),
        LdpPassword(IPv4Address("10.255.0.3"), "Crocus-6"),
    )
    assert LDP_PASSWORDS.parse(BGPD) == ()


def test_a_secret_is_not_shown() -> None:
    assert "Crocus" not in repr(LDP_PASSWORDS.parse(LDPD))
    assert "Tulip" not in repr(OSPF_KEYS.parse(OSPFD))
    assert "Orchid" not in repr(BGP_CONFIGURATION.parse(BGPD))


@pytest.mark.parametrize(
    "command", [OSPF_KEYS, BGP_CONFIGURATION, LDP_PASSWORDS], ids=["ospfd", "bgpd", "ldpd"]
)
def test_what_is_no_whole_configuration_is_refused(command: Command[object]) -> None:
    with pytest.raises(NotThisOutput):
        command.parse("bgpd is not running\n")
    with pytest.raises(ParseError, match="end"):
        command.parse(BGPD.removesuffix("end\n"))
    with pytest.raises(NotThisOutput):
        command.parse("")


def test_targets_of_each_vrf() -> None:
    assert BGP_CONFIGURATION.parse(
        f"{HEAD}router bgp 65000\n rt vpn both 1:1\nexit\n!\n{RED}{BLUE}end\n"
    ).policies == (
        VrfPolicy(
            "red", "10.255.0.1:1", ("65000:1", "65000:3"), ("65000:1",), importing=True, exporting=True
        ),
        VrfPolicy("blue", None, ("65000:2",), ("65000:2",), importing=True, exporting=False),
    )


def test_a_node_without_vrfs() -> None:
    assert BGP_CONFIGURATION.parse(f"{HEAD}end\n").policies == ()
