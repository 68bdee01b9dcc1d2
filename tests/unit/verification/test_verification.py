"""The whole of `verify` without a lab: a network that says and carries what the tests want."""

from __future__ import annotations

from ipaddress import IPv4Address
from threading import Event
from typing import TYPE_CHECKING

import pytest

from orchestrator.verification import prober
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.kit.probes import Flight, Probe
from orchestrator.verification.verification import VerificationStatus, verify
from tests.unit.verification.fake_network import FakeNetwork, Fate, Packet, by_the_intent

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.model.lab import Lab
    from orchestrator.verification.report.result import Report
    from tests.unit.verification.converged import Converged

LDP_PORTS = "show mpls ldp interface"
BGP_PEERS = "show bgp vrf all summary"


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is lost in these tests is lost at once."""
    monkeypatch.setattr(prober, "_QUIET", 0.3)
    monkeypatch.setattr(prober, "_SHORTEST_VIGIL", 0.01)


def _network(lab: Lab, converged: Converged, **settings: object) -> FakeNetwork:
    carry = settings.pop("carry", by_the_intent(lab))
    return FakeNetwork(lambda _, node, command: converged.says(node, command), carry, **settings)  # type: ignore[arg-type]  # a test's own settings


def _ldp_missing_until(look: int, converged: Converged) -> Callable[[int, str, str], str]:
    def says(number: int, node: str, command: str) -> str:
        text = converged.says(node, command)
        if number < look and (node, command) == ("p1", LDP_PORTS):
            return text.replace("eth2 ", "eth9 ")
        return text

    return says


def _verdicts(report: Report) -> dict[str, Verdict]:
    return {str(finding.check.id): finding.verdict for finding in report.findings}


def _commands(network: FakeNetwork) -> list[int]:
    return [sum(len(commands) for commands in look.values()) for look in network.looks]


def test_a_converged_lab_is_proven_in_one_look_and_one_run_of_probes(lab: Lab, converged: Converged) -> None:
    network = _network(lab, converged)
    report = verify(network, lab, timeout=60)
    assert report.holds
    assert report.exit_code == 0
    assert report.looks == len(network.looks) == 1
    probes = {probe for check in expect(lab) for probe in check.probes}
    assert len(network.packets) == len(probes)
    assert [str(finding.check.id) for finding in report.findings] == [str(check.id) for check in expect(lab)]


def test_all_programs_are_ended(lab: Lab, converged: Converged) -> None:
    network = _network(lab, converged)
    verify(network, lab, timeout=60)
    assert sorted(network.programs) == ["blue1", "blue2", "red1", "red2"]
    assert all(program.closed for program in network.programs.values())


def test_rounds_ask_only_for_what_is_outstanding_and_a_last_one_for_everything(
    lab: Lab, converged: Converged
) -> None:
    network = FakeNetwork(_ldp_missing_until(3, converged), by_the_intent(lab))
    report = verify(network, lab, timeout=60)
    assert report.holds
    everything = _commands(network)[0]
    assert _commands(network)[1:3] == [1, 1]
    assert network.looks[1] == {"p1": (LDP_PORTS,)}
    assert _commands(network)[-1] == everything


def test_something_that_breaks_while_the_rest_converges_is_seen_in_the_last_look(
    lab: Lab, converged: Converged
) -> None:
    repaired = _ldp_missing_until(3, converged)

    def says(number: int, node: str, command: str) -> str:
        text = repaired(number, node, command)
        return text.replace("ip_forward = 1", "ip_forward = 0") if number > 0 and node == "pe2" else text

    network = FakeNetwork(says, by_the_intent(lab))
    report = verify(network, lab, timeout=0.06, clock=lambda: 0.01 * len(network.looks))
    assert _verdicts(report)["kernel.ip-forward.pe2"] is Verdict.FAIL
    assert report.exit_code == 1


def test_no_timeout_means_one_look(lab: Lab, converged: Converged) -> None:
    network = FakeNetwork(_ldp_missing_until(9, converged), by_the_intent(lab))
    report = verify(network, lab, timeout=0)
    assert len(network.looks) == 1
    verdicts = _verdicts(report)
    assert verdicts["ldp.interfaces.p1"] is Verdict.FAIL
    assert verdicts["ldp.lsp.pe1.pe2"] is Verdict.BLOCKED
    assert verdicts["data.probe.red1.red2.172.16.1.0/24.172.16.2.0/24"] is Verdict.BLOCKED
    assert verdicts["data.isolation.red1"] is Verdict.PASS


def test_probes_are_sent_whatever_stands_below_where_a_stranger_could_receive_them(
    lab: Lab, converged: Converged
) -> None:
    """An import too many holds back the probes of its own VPN, which are the very ones that go astray."""
    right = by_the_intent(lab)

    def carry(packet: Packet) -> Fate:
        astray = (packet.ce, str(packet.destination)) == ("red1", "172.16.2.1")
        return Fate("blue2", answered=False) if astray else right(packet)

    report = verify(FakeNetwork(_ldp_missing_until(9, converged), carry), lab, timeout=0)
    findings = {str(one.check.id): one for one in report.findings}
    assert findings["data.probe.red1.red2.172.16.1.0/24.172.16.2.0/24"].verdict is Verdict.BLOCKED
    stray = findings["data.isolation.blue2"]
    assert stray.verdict is Verdict.FAIL
    assert "red1 172.16.1.1 -> 172.16.2.1" in stray.observed
    # Handed to the PE whatever the CE's own table says.
    assert "red1 10.1.0.2 -> 172.16.2.1" in stray.observed
    # Where the stray was let in, and not where it came out.
    assert stray.hint == "l3vpn exec two-vpns pe1 -- vtysh -c 'show ip route vrf red 172.16.2.1'"
    assert findings["data.isolation.blue1"].verdict is Verdict.PASS


def test_a_leak_into_a_site_that_is_cut_off_is_a_leak(lab: Lab, converged: Converged) -> None:
    """Nothing can be concluded from silence at blue2 without its session, but from what arrives there."""
    right = by_the_intent(lab)

    def says(_: int, node: str, command: str) -> str:
        text = converged.says(node, command)
        return text.replace("10.1.0.13", "10.1.0.99") if (node, command) == ("blue2", BGP_PEERS) else text

    def carry(packet: Packet) -> Fate:
        return Fate("blue2") if packet.ce == "red1" else right(packet)

    silence = verify(FakeNetwork(says, right), lab, timeout=0)
    assert _verdicts(silence)["data.isolation.blue2"] is Verdict.BLOCKED
    leak = verify(FakeNetwork(says, carry), lab, timeout=0)
    assert _verdicts(leak)["data.isolation.blue2"] is Verdict.FAIL


def test_probes_that_were_not_sent_prove_nothing(lab: Lab, converged: Converged) -> None:
    right = by_the_intent(lab)

    def carry(packet: Packet) -> Fate:
        kept = packet.ce == "red1" and packet.gateway != "-"
        return Fate(unsent="10.1.0.1 does not answer ARP") if kept else right(packet)

    report = verify(_network(lab, converged, carry=carry), lab, timeout=0)
    findings = {str(one.check.id): one for one in report.findings}
    for name in ("data.isolation.blue1", "data.isolation.blue2", "data.barred.red1.172.30.1.0/24"):
        assert findings[name].verdict is Verdict.ERROR
        assert findings[name].observed.endswith("not sent: 10.1.0.1 does not answer ARP")
    assert findings["data.isolation.blue1"].observed.startswith(
        "could not look: only 31 of 40 foreign probes"
    )
    assert findings["data.isolation.red1"].verdict is Verdict.PASS


def test_what_a_busy_node_still_owes_of_a_run_is_no_news_of_the_next(lab: Lab, converged: Converged) -> None:
    """Neither does the late end of a run end the next one, nor has a probe arrived because one did before."""
    right = by_the_intent(lab)
    network = _network(lab, converged, carry=right, busy=frozenset(node.name for node in lab.nodes))
    probes = [
        Probe(ce, IPv4Address(source), IPv4Address(destination), target)
        for ce, source, destination, target in (
            ("red1", "172.16.1.1", "172.16.2.1", "red2"),
            ("red2", "172.16.2.1", "172.16.1.1", "red1"),
        )
    ]
    with prober.Prober(network) as sender:
        first = sender.fly(probes, ())
        network.carry = lambda packet: Fate() if packet.ce == "red1" else right(packet)
        second = sender.fly(probes, ())
    to_red2, to_red1 = (Flight(frozenset({ce}), answered=True) for ce in ("red2", "red1"))
    assert list(first.values()) == [to_red2, to_red1]
    assert list(second.values()) == [Flight(), to_red1]


def test_a_packet_that_a_busy_machine_delivers_late_is_not_lost(lab: Lab, converged: Converged) -> None:
    network = _network(lab, converged, carry=lambda _: Fate())

    def delivers() -> bool:
        network.programs["red2"].said.put("arrived 0")
        return True

    network.work = [lambda: True, delivers]
    probe = Probe("red1", IPv4Address("172.16.1.1"), IPv4Address("172.16.2.1"), "red2")
    with prober.Prober(network) as sender:
        late = sender.fly([probe], ())
        lost = sender.fly([probe], ())
    assert list(late.values()) == [Flight(frozenset({"red2"}))]
    assert list(lost.values()) == [Flight()]


def test_a_node_that_does_not_answer_is_an_error_not_a_failure(lab: Lab, converged: Converged) -> None:
    report = verify(_network(lab, converged, unreachable=frozenset({"red2"})), lab, timeout=0)
    verdicts = _verdicts(report)
    assert verdicts["kernel.ip-forward.red2"] is Verdict.ERROR
    assert verdicts["data.probe.red1.red2.172.16.1.0/24.172.16.2.0/24"] is Verdict.BLOCKED
    assert verdicts["data.probe.blue1.blue2.172.16.1.0/24.172.16.2.0/24"] is Verdict.PASS
    assert Verdict.FAIL not in verdicts.values()


def test_an_answer_that_nobody_understands_is_an_error(lab: Lab, converged: Converged) -> None:
    def says(_: int, node: str, command: str) -> str:
        return (
            "% Unknown command: show bgp\n"
            if command == "show bgp ipv4 vpn"
            else converged.says(node, command)
        )

    report = verify(FakeNetwork(says, by_the_intent(lab)), lab, timeout=0)
    finding = next(one for one in report.findings if str(one.check.id) == "vpn.export.pe1.red.172.16.1.0/24")
    assert finding.verdict is Verdict.ERROR
    assert "show bgp ipv4 vpn" in finding.observed


def test_a_probe_that_arrives_at_the_wrong_customer(lab: Lab, converged: Converged) -> None:
    """Red's packets come out at blue's CE, which has the address and answers: the trap of equal prefixes."""
    right = by_the_intent(lab)

    def carry(packet: Packet) -> Fate:
        fate = right(packet)
        crossed = packet.ce == "red1" and fate.arrives_at == "red2"
        return Fate("blue2", answered=True) if crossed else fate

    report = verify(_network(lab, converged, carry=carry), lab, timeout=0)
    findings = {str(finding.check.id): finding for finding in report.findings}
    probe = findings["data.probe.red1.red2.172.16.1.0/24.172.16.2.0/24"]
    assert (probe.verdict, probe.observed) == (Verdict.FAIL, "arrived at blue2, answered")
    assert findings["data.isolation.blue2"].verdict is Verdict.FAIL
    assert findings["data.isolation.blue2"].observed.startswith("arrived: red1 172.16.1.1 -> 172.16.2.1, ")
    assert findings["data.isolation.blue1"].verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("fate", "observed"),
    [
        (Fate(), "arrived nowhere, no answer"),
        (Fate("red2"), "arrived at red2, no answer"),
        (
            Fate(complaint="3 4 10.1.0.1"),
            "arrived nowhere, no answer, fragmentation needed and DF set, says 10.1.0.1",
        ),
        (Fate(complaint="11 0 10.0.0.1"), "arrived nowhere, no answer, TTL exceeded: a loop, says 10.0.0.1"),
    ],
)
def test_a_full_size_packet_that_gets_lost(lab: Lab, converged: Converged, fate: Fate, observed: str) -> None:
    right = by_the_intent(lab)

    def carry(packet: Packet) -> Fate:
        return fate if packet.size == 1500 and packet.ce == "red1" else right(packet)

    report = verify(_network(lab, converged, carry=carry), lab, timeout=0)
    wrong = [(str(one.check.id), one.verdict, one.observed) for one in report.findings if not one.holds]
    assert wrong == [("data.full-size.red1.red2", Verdict.FAIL, observed)]


def test_a_packet_that_reaches_what_is_barred(lab: Lab, converged: Converged) -> None:
    right = by_the_intent(lab)

    def carry(packet: Packet) -> Fate:
        leaks = (packet.ce, str(packet.destination)) == ("red1", "172.30.1.1")
        return Fate("blue1", answered=False) if leaks else right(packet)

    report = verify(_network(lab, converged, carry=carry), lab, timeout=0)
    wrong = {str(one.check.id): one.observed for one in report.findings if not one.holds}
    assert wrong == {
        "data.barred.red1.172.30.1.0/24": "arrived at blue1, no answer",
        "data.isolation.blue1": "arrived: red1 10.1.0.2 -> 172.30.1.1",
    }


def test_the_core_must_not_answer_a_customer(lab: Lab, converged: Converged) -> None:
    right = by_the_intent(lab)

    def carry(packet: Packet) -> Fate:
        return Fate(answered=True) if str(packet.destination) == "10.255.0.1" else right(packet)

    report = verify(_network(lab, converged, carry=carry), lab, timeout=0)
    wrong = {str(one.check.id) for one in report.findings if not one.holds}
    assert wrong == {f"data.barred.{ce}.10.255.0.1/32" for ce in ("red1", "red2", "blue1", "blue2")}


def test_lost_probes_are_sent_again_until_the_time_is_over(lab: Lab, converged: Converged) -> None:
    right = by_the_intent(lab)
    lost: list[Packet] = []

    def carry(packet: Packet) -> Fate:
        if packet.ce == "red1" and packet.gateway == "-" and len(lost) < 3:
            lost.append(packet)
            return Fate(complaint="3 1 10.1.0.1")
        return right(packet)

    report = verify(_network(lab, converged, carry=carry), lab, timeout=30)
    assert report.holds
    assert report.looks == 2


def test_a_ce_without_the_program(lab: Lab, converged: Converged) -> None:
    class Broken(FakeNetwork):
        def open_programs(self, commands):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 -- as its parent's
            opened = FakeNetwork.open_programs(self, commands)
            self.programs["red2"].said.put(None)
            return opened

    network = Broken(lambda _, node, command: converged.says(node, command), by_the_intent(lab))
    report = verify(network, lab, timeout=0)
    verdicts = _verdicts(report)
    assert verdicts["data.probe.red1.red2.172.16.1.0/24.172.16.2.0/24"] is Verdict.ERROR
    assert verdicts["data.probe.blue1.blue2.172.16.1.0/24.172.16.2.0/24"] is Verdict.PASS
    lost = next(one for one in report.findings if str(one.check.id).startswith("data.probe.red1.red2"))
    assert lost.observed == "could not look: no probes with red2: `python3` has ended (exit status 1)"


def test_progress_says_what_is_waited_for_lowest_first(lab: Lab, converged: Converged) -> None:
    standings: list[VerificationStatus] = []
    network = FakeNetwork(_ldp_missing_until(2, converged), by_the_intent(lab))
    verify(network, lab, timeout=60, progress=standings.append)
    assert str(standings[0].waiting[0].check.id) == "ldp.interfaces.p1"
    assert standings[0].checks == len(expect(lab))
    assert standings[-1].holding == standings[-1].checks
    assert not standings[-1].waiting


def test_it_can_be_stopped(lab: Lab, converged: Converged) -> None:
    stop = Event()
    network = FakeNetwork(_ldp_missing_until(10**9, converged), by_the_intent(lab))

    def stop_after_the_second(status: VerificationStatus) -> None:
        if status.looks == 2:
            stop.set()

    report = verify(network, lab, timeout=3600, progress=stop_after_the_second, stop=stop)
    assert not report.holds
    assert len(report.findings) == len(expect(lab))


def test_the_data_layer_waits_for_the_layers_below(lab: Lab, converged: Converged) -> None:
    network = FakeNetwork(_ldp_missing_until(3, converged), by_the_intent(lab))
    sent: list[int] = []
    verify(network, lab, timeout=60, progress=lambda _: sent.append(len(network.packets)))
    assert sent[:3] == [0, 0, 0]
    assert all(check.layer is not Layer.DATA or check.after for check in expect(lab))
