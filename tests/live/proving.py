"""A lab of the repository, brought up and proven, to be broken and looked at from within a test."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from orchestrator.faults.execute import fail, restore
from orchestrator.faults.naming import read_fault
from orchestrator.faults.scenario import load_scenarios
from orchestrator.fleet.push import push
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.running import LabOnHost, find, fleet, intent_of, joined
from orchestrator.loading import load_lab
from orchestrator.model.state import HEALTHY, State, together
from orchestrator.verification.kit.answers import Unreachable
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.verification import verify
from tests.live.conftest import put_out

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from orchestrator.fleet.fleet import Fleet
    from orchestrator.model.lab import Lab
    from orchestrator.verification.report.result import Report
    from tests.live.fault import Fault
    from tests.live.terminal import Terminal

SETTLED_WITHIN = 90.0  # as `verify` by itself; given up before when nothing changes
SHOWS_WITHIN = 60.0


@dataclass(slots=True)
class Sessions:
    """The sessions to the nodes, kept from test to test: opening them takes as long as a verification."""

    running: LabOnHost
    nodes: Fleet

    def renew(self) -> None:
        """Close them and open them anew: a vtysh does not notice daemons that come or go."""
        self.nodes.close()
        self.nodes = fleet(self.running)

    def type_in(self, commands: Mapping[str, str]) -> None:
        """Do what somebody does by hand in the nodes' shells."""
        for node, answer in self.nodes.execute(commands).items():
            assert not isinstance(answer, Unreachable), answer
            assert answer.status == 0, f"{node}: {answer.text}{answer.stderr.decode()}"


@contextmanager
def sessions_to(running: LabOnHost) -> Iterator[Sessions]:
    """Sessions to all nodes of a lab."""
    opened = Sessions(running, fleet(running))
    try:
        yield opened
    finally:
        opened.nodes.close()


@dataclass(frozen=True, slots=True)
class ProvenLab:
    """A running lab, what its files want, and sessions to its nodes."""

    running: LabOnHost
    lab: Lab
    terminal: Terminal
    sessions: Sessions

    @property
    def nodes(self) -> Fleet:
        """The nodes."""
        return self.sessions.nodes

    def play(self, request: pytest.FixtureRequest, timeout: int = 90) -> dict[str, list[str]]:
        """Run the scenarios that this module's tests want, in one go of the real command line.

        For each, what was not as it must be, `timeout` seconds after each step.
        """
        wanted = [
            str(item.callspec.params["scenario"])
            for item in request.session.items
            if isinstance(item, pytest.Function) and item.module is request.module
            if hasattr(item, "callspec") and "scenario" in item.callspec.params
        ]
        return self.play_some(wanted, timeout)

    def play_some(self, names: Collection[str], timeout: int) -> dict[str, list[str]]:
        """Run scenarios by their names; what `play` reports of each."""
        options = ("--format", "json", "--timeout", str(timeout))
        done = self.terminal.l3vpn("scenario", *options, self.lab.name, *names, patience=4 * timeout)
        assert done.returncode in {0, 1}, done.stderr
        return {
            one["name"]: [
                *(f"{step['step']}: {line}" for step in one["steps"] for line in step["trouble"]),
                *one["residue"],
            ]
            for one in json.loads(done.stdout)["scenarios"]
        }

    def type_in(self, commands: Mapping[str, str]) -> None:
        """Do what somebody does by hand in the nodes' shells."""
        self.sessions.type_in(commands)

    def ask(self, node: str, command: str) -> str:
        """What a command prints in a node's shell."""
        return self.wait_until(node, command, lambda _: True)

    def wrong(self, state: State = HEALTHY, within: float = SETTLED_WITHIN) -> list[str]:
        """What of the proof does not hold in a state of the lab, after so much time to settle."""
        return failures(self.report(state, within))

    def report(self, state: State = HEALTHY, within: float = SETTLED_WITHIN) -> Report:
        """The proof in a state of the lab."""
        return verify(self.nodes, self.lab, timeout=within, state=state)

    def push(self) -> None:
        """Send what differs; every node takes it."""
        pushed = push(self.nodes, self.lab)
        assert [str(result.failure) for result in pushed.values() if not result.ok] == []

    def must_explain_and_be_repaired_of(self, fault: Fault) -> None:
        """Break something by hand: the proof explains it, and after a push everything holds again."""
        unexplained = self.unexplained(fault)
        self.push()
        assert unexplained == ()
        assert self.wrong() == []

    def unexplained(self, fault: Fault) -> tuple[str, ...]:
        """Break something by hand; what of the proof that does not explain, once it has had time to show."""
        self.type_in(fault.break_it)
        if fault.daemons:
            self.sessions.renew()
        until = time.monotonic() + SHOWS_WITHIN
        while True:
            unexplained = fault.unexplained(self.report(within=0))
            if not unexplained or time.monotonic() > until:
                return unexplained

    def wait_until(self, node: str, command: str, expected_outcome: Callable[[str], bool]) -> str:
        """Wait until a command in a node's shell prints what is waited for; all that it printed then."""
        until = time.monotonic() + SHOWS_WITHIN
        while True:
            answer = self.nodes.execute({node: command})[node]
            assert not isinstance(answer, Unreachable), answer
            if expected_outcome(answer.text):
                return answer.text
            assert time.monotonic() < until, f"{node}: {command}: {answer.text}"

    def wait_for(self, pattern: str) -> None:
        """Wait until a check that matches does not hold any more."""
        until = time.monotonic() + SHOWS_WITHIN
        while not any(
            fnmatchcase(str(one.check.id), pattern) and one.verdict is Verdict.FAIL
            for one in self.report(within=0).findings
        ):
            assert time.monotonic() < until, f"all of {pattern} still hold"

    @contextmanager
    def failed(self, *words: str) -> Iterator[State]:
        """What the words name is failed as long as the context lasts; the state that the lab is in then."""
        faults = [read_fault(self.lab, one) for one in words]
        state = together(fault.state for fault in faults)
        for fault in faults:
            fail(self.nodes, fault)
        try:
            yield state
        finally:
            for fault in faults:
                restore(self.nodes, fault)
            if state.nodes_down:
                self.sessions.renew()


def scenarios_of(name: str, *, slow: Collection[str] = ()) -> pytest.MarkDecorator:
    """Parametrises a test by the names of a lab's scenarios; some of them are for `make test-all` only."""
    names = [one.name for one in load_scenarios(load_lab(lab_folder(name)))]
    assert set(slow) <= set(names)
    return pytest.mark.parametrize(
        "scenario", [pytest.param(one, marks=[pytest.mark.slow] if one in slow else []) for one in names]
    )


def failures(report: Report) -> list[str]:
    """What does not hold, one line each."""
    return [
        f"{one.verdict.value} {one.check.id}: expected {one.expected}; {one.observed}"
        for one in report.findings
        if not one.holds
    ]


@contextmanager
def proven(name: str, terminal: Terminal, *options: str) -> Iterator[ProvenLab]:
    """Bring a lab up by the real command line, and down at the end; nothing is left."""
    try:
        done = terminal.l3vpn("up", name, *options)
        assert done.returncode == 0, done.stdout + done.stderr
        with joined(find(name, terminal.settings), terminal.settings) as there, sessions_to(there) as opened:
            yield ProvenLab(there, intent_of(there.placement.lab, there.placement), terminal, opened)
        down = terminal.l3vpn("down", name)
        assert (down.returncode, terminal.left_over()) == (0, []), down.stdout + down.stderr
    finally:
        put_out(terminal)
