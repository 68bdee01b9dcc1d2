from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.faults.execute import NotDone
from orchestrator.faults.fault import Fault
from orchestrator.faults.injections import described
from orchestrator.faults.naming import read_fault
from orchestrator.lifecycle.failing import FailedAlready, fail, failed_in, restore, standing_nodes, state_of
from orchestrator.lifecycle.store import Placement, Store
from orchestrator.loading import load_lab
from tests.unit.faults.stub import StubFleet

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

LABS = Path(__file__).parents[3] / "labs"


@pytest.fixture(scope="module")
def lab() -> Lab:
    return load_lab(LABS / "two-vpns")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_what_is_failed_is_remembered_until_it_is_restored(lab: Lab, store: Store) -> None:
    stub = StubFleet()
    cut, lost = read_fault(lab, "p1-p2"), read_fault(lab, "red1")
    assert fail(stub.fleet, lab, cut, store)
    assert fail(stub.fleet, lab, lost, store)
    stub.received.clear()
    assert not fail(stub.fleet, lab, read_fault(lab, "p2:eth1"), store)
    assert stub.received == {}
    assert failed_in(lab, store) == (cut, lost)
    assert state_of(failed_in(lab, store)) == cut.state | lost.state
    assert "red1" not in standing_nodes(lab, failed_in(lab, store))
    restore(stub.fleet, lab, [cut], store)
    assert failed_in(lab, store) == (lost,)
    restore(stub.fleet, lab, [lost], store)
    assert failed_in(lab, store) == ()


def test_one_thing_has_one_fault_at_a_time(lab: Lab, store: Store) -> None:
    stub = StubFleet()
    fail(stub.fleet, lab, read_fault(lab, "p1-p2"), store)
    with pytest.raises(FailedAlready, match=r"^link p1-p2 cut already: restore it first$"):
        fail(stub.fleet, lab, read_fault(lab, "p1-p2 silent"), store)


def test_a_fault_that_was_done_in_part_can_be_restored(lab: Lab, store: Store) -> None:
    cut = read_fault(lab, "p1-p2")
    with pytest.raises(NotDone):
        fail(StubFleet(deaf=frozenset({"p2"})).fleet, lab, cut, store)
    assert failed_in(lab, store) == (cut,)
    with pytest.raises(NotDone):
        restore(StubFleet(deaf=frozenset({"p2"})).fleet, lab, [cut], store)
    assert failed_in(lab, store) == (cut,)


def test_what_the_files_do_not_have_any_more_is_not_failed(lab: Lab, store: Store) -> None:
    store.put_failed("two-vpns", [Fault("pe9"), Fault("p1:eth2")])
    assert list(map(described, failed_in(lab, store))) == ["link p1-p2 cut"]


def test_a_lab_that_is_gone_has_nothing_failed(lab: Lab, store: Store) -> None:
    store.put(Placement("two-vpns", "/labs/two-vpns", "guest", "netns"))
    store.put_failed("two-vpns", [Fault("pe2")])
    assert store.all() == (Placement("two-vpns", "/labs/two-vpns", "guest", "netns"),)
    store.forget("two-vpns")
    assert failed_in(lab, store) == ()


def test_what_an_older_version_remembered_is_read(lab: Lab, store: Store, tmp_path: Path) -> None:
    """Version 0.1.0 kept the words of a scenario, a line each."""
    store.put_failed("two-vpns", [Fault("red1", at_ce={"asn": 65009})])
    remembered = tmp_path / "labs" / "two-vpns.failed"
    (line,) = remembered.read_text().splitlines()
    assert json.loads(line) == {"target": "red1", "at_ce": {"asn": 65009}}
    remembered.write_text("pe1:eth1 loss 20% delay 50ms\np1:eth2 silent\npe2 bgpd\npe2 bgpd zebra\n{\n")
    announced_now = [described(one) for one in failed_in(lab, store)]
    assert announced_now == ["link pe1-p1 loss 20%, delay 50ms", "link p1-p2 silent", "node pe2 without bgpd"]
    restore(StubFleet().fleet, lab, failed_in(lab, store)[:1], store)
    assert list(map(described, failed_in(lab, store))) == announced_now[1:]
