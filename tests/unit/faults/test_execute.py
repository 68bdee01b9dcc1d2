from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.faults.execute import NotDone, fail, held_down, restore
from orchestrator.faults.injections import ConfigurationChanged
from orchestrator.faults.naming import read_fault
from tests.unit.faults.stub import StubFleet

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


def test_a_cut_link_is_down_at_both_ends_and_comes_up_at_both(lab: Lab) -> None:
    stub, cut = StubFleet(), read_fault(lab, "p1-p2")
    fail(stub.fleet, cut)
    assert stub.received == {"p1": ["ip link set dev eth2 down"], "p2": ["ip link set dev eth1 down"]}
    stub.received.clear()
    restore(stub.fleet, cut)
    assert stub.received == {"p1": ["ip link set dev eth2 up"], "p2": ["ip link set dev eth1 up"]}


def test_what_another_fault_holds_down_stays_down(lab: Lab) -> None:
    stub, cut, lost = StubFleet(), read_fault(lab, "p1-p2"), read_fault(lab, "p2")
    restore(stub.fleet, cut, [lost])
    assert stub.received == {"p1": ["ip link set dev eth2 up"]}
    stub.received.clear()
    restore(stub.fleet, lost, [cut])
    assert "ip link set dev eth2 up" in stub.received["p2"]
    assert "ip link set dev eth1 up" not in stub.received["p2"]


def test_a_silent_link_keeps_its_interfaces(lab: Lab) -> None:
    stub, silent = StubFleet(), read_fault(lab, "p1-p2 silent")
    fail(stub.fleet, silent)
    assert stub.received == {
        "p1": ["tc qdisc replace dev eth2 root netem loss 100%"],
        "p2": ["tc qdisc replace dev eth1 root netem loss 100%"],
    }
    assert held_down([silent]) == frozenset()


def test_a_node_loses_its_ports_before_its_daemons_and_has_them_back_after(lab: Lab) -> None:
    stub, lost = StubFleet(), read_fault(lab, "pe2")
    fail(stub.fleet, lost)
    shown = stub.received["pe2"]
    assert shown[:3] == [f"ip link set dev eth{number} down" for number in (1, 2, 3)]
    assert any("pkill -KILL" in line for line in shown[3:])
    assert not any("eth0" in line for line in shown)
    stub.received.clear()
    restore(stub.fleet, lost)
    assert stub.received["pe2"][-3:] == [f"ip link set dev eth{number} up" for number in (1, 2, 3)]


def test_lines_typed_by_hand_are_for_a_push_to_undo() -> None:
    stub, change = StubFleet(), ConfigurationChanged("ce1", ("interface eth1", "ip ospf passive"))
    fail(stub.fleet, change)
    assert stub.received == {
        "ce1": ["vtysh -c 'configure terminal' -c 'interface eth1' -c 'ip ospf passive'"]
    }
    stub.received.clear()
    restore(stub.fleet, change)
    assert stub.received == {}
    assert change.needs_push == {"ce1"}


@pytest.mark.parametrize(
    ("stub", "complaint"),
    [
        (StubFleet(deaf=frozenset({"p2"})), "p2: no SSH"),
        (StubFleet(unwilling=frozenset({"p1"})), "p1: Cannot find device"),
    ],
)
def test_a_node_that_does_not_do_its_part_is_reported(lab: Lab, stub: StubFleet, complaint: str) -> None:
    with pytest.raises(NotDone, match=f"^{complaint}$"):
        fail(stub.fleet, read_fault(lab, "p1-p2"))
