from __future__ import annotations

import pytest

from parsers import NotThisOutput, ParseError
from parsers.facts import VrfPolicy
from parsers.vrf_policy import parse_vrf_policies

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


def test_targets_of_each_vrf() -> None:
    assert parse_vrf_policies(f"{HEAD}router bgp 65000\n rt vpn both 1:1\nexit\n!\n{RED}{BLUE}end\n") == (
        VrfPolicy(
            "red", "10.255.0.1:1", ("65000:1", "65000:3"), ("65000:1",), importing=True, exporting=True
        ),
        VrfPolicy("blue", None, ("65000:2",), ("65000:2",), importing=True, exporting=False),
    )


def test_a_node_without_vrfs() -> None:
    assert parse_vrf_policies(f"{HEAD}end\n") == ()


@pytest.mark.parametrize(
    ("output", "error"),
    [("bgpd is not running\n", NotThisOutput), ("", NotThisOutput), (f"{HEAD}{RED}", ParseError)],
    ids=["refusal", "nothing", "cut off"],
)
def test_what_is_no_whole_configuration(output: str, error: type[ParseError]) -> None:
    with pytest.raises(error):
        parse_vrf_policies(output)
