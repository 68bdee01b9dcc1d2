"""Whether a machine has work left."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from orchestrator.hosts import limits
from orchestrator.hosts.at_work import at_work, idle_share, memory_of, processors_of
from orchestrator.hosts.base import Completed, PortUnreachable
from orchestrator.hosts.members import LABS, Member, share
from orchestrator.hosts.ssh_machines import Absent, SshMachines


@pytest.mark.parametrize(
    ("said", "share"),
    [
        ("1\n48.95 14.74 49.95 14.74\n", 0.0),  # of a guest whose kernel was kept busy
        ("1\n43.00 13.00 44.00 13.25\n", 0.25),
        ("4\n10.00 30.00 12.00 36.00\n", 0.75),
        ("1\n43.00 13.00 43.00 13.00\n", 1.0),
        ("sh: getconf: not found\n43.00 13.00 44.00 13.00\n", 1.0),
        ("", 1.0),
    ],
)
def test_how_much_of_a_second_is_idle(said: str, share: float) -> None:
    assert idle_share(said) == pytest.approx(share)


class Machine(Absent):
    """One that answers, with how idle it is."""

    def __init__(self, said: str) -> None:
        super().__init__("ssh://a", PortUnreachable("never"))
        self._said = said

    def run(self, command: str, *, stdin: bytes = b"", timeout: float) -> Completed:  # type: ignore[override]  # noqa: ARG002
        return Completed(0, self._said.encode(), b"")


@pytest.mark.parametrize(("second", "busy"), [("1\n1.0 1.0 2.0 1.0", True), ("1\n1.0 1.0 2.0 2.0", False)])
def test_of_several_machines_each_is_asked_and_one_that_does_not_answer_is_not_waited_for(
    second: str, *, busy: bool
) -> None:
    hosts = (Absent("ssh://b", PortUnreachable("ssh://b: no route")), Machine(second))
    machines = SshMachines(
        [Member(host, IPv4Address(0), share(LABS, number, 2)) for number, host in enumerate(hosts)]
    )
    assert at_work(machines) is busy
    assert processors_of(machines) == 8


@pytest.mark.parametrize(
    ("name", "limit", "left"),
    [
        ("ssh://a", 1 << 20, 4 << 20),
        ("local", 1 << 20, 1 << 20),
        ("local", 8 << 20, 4 << 20),
        ("local", None, 4 << 20),
    ],
)
def test_a_container_has_no_more_memory_than_it_may_take(
    name: str, limit: int | None, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "memory_left", lambda: limit)
    machine = Machine("4096\n")
    machine.name = name
    assert memory_of(machine) == left
