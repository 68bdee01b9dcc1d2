"""Equal-cost branches: how many flows it takes, and what is said of a branch that loses them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.topology import Endpoint
from orchestrator.protocols.registry import effective_lab
from orchestrator.verification import prober
from orchestrator.verification.branching import first_hops, flows_needed, shares, sources
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.verification import verify
from tests.unit.model.labs import LabText
from tests.unit.verification.converged import Converged
from tests.unit.verification.fake_network import FakeNetwork, Fate, Packet, by_the_intent

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.check import Finding

LABS = Path(__file__).parents[3] / "labs"
P1, P2 = IPv4Network("172.16.1.0/24"), IPv4Network("172.16.2.0/24")

PARALLEL = LabText(
    nodes=("pe1 pe", "p1 p", "pe2 pe", "r1 ce", "r2 ce"),
    links=(
        "pe1:eth1 p1:eth1",
        "pe1:eth2 p1:eth2",
        "p1:eth3 pe2:eth1",
        "p1:eth4 pe2:eth2",
        "pe1:eth3 r1:eth1",
        "pe2:eth3 r2:eth1",
    ),
    intent="""
        provider: {asn: 65000}
        vpns:
          red:
            sites:
              r1: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24]}
              r2: {protocol: bgp, asn: 65102, prefixes: [172.16.2.0/24]}
        """,
)


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prober, "_QUIET", 0.05)
    monkeypatch.setattr(prober, "_SHORTEST_VIGIL", 0.01)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return PARALLEL.load(tmp_path)


def test_each_of_two_links_carries_half(lab: Lab) -> None:
    there = effective_lab(lab)
    assert shares(there, "r1", P2, "r2") == (0.5,) * 4
    assert first_hops(there, "r1", P2) == (lab.attachments_of("r1")[0][1].pe_address.ip,)


def test_where_there_is_one_way_nothing_is_asked() -> None:
    lab = load_lab(LABS / "two-vpns")
    assert shares(effective_lab(lab), "red1", IPv4Network("172.16.2.0/24"), "red2") == ()
    assert not [check for check in expect(lab) if check.id.kind == "branches"]
    assert not [probe for check in expect(lab) for probe in check.probes if probe.witnesses]


@pytest.mark.parametrize("parts", [(0.5, 0.5), (1 / 3,) * 3, (0.5, 0.5, 0.25, 0.25, 0.25, 0.25), (0.1,) * 10])
def test_so_many_flows_miss_a_link_once_in_a_million_times(parts: tuple[float, ...]) -> None:
    def missed(number: int) -> float:
        return len(parts) * (1 - min(parts)) ** number

    number = flows_needed(parts)
    assert missed(number) <= 1e-6 < missed(number - 1)


def test_flows_come_from_the_hosts_of_a_site() -> None:
    assert list(sources((IPv4Network("10.0.0.0/30"), IPv4Network("10.9.0.1/32")), 5)) == [
        IPv4Address("10.0.0.1"),
        IPv4Address("10.0.0.2"),
        IPv4Address("10.9.0.1"),
    ]
    assert len(sources((IPv4Network("10.0.0.0/8"),), 40)) == 40


def _odd(packet: Packet) -> bool:
    return bool(int(packet.source) % 2)


def _even_in_fours(packet: Packet) -> bool:
    return bool(int(packet.source) // 2 % 2)


def _fabric(
    lab: Lab, *, lose: str = "", parts: Callable[[Packet], bool] = _odd, seen: bool = True
) -> Callable[[Packet], Fate]:
    """Parts flows at both ends of the core, and loses what comes by the port named `lose`."""
    right = by_the_intent(lab)

    def carry(packet: Packet) -> Fate:
        fate = right(packet)
        if fate.arrives_at is None or packet.gateway == "-":
            return fate
        first, second = (1, 2)[parts(packet)], (1, 2)[_even_in_fours(packet)]
        forth = (Endpoint("p1", f"eth{first}"), Endpoint("pe2", f"eth{second}"), Endpoint("r2", "eth1"))
        back = (Endpoint("p1", f"eth{second + 2}"), Endpoint("pe1", f"eth{first}"), Endpoint("r1", "eth1"))
        way = forth if packet.ce == "r1" else back
        names = [str(end) for end in way]
        lost = lose in names
        came = way[: names.index(lose) + 1] if lost else way
        return Fate(None if lost else fate.arrives_at, comes_by=came if seen else ())

    return carry


def _finding(lab: Lab, carry: Callable[[Packet], Fate], name: str) -> Finding:
    nodes = Converged(lab)
    report = verify(FakeNetwork(lambda _, node, command: nodes.says(node, command), carry), lab, timeout=0)
    return next(one for one in report.findings if str(one.check.id) == name)


def test_flows_over_all_branches_are_counted(lab: Lab) -> None:
    finding = _finding(lab, _fabric(lab), "data.branches.r1.r2")
    assert (finding.verdict, finding.observed) == (
        Verdict.PASS,
        "8 of 8 flows arrived over 4 of 4 branches",
    )


def test_more_flows_are_sent_where_the_first_missed_a_branch_by_chance(lab: Lab) -> None:
    seldom = _fabric(lab, parts=lambda packet: int(packet.source) % 16 == 15)
    finding = _finding(lab, seldom, "data.branches.r1.r2")
    assert (finding.verdict, finding.observed) == (
        Verdict.PASS,
        "22 of 22 flows arrived over 4 of 4 branches",
    )


def test_a_branch_that_loses_what_takes_it_is_named(lab: Lab) -> None:
    finding = _finding(lab, _fabric(lab, lose="p1:eth2"), "data.branches.r1.r2")
    assert finding.verdict is Verdict.FAIL
    assert finding.observed == (
        "11 of 22 flows arrived over 4 of 4 branches; none of the 11 over pe1:eth2--p1:eth2 arrived"
    )


def test_probes_whose_branch_is_luck_are_held_back(lab: Lab) -> None:
    carry = _fabric(lab, lose="p1:eth2")
    for ends in ("r1.r2.172.16.1.0/24.172.16.2.0/24", "r2.r1.172.16.2.0/24.172.16.1.0/24"):
        assert _finding(lab, carry, f"data.probe.{ends}").verdict is Verdict.BLOCKED


def test_a_branch_that_no_flow_takes_is_named(lab: Lab) -> None:
    finding = _finding(lab, _fabric(lab, parts=lambda _: False), "data.branches.r2.r1")
    assert finding.verdict is Verdict.FAIL
    assert finding.observed == (
        "22 of 22 flows arrived over 3 of 4 branches; none came over p1:eth2--pe1:eth2"
    )


def test_too_few_addresses_are_no_failure_of_the_network(tmp_path: Path) -> None:
    intent = PARALLEL.intent.replace("172.16.1.0/24", "172.16.1.1/32")
    lab = LabText(PARALLEL.nodes, PARALLEL.links, intent).load(tmp_path)
    finding = _finding(lab, _fabric(lab), "data.branches.r1.r2")
    assert finding.verdict is Verdict.ERROR
    assert finding.observed == (
        "could not look: 1 of 1 flows arrived over 2 of 4 branches, and the sites have no more addresses"
    )


def test_a_witness_that_missed_packets_proves_nothing(lab: Lab) -> None:
    nodes, carry = Converged(lab), _fabric(lab)

    def while_p1_misses_some(packet: Packet) -> Fate:
        network.programs["p1"].said.put("missed 7")
        return carry(packet)

    network = FakeNetwork(lambda _, node, command: nodes.says(node, command), while_p1_misses_some)
    report = verify(network, lab, timeout=0)
    finding = next(one for one in report.findings if str(one.check.id) == "data.branches.r1.r2")
    assert finding.verdict is Verdict.ERROR
    assert finding.observed == "could not look: no probes with p1: it missed 7 packets"
