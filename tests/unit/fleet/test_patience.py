"""A fleet on a busy machine: who is silent is waited for while the machine is at work, and no longer."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from orchestrator.verification.kit.answers import Transcript, Unreachable

if TYPE_CHECKING:
    from tests.unit.fleet.conftest import Rack

LATE = "while ! [ -e released ]; do sleep 0.02; done; echo late"


def test_an_answer_comes_late_and_is_taken(rack: Rack) -> None:
    node, looks = rack.node("pe1"), iter([True, True, False])

    def at_work() -> bool:
        busy = next(looks)
        if not busy:
            (node.home / "released").touch()
        return True

    with rack.fleet(patience=0.5, at_work=at_work) as fleet:
        assert fleet.collect({"pe1": [LATE]})["pe1", LATE] == Transcript("pe1", LATE, "late\n", 0)
        (node.home / "released").unlink()
        looks = iter([True, False])
        assert fleet.execute({"pe1": LATE})["pe1"].text == "late\n"  # type: ignore[union-attr] # else it fails


def test_on_an_idle_machine_silence_means_what_it_says(rack: Rack) -> None:
    rack.node("pe1")
    with rack.fleet(patience=0.5, at_work=lambda: False) as fleet:
        assert isinstance(fleet.collect({"pe1": [LATE]})["pe1", LATE], Unreachable)


@pytest.mark.parametrize("busy", [True, False])
def test_a_node_that_says_nothing_to_a_call_is_called_again(
    rack: Rack, monkeypatch: pytest.MonkeyPatch, *, busy: bool
) -> None:
    node, silent = rack.node("pe1"), socket.socketpair()
    call, first = node.dial, [silent[0].dup()]
    monkeypatch.setattr(node, "dial", lambda: first.pop() if first else call())
    with rack.fleet(patience=1.0, at_work=lambda: busy) as fleet:
        done = fleet.execute({"pe1": "echo here"})["pe1"]
    assert isinstance(done, Unreachable) is not busy
    for end in silent:
        end.close()
