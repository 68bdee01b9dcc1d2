"""The proof is honest: each kind of check fails on a running lab that is broken in the way it is there for.

A fault is done by hand in the nodes, the proof must say exactly what follows from it and nothing else, then
a push must repair it.
"""

from __future__ import annotations

import time
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from orchestrator.evidence.drift import drift_lines
from orchestrator.fleet.push import push
from orchestrator.lifecycle.drift import compared
from orchestrator.lifecycle.running import LabOnHost, find, intent_of, joined
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.patience import patience
from orchestrator.verification.verification import verify
from tests.live.faults import FAULTS
from tests.live.proving import Sessions, failures, sessions_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.fleet.fleet import Fleet
    from orchestrator.model.lab import Lab
    from tests.live.conftest import LiveLab
    from tests.live.fault import Fault

pytestmark = pytest.mark.live

SHOWS_WITHIN = 60.0  # seconds at most: a BGP session that nobody keeps alive is given up after 9
MENDED_WITHIN = 90.0


@pytest.fixture(scope="module")
def running(lab: LiveLab) -> Iterator[LabOnHost]:
    """The session's lab, joined from within this process."""
    settings = lab.terminal.settings
    with joined(find(lab.name, settings), settings) as there:
        yield there


@pytest.fixture(scope="module")
def intent(running: LabOnHost) -> Lab:
    """What the lab's files want."""
    return intent_of(running.placement.lab, running.placement)


@pytest.fixture(scope="module")
def sessions(running: LabOnHost) -> Iterator[Sessions]:
    """Sessions to all nodes."""
    with sessions_to(running) as opened:
        yield opened


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_broken_and_a_push_repairs_it(
    sessions: Sessions, intent: Lab, fault: Fault
) -> None:
    sessions.type_in(fault.break_it)
    try:
        if fault.daemons:
            sessions.renew()
        unexplained = _once_it_shows(sessions.nodes, intent, fault)
        drift = compared(sessions.nodes, intent, ()) if fault.differs else {}
        differs = [line for one in drift.values() for line in drift_lines(one)]
    finally:
        pushed = push(sessions.nodes, intent)
        if fault.mend_it:
            sessions.type_in(fault.mend_it)
            if fault.daemons:
                sessions.renew()
            pushed = push(sessions.nodes, intent)
    assert not unexplained, "\n".join(unexplained)
    assert not fault.differs or any(fnmatchcase(line, fault.differs) for line in differs), differs
    assert [str(result.failure) for result in pushed.values() if not result.ok] == []
    again = verify(sessions.nodes, intent, timeout=MENDED_WITHIN)
    assert [f"{one.check.id}: {one.observed}" for one in again.findings if not one.holds] == []


def _once_it_shows(nodes: Fleet, intent: Lab, fault: Fault) -> tuple[str, ...]:
    """What of a report the fault does not explain, as soon as there is nothing, or it has had its time."""
    until = time.monotonic() + SHOWS_WITHIN
    while True:
        unexplained = fault.unexplained(verify(nodes, intent, timeout=0))
        if not unexplained or time.monotonic() > until:
            return unexplained


def test_what_fails_is_final_when_it_has_outlasted_the_timers(sessions: Sessions, intent: Lab) -> None:
    """Long before the timeout, and the report says why; the command does so too."""
    sessions.type_in({"p1": "sysctl -w net.mpls.conf.eth2.input=0"})
    try:
        report = verify(sessions.nodes, intent, timeout=3600)
    finally:
        push(sessions.nodes, intent)
    assert [str(one.check.id) for one in report.findings if one.verdict is Verdict.FAIL] == [
        "kernel.mpls-input.p1"
    ]
    assert report.unchanged >= patience(intent)[Layer.KERNEL]
    assert verify(sessions.nodes, intent, timeout=MENDED_WITHIN).holds


def test_every_kind_of_check_is_made_to_fail(intent: Lab) -> None:
    kinds = {".".join(str(check.id).split(".")[:2]) for check in expect(intent)}
    shown = {
        ".".join(str(check.id).split(".")[:2])
        for check in expect(intent)
        if any(fnmatchcase(str(check.id), pattern) for fault in FAULTS for pattern in fault.fails)
    }
    assert kinds - shown == set()


def test_a_daemon_that_hangs_costs_only_the_checks_that_ask_it(sessions: Sessions, intent: Lab) -> None:
    sessions.type_in({"p1": "pkill -KILL bgpd || true"})  # another fault's; a P runs none
    sessions.renew()
    sessions.type_in({"pe1": "pkill -STOP bgpd", "p1": "pkill -STOP ospfd"})
    try:
        findings = verify(sessions.nodes, intent, timeout=0).findings
    finally:
        sessions.type_in({"pe1": "pkill -CONT bgpd", "p1": "pkill -CONT ospfd"})
    low = {Layer.KERNEL, Layer.LINK}
    assert [one.check.id for one in findings if one.check.layer in low and not one.holds] == []
    errors = {one.observed.partition(": no answer")[0] for one in findings if one.verdict is Verdict.ERROR}
    assert errors == {f"could not look: {who} does not answer" for who in ("bgpd on pe1", "ospfd on p1")}
    assert failures(verify(sessions.nodes, intent, timeout=MENDED_WITHIN)) == []
