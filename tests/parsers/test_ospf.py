"""Layouts of OSPF output that the captures do not hold, after ospfd/ospf_vty.c."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address

import pytest

from parsers import ParseError
from parsers.ospf import OSPF_INTERFACES, OSPF_NEIGHBORS

_HEAD = """
Neighbor ID     Pri State           Up Time         Dead Time Address         Interface            \
            RXmtL RqstL DBsmL
"""
_DEVICE = "eth1 is up\n  ifindex 3, MTU 1500 bytes, BW 10000 Mbit <UP,LOWER_UP,BROADCAST,RUNNING,MULTICAST>\n"
_ADDRESS = """\
  Internet Address {address}, Broadcast 10.2.0.255, Area 0.0.0.7 [Stub]
  MTU mismatch detection: disabled
  Router ID 10.2.0.1, Network Type BROADCAST, Cost: 10
  Transmit Delay is 1 sec, State Backup, Priority 1
  Designated Router (ID) 10.2.0.9 Interface Address 10.2.0.9/24
  Backup Designated Router (ID) 10.2.0.1, Interface Address 10.2.0.1
  Multicast group memberships: OSPFAllRouters OSPFDesignatedRouters
  Timer intervals configured, Hello 250ms, Dead 1s, Wait 1s, Retransmit 5
    No Hellos (Passive interface)
  Neighbor Count is 0, Adjacent neighbor count is 0
  Cryptographic authentication enabled
  Algorithm:MD5
"""


@pytest.mark.parametrize("state", ["Full/DR", "Full/Backup", "2-Way/DROther", "Init/DROther", "ExStart/DR"])
def test_states_on_a_broadcast_network(state: str) -> None:
    row = f"10.2.0.9          1 {state:15} 1d02h03m          38.600s 10.2.0.9        eth1:10.2.0.1 "
    (neighbor,) = OSPF_NEIGHBORS.parse(f"{_HEAD}{row:145} 0     2     3\n\n")
    assert f"{neighbor.state}/{neighbor.role}" == state
    assert neighbor.up_for == timedelta(days=1, hours=2, minutes=3)
    assert (neighbor.requests, neighbor.summaries) == (2, 3)


def test_a_configured_neighbour_that_was_never_received_has_no_router_id() -> None:
    (neighbor,) = OSPF_NEIGHBORS.parse(
        f"{_HEAD}-                 0 Attempt/DROther 0.000s                  inactive 10.2.0.9        "
        "eth1:10.2.0.1                        0     0     0\n"
    )
    assert (neighbor.router_id, neighbor.dead_in) == (None, None)


@pytest.mark.parametrize(("dead", "left"), [("-1.787s", -0.213), ("250 usecs", 0.00025)])
def test_a_hello_that_is_overdue_on_a_busy_machine(dead: str, left: float) -> None:
    (neighbor,) = OSPF_NEIGHBORS.parse(
        f"{_HEAD}10.2.0.9          1 Full/-          1d02h03m        {dead:>9} 10.2.0.9        "
        "eth1:10.2.0.1                        0     0     0\n"
    )
    assert neighbor.dead_in == timedelta(seconds=left)


def test_an_interface_with_two_addresses_is_two_facts() -> None:
    text = _DEVICE + _ADDRESS.format(address="10.2.0.1/24") + _ADDRESS.format(address="10.3.0.1/24")
    first, second = OSPF_INTERFACES.parse(text)
    assert (str(first.address), str(second.address)) == ("10.2.0.1/24", "10.3.0.1/24")
    assert (first.name, first.mtu) == (second.name, second.mtu) == ("eth1", 1500)
    assert (first.area, first.area_type) == (IPv4Address("0.0.0.7"), "Stub")
    assert (first.hello, first.dead, first.passive, first.mtu_check) == (0.25, 1, True, False)
    assert first.authentication == "Cryptographic"


def test_an_interface_that_is_down_runs_no_ospf() -> None:
    (interface,) = OSPF_INTERFACES.parse(
        "eth1 is down\n  ifindex 3, MTU 1500 bytes, BW 0 Mbit <BROADCAST,MULTICAST>\n"
        "  OSPF is enabled, but not running on this interface\n\n"
    )
    assert (interface.up, interface.running, interface.area) == (False, False, None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (_ADDRESS.format(address="10.2.0.1/24"), "belongs to no interface"),
        ("eth1 is up\n" + _ADDRESS.format(address="10.2.0.1/24"), "MTU is missing"),
        (_DEVICE + _ADDRESS.format(address="10.2.0.1/24").replace("Cost: 10", "Cost: ten"), "not understood"),
        (_DEVICE + "  Internet Address 10.2.0.1/24, Broadcast 10.2.0.255, Area 0.0.0.0\n", "lines of this"),
        (_DEVICE + _ADDRESS.format(address="10.2.0.1/24") + "  MTU mismatch detection: enabled\n", "twice"),
    ],
)
def test_an_interface_that_is_not_whole_is_refused(text: str, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        OSPF_INTERFACES.parse(text)
