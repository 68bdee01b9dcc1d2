from __future__ import annotations

import pytest

from orchestrator.render.difference import configuration_changes
from orchestrator.render.effect import DEFERRED

VERSION = "10.3"
NODE = """\
router bgp 65000
 bgp router-id 10.0.0.1
 neighbor 10.0.0.2 remote-as 65000
exit
router bgp 65000 vrf red
 neighbor 10.1.0.2 remote-as 65101
 neighbor 10.1.0.6 remote-as 65102
 address-family ipv4 unicast
  redistribute connected
 exit-address-family
exit
router ospf
 ospf router-id 10.0.0.1
exit
mpls ldp
 router-id 10.0.0.1
 address-family ipv4
  discovery transport-address 10.0.0.1
 exit-address-family
exit
"""


@pytest.mark.parametrize(
    ("after", "line", "commands"),
    [
        ("router bgp 65000", " bgp ebgp-requires-policy", ("clear bgp * soft",)),
        ("router bgp 65000 vrf red", " no bgp ebgp-requires-policy", ("clear bgp vrf red * soft",)),
        ("router bgp 65000 vrf red", " bgp route-map delay-timer 0", ("clear bgp vrf red * soft",)),
        ("router bgp 65000 vrf red", " timers bgp 10 30", ("clear bgp vrf red *",)),
        ("router bgp 65000", " bgp graceful-restart", ("clear bgp *",)),
        ("router bgp 65000 vrf red", " neighbor 10.1.0.6 timers 3 9", ("clear bgp vrf red 10.1.0.6",)),
        ("router bgp 65000 vrf red", " neighbor 10.1.0.6 timers connect 3", ()),
        ("router bgp 65000", " neighbor 10.0.0.2 dont-capability-negotiate", ("clear bgp 10.0.0.2",)),
        # All sessions are reset: that of one neighbor is among them.
        ("router bgp 65000", " timers bgp 10 30\n neighbor 10.0.0.2 timers 5 15", ("clear bgp *",)),
        # FRR acts on these itself.
        ("  redistribute connected", "  neighbor 10.1.0.2 as-override", ()),
        ("  redistribute connected", "  neighbor 10.1.0.2 remove-private-AS", ()),
        (" address-family ipv4", "  session holdtime 15", ("clear mpls ldp neighbor",)),
        ("mpls ldp", " neighbor 10.0.0.2 session holdtime 15", ("clear mpls ldp neighbor",)),
    ],
)
def test_frr_is_made_to_act_on_what_it_takes(after: str, line: str, commands: tuple[str, ...]) -> None:
    """Both when the line comes and when it goes."""
    with_it = NODE.replace(f"{after}\n", f"{after}\n{line}\n", 1)
    assert with_it != NODE
    assert configuration_changes(NODE, with_it, VERSION).resets == commands
    assert configuration_changes(with_it, NODE, VERSION).resets == commands


def test_ospf_takes_another_router_id() -> None:
    other = NODE.replace("ospf router-id 10.0.0.1", "ospf router-id 10.0.0.9")
    assert configuration_changes(other, NODE, VERSION).resets == ("clear ip ospf process",)


def test_ospf_redistributes_the_subnet_of_a_port_that_it_leaves() -> None:
    there = f"interface eth2\n ip address 10.1.0.1/30\nexit\n{NODE}"
    there = there.replace(
        "router ospf\n", "router ospf vrf red\n redistribute connected route-map tagged\nexit\nrouter ospf\n"
    )
    by_hand = there.replace("10.1.0.1/30\n", "10.1.0.1/30\n ip ospf area 0\n")
    again = "configure terminal\nroute-map tagged deny 65535\nno route-map tagged deny 65535\nend"
    assert configuration_changes(by_hand, there, VERSION).resets == (again,)
    assert configuration_changes(there, by_hand, VERSION).resets == ()
    assert configuration_changes(there, there.replace(" ip address 10.1.0.1/30\n", ""), VERSION).resets == ()


@pytest.mark.parametrize("block", ["router bgp 65000 vrf red", "router ospf", "mpls ldp"])
def test_what_was_not_there_needs_nothing(block: str) -> None:
    blocks = NODE.split("exit\n")
    without = "exit\n".join(one for one in blocks if not one.startswith(block))
    assert configuration_changes(without, NODE, VERSION).resets == ()


def test_each_row_says_why() -> None:
    assert all(row.why for row in DEFERRED)
    assert len({(row.block, row.line) for row in DEFERRED}) == len(DEFERRED)
