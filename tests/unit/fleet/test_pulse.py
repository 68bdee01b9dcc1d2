"""How long silence is put up with: by what the machine does, not by seconds alone."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Thread

import pytest

from orchestrator.fleet.pulse import Pulse


@dataclass
class Machine:
    """A machine with nodes, and what it says each time that it is asked, which takes a second."""

    says: list[bool]
    now: float = 1000.0
    asked: list[float] = field(default_factory=list)
    pulse: Pulse = field(init=False)

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.at_work)

    def at_work(self) -> bool:
        self.asked.append(self.now)
        self.now += 1
        return self.says.pop(0)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine([True, False, True])
    monkeypatch.setattr(time, "monotonic", lambda: made.now)
    return made


def test_a_machine_at_work_is_waited_for_and_an_idle_one_is_not(machine: Machine) -> None:
    deadline = machine.pulse.deadline(20)
    machine.now += 19
    assert not deadline.over
    assert machine.asked == []
    machine.now += 1
    assert not deadline.over
    assert deadline.left == 20
    machine.now += 20
    assert deadline.over
    assert machine.asked == [1020, 1041]


def test_what_is_known_of_an_idle_machine_goes_for_all_who_wait(machine: Machine) -> None:
    machine.says = [False, True]
    waiting = [machine.pulse.deadline(20) for _ in range(3)]
    machine.now += 20
    assert [one.over for one in waiting] == [True, True, True]
    assert machine.asked == [1020]
    machine.now += 3
    assert not waiting[0].over
    assert machine.asked == [1020, 1024]


def test_a_node_that_is_heard_while_the_machine_is_asked_counts(machine: Machine) -> None:
    def heard() -> bool:
        machine.pulse.beat()
        return False

    machine.pulse.at_work = heard
    deadline = machine.pulse.deadline(5)
    machine.now += 5
    assert not deadline.over


def test_a_machine_that_is_at_work_for_ever_is_given_up_and_so_is_one_that_nobody_waits_for(
    machine: Machine,
) -> None:
    machine.says = [True] * 100
    deadline = machine.pulse.deadline(20)
    while not deadline.over:
        machine.now += 20
    assert machine.now - 1000 == pytest.approx(6 * 20, abs=25)
    machine.pulse.beat()
    machine.now += 20
    machine.pulse.ended = True
    assert deadline.over


def test_one_thread_asks_for_all(machine: Machine) -> None:
    deadline = machine.pulse.deadline(20)
    machine.now += 20
    over: list[bool] = []
    threads = [Thread(target=lambda: over.append(deadline.over)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert over == [False] * 5
    assert machine.asked == [1020]
