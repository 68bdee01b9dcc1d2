"""Failing and restoring by the command line; scenarios of the default lab; and that they can fail."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pytest

from orchestrator.faults import execute
from orchestrator.faults.fault import Fault
from orchestrator.faults.injections import CeMisconfigured
from orchestrator.faults.naming import read_fault
from orchestrator.faults.scenario import Break, Scenario, Step
from orchestrator.lifecycle.running import fleet
from orchestrator.lifecycle.scenario import Setup, run
from orchestrator.lifecycle.store import Store
from orchestrator.model.state import HEALTHY, State
from orchestrator.protocols.bgp.intent import BgpAtCe
from orchestrator.terminal import PhaseLines, console
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from orchestrator.lifecycle.scenario import ScenarioResult
    from orchestrator.model.topology import Endpoint
    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live

LAB = "two-vpns"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven(LAB, Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


@scenarios_of(LAB, slow=("core-link", "access-link", "p-lost"))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []


def test_what_is_failed_is_reported_everywhere_until_it_is_restored(lab: ProvenLab) -> None:
    def said(*arguments: str) -> str:
        done = lab.terminal.l3vpn(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    try:
        assert "node pe2 lost" in said("fail", LAB, "pe2")
        assert "link pe1-p1 silent" in said("fail", LAB, "p1-pe1", "--silent")
        assert "already" in said("fail", LAB, "pe1:eth1", "--silent")
        again = lab.terminal.l3vpn("fail", LAB, "pe1-p1")
        assert (again.returncode, again.stderr) == (
            2,
            "l3vpn: link pe1-p1 silent already: restore it first\n",
        )
        printed = said("status", LAB)
        assert "failed: node pe2 lost\nfailed: link pe1-p1 silent\n" in printed
        assert [line.split()[-1] for line in printed.splitlines() if line.startswith("pe2")] == ["lost"]
        assert "still failed: node pe2 lost, link pe1-p1 silent" in said("push", LAB)
        assert "as failed (node pe2 lost; link pe1-p1 silent): all" in said("verify", LAB)
        healthy = lab.terminal.l3vpn("verify", LAB, "--healthy", "--timeout", "0")
        assert healthy.returncode == 1
        assert "as failed" not in healthy.stdout
        assert "still failed: node pe2 lost" in said("restore", LAB, "pe1-p1")
        assert said("restore", LAB, "pe1-p1") == "link pe1-p1 is not failed\n"
    finally:
        said("restore", LAB)
    assert said("restore", LAB, "everything") == "nothing is failed\n"
    assert lab.wrong() == []


def test_a_daemon_that_died_is_started_and_configured_again(lab: ProvenLab) -> None:
    assert lab.terminal.l3vpn("fail", LAB, "pe1", "--daemon", "ldpd").returncode == 0
    try:
        assert any("ldpd is not running" in line for line in lab.wrong(within=0))
    finally:
        restored = lab.terminal.l3vpn("restore", LAB, "pe1")
    assert restored.stdout == "node pe1 restored\n", restored.stderr
    assert lab.wrong() == []


def test_an_interrupted_scenario_restores_what_it_failed(lab: ProvenLab) -> None:
    running = lab.terminal.begin("scenario", LAB, "pe-lost")
    assert running.stdout is not None
    while not (line := running.stdout.readline()).startswith("  fail pe2  "):
        assert line, "it ended before it could be interrupted"
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=90)
    assert running.returncode == 130, said
    assert "what the scenario had failed is restored" in said
    assert lab.terminal.l3vpn("restore", LAB).stdout == "nothing is failed\n"
    assert lab.wrong() == []


def test_packets_are_captured_as_text_and_as_pcap(lab: ProvenLab, tmp_path: Path) -> None:
    """LDP and BGP keep their sessions alive, so there is always something."""
    text = lab.terminal.l3vpn("capture", LAB, "p1", "eth1", "--count", "1", "mpls")
    assert (text.returncode, text.stderr) == (0, "p1 eth1: 1 packet captured\n")
    assert "MPLS (label 1" in text.stdout
    file = tmp_path / "p1.pcap"
    written = lab.terminal.l3vpn("capture", "--count", "2", "--write", file, LAB, "p1", "eth1")
    assert (written.returncode, written.stdout) == (0, ""), written.stderr
    assert file.read_bytes()[:4] == bytes.fromhex("d4c3b2a1")  # microseconds, little endian
    wrong = lab.terminal.l3vpn("capture", LAB, "p1", "eth9")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "eth9: No such device" in wrong.stderr


def test_an_interrupted_capture_leaves_nothing_behind(lab: ProvenLab) -> None:
    capture = lab.terminal.begin("capture", LAB, "p1", "any")
    assert capture.stdout is not None
    assert capture.stdout.readline()
    capture.send_signal(signal.SIGINT)
    said, _ = capture.communicate(timeout=30)
    assert capture.returncode == 0, said
    # One packet or more, as they came before the signal.
    assert re.search(r"^p1 any: \d+ packets? captured$", said, re.MULTILINE), said
    assert lab.ask("p1", "pgrep tcpdump || echo none") == "none\n"


def _run(lab: ProvenLab, *steps: Step, within: float = 25.0) -> ScenarioResult:
    out = console(stderr=True)
    setup = Setup(
        lambda: fleet(lab.running, lab.lab),
        lab.lab,
        Store(lab.terminal.places.state),
        within,
        PhaseLines(out),
        lambda _: None,
    )
    (result,) = run(setup, [Scenario("test", "", steps)])
    return result


def test_a_repair_that_does_not_happen_is_reported_for_what_it_is(
    lab: ProvenLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = read_fault(lab.lab, "p1-p2")
    with monkeypatch.context() as patch:
        patch.setattr(execute, "restore", lambda *_: None)
        result = _run(lab, Step("fail p1-p2", fails=(cut,)), Step("restore p1-p2", restores=(cut,)))
    assert [step.holds for step in result.steps] == [True, False]
    assert "FAIL link.up.p1:eth2--p2:eth1: expected p1:eth2 up, p2:eth1 up; p1:eth2 down, p2:eth1 down" in (
        result.steps[1].trouble
    )
    assert result.residue == ()  # a scenario that does not hold ends with a push
    assert lab.wrong() == []


def test_a_wrong_expectation_of_what_breaks_is_reported_for_what_it_is(lab: ProvenLab) -> None:
    """In its words, in the check that it names, and in what it does not name."""
    other_as = CeMisconfigured("red1", BgpAtCe(asn=65199))
    said, absent = Break("pece.agree.pe1.red.red1", "customer AS 65198 *"), Break("pece.agree.pe9.*")
    sound = Break("pece.agree.pe1.blue.*")
    result = _run(lab, Step("configure", fails=(other_as,), breaks=(said, absent, sound)), within=3.0)
    trouble = "\n".join(result.steps[0].trouble)
    assert (
        "this was to break pece.agree.pe1.red.red1: customer AS 65198 *; "
        "FAIL pece.agree.pe1.red.red1: customer AS 65199 on red1, 65101 on pe1"
    ) in trouble
    assert "there is no check pece.agree.pe9.*, which this was to break" in trouble
    assert "this was to break pece.agree.pe1.blue.*; PASS pece.agree.pe1.blue.blue1: on both" in trouble
    assert "FAIL pece.agree.pe1.red.red1: expected the same" in trouble
    assert result.residue == ()  # what was configured is taken back all the same
    assert lab.wrong() == []


@dataclass(frozen=True, slots=True)
class Litter:
    """Somebody leaves things on a node that no proof minds, and does not take them away."""

    target: ClassVar[str] = "litter on p1"
    how: ClassVar[str] = "left"
    fault: ClassVar[Fault] = Fault("p1")
    state: ClassVar[State] = HEALTHY
    takes_down: ClassVar[frozenset[Endpoint]] = frozenset()
    needs_push: ClassVar[frozenset[str]] = frozenset()

    def doing(self) -> Mapping[str, str]:
        return {
            "p1": "ip route add 203.0.113.0/24 dev eth1 table 99\n"
            "tc qdisc add dev eth0 root netem delay 1ms\n"
        }

    def undoing(self) -> Mapping[str, str]:
        return {}


def test_what_is_left_over_is_found(lab: ProvenLab) -> None:
    litter = Litter()
    try:
        result = _run(lab, Step("litter", fails=(litter,)), Step("tidy", restores=(litter,)))
    finally:
        lab.type_in({"p1": "ip route flush table 99; tc qdisc del dev eth0 root"})
    assert all(step.holds for step in result.steps)
    assert not result.holds
    residue = "\n".join(result.residue)
    assert "p1: route left over: unicast 203.0.113.0/24 in table 99 by boot eth1" in residue
    assert "p1: queue left over: qdisc netem" in residue
    assert "p1: queue missing: qdisc noqueue 0: dev eth0" in residue
    assert len(result.residue) == 3
