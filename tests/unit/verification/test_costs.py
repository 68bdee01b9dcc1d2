"""Costs of core links: a converged lab holds, and what makes a path cost something else is named first."""

from __future__ import annotations

import pytest

from orchestrator.core.igp.costs import judge_cost
from orchestrator.loading import load_lab
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.facts import Facts
from tests.labs import COSTS, costs_by_isis
from tests.unit.verification.breaks.kit import BINDINGS, LFIB, RIB, Break, assert_golden, assert_said, one
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Edit, Scene

PORTS, ISIS_PORTS = "show ip ospf vrf all interface", "show isis vrf all interface detail"
ANYCAST, OUT, REST = (
    "B>  172.16.9.0/24 [200/0]",
    " (vrf default) (recursive), label ",
    ", weight 1, 00:01:12\n",
)


def by(way: str, *labels: int) -> str:
    """A way to the anycast prefix, as zebra resolved it."""
    stack = "/".join(map(str, labels))
    return f"  *{' ' * 25}via {way} (vrf default), label {stack}{REST}"


BREAKS = (
    one("another cost", "igp.cost.p3.eth3", ("p3", PORTS), ("Cost: 20\n", "Cost: 77\n")),
    one(
        "another sum",
        "ldp.shortest-paths.pe1",
        ("pe1", RIB),
        ("10.255.0.3/32 [110/40]", "10.255.0.3/32 [110/110]"),
    ),
    one(
        "by the neighbour with fewer hops",
        "ldp.shortest-paths.pe1",
        ("pe1", RIB),
        ("10.255.0.3/32 [110/40] via 10.0.0.3, eth2", "10.255.0.3/32 [110/40] via 10.0.0.1, eth1"),
    ),
    one(
        "a farther PE",
        "vpn.nearest-exit.pe1.red.172.16.9.0/24",
        ("pe1", RIB),
        (
            (
                f"{ANYCAST} via 10.255.0.2{OUT}480{REST}"
                f"{by('10.0.0.1, eth1', 47, 480)}{by('10.0.0.3, eth2', 57, 480)}"
            ),
            f"{ANYCAST} via 10.255.0.3{OUT}580{REST}{by('10.0.0.3, eth2', 58, 580)}",
        ),
    ),
)


@pytest.fixture(scope="module")
def scene() -> Scene:
    lab = load_lab(COSTS)
    return Scene.of(lab, Converged(lab).says)


@pytest.fixture(scope="module")
def by_isis(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    lab = load_lab(costs_by_isis(tmp_path_factory.mktemp("labs") / "wide"))
    return Scene.of(lab, Converged(lab).says)


@pytest.mark.parametrize("which", ["scene", "by_isis"])
def test_a_converged_lab_holds(which: str, request: pytest.FixtureRequest) -> None:
    there: Scene = request.getfixturevalue(which)
    assert [str(one.check.id) for one in there.findings().values() if not one.holds] == []


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.check}: {broken.name}")
def test_a_wrong_network_fails_its_check(scene: Scene, broken: Break) -> None:
    assert_said("costs", broken, broken.finding(scene))


def test_the_golden_file_has_them_all(scene: Scene, *, update_golden: bool) -> None:
    assert_golden("costs", scene, BREAKS, update=update_golden)


def test_a_node_that_asks_for_implicit_null_is_named(by_isis: Scene) -> None:
    own = "ipv4 10.255.0.3/32        10.255.0.4      "
    found = by_isis.findings(*(Edit("pe3", BINDINGS, f"{own}exp-null", f"{own}imp-null"),))
    assert found["ldp.null.pe3"].verdict is Verdict.FAIL
    assert found["ldp.lsp.pe1.pe3"].verdict is Verdict.BLOCKED


def test_a_password_that_differs_is_named_and_not_shown(by_isis: Scene) -> None:
    own = " neighbor 10.255.0.3 password "
    found = by_isis.findings(Edit("p3", "show running-config ldpd", f"{own}Tulip-7", f"{own}Tulip-8"))
    first = found["ldp.authentication.p3.pe3"]
    assert (first.verdict, first.observed) == (Verdict.FAIL, "by another password (MD5)")
    assert found["ldp.neighbor.pe3.p3"].verdict is Verdict.BLOCKED
    assert not any("Tulip" in f"{one.expected} {one.observed} {one.why}" for one in found.values())


def test_a_session_without_the_password_is_named(by_isis: Scene) -> None:
    line = " neighbor 10.255.0.3 password Tulip-7\n"
    found = by_isis.findings(Edit("p3", "show running-config ldpd", line, ""))
    assert found["ldp.authentication.p3.pe3"].observed == "none"


def test_a_hop_that_pops_before_the_egress_breaks_the_path(by_isis: Scene) -> None:
    found = by_isis.findings(Edit("p3", LFIB, "IPv4 Explicit Null", "implicit-null"))
    assert {one.verdict for name, one in found.items() if name == "ldp.lfib.p3"} == {Verdict.FAIL}


def test_a_wrong_cost_fails_alone(by_isis: Scene) -> None:
    """What it does to metrics and next hops stands on it, and customers are reached all the same."""
    found = by_isis.findings(Edit("p1", ISIS_PORTS, "Metric: 70000", "Metric: 10"))
    wrong = {name: one.verdict for name, one in found.items() if not one.holds}
    assert wrong.pop("igp.cost.p1.eth3") is Verdict.FAIL
    assert set(wrong.values()) == {Verdict.BLOCKED}
    assert {name.split(".")[1] for name in wrong} == {"shortest-paths", "equal-cost", "nearest-exit"}


def test_a_link_that_waits_for_its_labels_is_for_their_layer_to_name() -> None:
    lab = load_lab(COSTS)
    own = lab.core_links_of("p3")[0][0]
    said = {
        waiting: judge_cost(Facts({}), own=own, at=lambda *_: (65535,), waiting=waiting)
        for waiting in (None, 65535)
    }
    assert not said[None].holds
    assert said[65535].holds
    assert said[65535].observed == "cost 65535 while it waits for labels"
