"""When a verification stops waiting: what fails has outlasted the lab's own timers, without any change."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import pytest

from orchestrator.model.timer_values import QUICK, STANDARD
from orchestrator.verification.kit.check import Check, Finding, Judgement, Verdict
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.patience import Calm, patience
from orchestrator.verification.verification import VerificationStatus, verify
from tests.unit.verification.fake_network import FakeNetwork, by_the_intent

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from tests.unit.verification.converged import Converged

LDP_PORTS = "show mpls ldp interface"


def _finding(verdict: Verdict, observed: str = "seen", layer: Layer = Layer.MPBGP) -> Finding:
    check = Check(CheckId(layer, "one", "pe1"), "a title", lambda _: Judgement(True, "", ""))  # noqa: FBT003 -- never judged
    return Finding(check, verdict, "wanted", observed)


def test_quick_timers_make_every_layer_but_ldp_final_within_12_seconds(lab: Lab) -> None:
    by_layer = patience(lab)
    assert by_layer[Layer.VPN] == QUICK.bgp_hold + QUICK.bgp_connect + 2 == 12
    # ldpd itself waits 15 s before it tries a session that was refused again.
    assert by_layer[Layer.LDP] == 17
    assert max(seconds for layer, seconds in by_layer.items() if layer is not Layer.LDP) == 12


def test_standard_timers_take_as_long_as_they_do(lab: Lab) -> None:
    slow = replace(lab, providers=tuple(replace(one, timers=STANDARD) for one in lab.providers))
    by_layer = patience(slow)
    assert by_layer[Layer.IGP] == STANDARD.ospf_dead + STANDARD.ospf_retransmit + 2
    assert by_layer[Layer.MPBGP] == STANDARD.bgp_hold + STANDARD.bgp_connect + 2
    assert by_layer[Layer.KERNEL] == patience(lab)[Layer.KERNEL]


def _calm(*findings: Finding) -> Calm:
    calm = Calm(dict.fromkeys(Layer, 12.0))
    for second, finding in enumerate(findings):
        calm.note([finding], float(second))
    return calm


def test_what_fails_as_before_is_final_after_its_timers() -> None:
    failing = _finding(Verdict.FAIL)
    calm = _calm(*[failing] * 4)
    assert not calm.outlasts([failing], 11.9)
    assert calm.outlasts([failing], 12.0)


@pytest.mark.parametrize("change", [_finding(Verdict.FAIL, "another text"), _finding(Verdict.PASS)])
def test_a_change_starts_the_time_anew(change: Finding) -> None:
    failing = _finding(Verdict.FAIL)
    calm = _calm(failing, failing, change, change, change, change)
    assert calm.since == 2.0
    assert not calm.outlasts([failing], 13.9)
    assert calm.outlasts([failing], 14.0)


def test_a_session_that_goes_round_through_the_same_states_is_no_change() -> None:
    states = [_finding(Verdict.FAIL, text) for text in ("Idle", "Connect", "Active")]
    calm = _calm(*states, *states, *states)
    assert calm.since == 2.0


def test_few_looks_are_not_enough_however_long_they_take() -> None:
    failing = _finding(Verdict.FAIL)
    calm = _calm(failing)
    calm.note([failing], 3600.0)
    assert not calm.outlasts([failing], 3600.0)


def test_the_slowest_layer_that_fails_decides(lab: Lab) -> None:
    calm = Calm(patience(lab))
    kernel, session = _finding(Verdict.FAIL, layer=Layer.KERNEL), _finding(Verdict.FAIL)
    for second in range(4):
        calm.note([kernel, session], float(second))
    assert calm.outlasts([kernel], 6.0)
    assert not calm.outlasts([kernel, session], 6.0)


class _Seconds:
    """A clock that each look puts forward."""

    def __init__(self, network: FakeNetwork) -> None:
        self._network = network

    def __call__(self) -> float:
        return 0.5 * len(self._network.looks)


class _Restless(Event):
    """For whom no time has to pass between two looks."""

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 -- as its parent's
        return self.is_set()


def test_a_broken_lab_is_given_up_before_the_timeout_and_the_report_says_so(
    lab: Lab, converged: Converged
) -> None:
    def says(_: int, node: str, command: str) -> str:
        text = converged.says(node, command)
        return text.replace("eth2 ", "eth9 ") if (node, command) == ("p1", LDP_PORTS) else text

    network = FakeNetwork(says, by_the_intent(lab))
    report = verify(network, lab, timeout=3600, clock=_Seconds(network), stop=_Restless())
    assert not report.holds
    assert 17 <= report.unchanged <= report.seconds < 19
    assert len(network.looks[-1]) == len(lab.nodes)


def test_a_lab_that_changes_all_the_time_is_watched_until_the_timeout(lab: Lab, converged: Converged) -> None:
    def says(look: int, node: str, command: str) -> str:
        text = converged.says(node, command)
        return text.replace("eth2 ", f"eth{look} ") if (node, command) == ("p1", LDP_PORTS) else text

    network = FakeNetwork(says, by_the_intent(lab))
    looks: list[VerificationStatus] = []
    report = verify(
        network, lab, timeout=60, clock=_Seconds(network), progress=looks.append, stop=_Restless()
    )
    assert report.seconds >= 60
    assert report.unchanged == 0.0


def test_the_timeout_begins_anew_when_more_checks_hold_than_ever(lab: Lab, converged: Converged) -> None:
    healed_at = {"p1": 30, "p2": 60}

    def says(look: int, node: str, command: str) -> str:
        text = converged.says(node, command)
        broken = command == LDP_PORTS and look < healed_at.get(node, 0)
        return text.replace("eth2 ", f"eth{look + 3} ") if broken else text

    network = FakeNetwork(says, by_the_intent(lab))
    report = verify(network, lab, timeout=20, clock=_Seconds(network), stop=_Restless())
    assert report.holds
    assert report.seconds > 25
