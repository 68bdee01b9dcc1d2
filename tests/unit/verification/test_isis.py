"""IS-IS in the core: a converged lab holds, and each of its checks is seen to fail for the right reason."""

from __future__ import annotations

import pytest

from orchestrator.core.igp.isis.lines import net
from orchestrator.verification.kit.check import Verdict
from tests.unit.verification.breaks.kit import RIB, Break, assert_golden, assert_said, one
from tests.unit.verification.scene import Edit, Scene
from tests.unit.verification.shipped import converged, shipped

NEIGHBORS, PORTS = "show isis vrf all neighbor detail", "show isis vrf all interface detail"
SYNC = "show isis mpls ldp-sync"
BREAKS = (
    one(
        "not on a core interface",
        "igp.interfaces.p1",
        ("p1", PORTS),
        ("eth2, State: Up", "eth2, State: Config"),
    ),
    one(
        "passive on one",
        "igp.interfaces.p1",
        ("p1", PORTS),
        ("eth2, State: Up, Active", "eth2, State: Up, Passive"),
    ),
    one("with a customer", "igp.interfaces.pe1", ("pe1", PORTS), ("Interface: eth2,", "Interface: eth3,")),
    one("another level", "igp.parameters.p1.eth1", ("p1", PORTS), ("p2p, Level: L2", "p2p, Level: L1L2")),
    one("with a designated IS", "igp.parameters.p1.eth1", ("p1", PORTS), ("Type: p2p", "Type: lan")),
    one("another metric", "igp.parameters.p1.eth1", ("p1", PORTS), ("Metric: 10,", "Metric: 20,")),
    one("another hold time", "igp.parameters.p1.eth1", ("p1", PORTS), ("count: 4", "count: 10")),
    one("half up", "igp.adjacency.p1.eth1", ("p1", NEIGHBORS), ("State: Up", "State: Initializing")),
    one("another area", "igp.adjacency.p1.eth1", ("p1", NEIGHBORS), ("49.0001", "49.0002")),
    one("somebody else", "igp.adjacency.p1.eth1", ("p1", NEIGHBORS), (" pe1 ", " ce9 ")),
    one("a stranger", "igp.no-other-adjacency.p1", ("p1", NEIGHBORS), ("Interface: eth2", "Interface: eth0")),
    one(
        "a longer way",
        "igp.loopback.pe1.p1",
        ("pe1", RIB),
        ("10.255.0.2/32 [115/20]", "10.255.0.2/32 [115/30]"),
    ),
    one("by OSPF", "igp.loopback.pe1.p1", ("pe1", RIB), ("I>* 10.255.0.2/32", "O>* 10.255.0.2/32")),
    Break(
        "not advertised",
        "igp.core-subnets.pe1",
        # by each of its two ends
        (Edit("pe1", RIB, "I>* 10.0.0.4/31", "I   10.0.0.4/31"),) * 2,
    ),
    one("a customer's", "igp.table.p1", ("p1", RIB), ("I>* 10.255.0.4/32", "I>* 172.16.1.0/24")),
    one("still waits", "ldp.igp-sync.pe1.eth1", ("pe1", SYNC), ("Sync achieved", "Sync not achieved")),
)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene.of(shipped("isis-core"), converged("isis-core").says)


def test_a_converged_lab_holds(scene: Scene) -> None:
    assert [str(one.check.id) for one in scene.findings().values() if not one.holds] == []


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.check}: {broken.name}")
def test_a_wrong_network_fails_its_check(scene: Scene, broken: Break) -> None:
    assert_said("isis-core", broken, broken.finding(scene))


def test_the_golden_file_has_them_all(scene: Scene, *, update_golden: bool) -> None:
    assert_golden("isis-core", scene, BREAKS, update=update_golden)


def test_a_neighbour_is_known_by_its_system_id_until_its_name_has_come(scene: Scene) -> None:
    edit = Edit("p1", NEIGHBORS, f" {'pe1':<20}", " 0102.5500.0001      ")
    assert scene.findings(edit)["igp.adjacency.p1.eth1"].holds


def test_a_metric_that_waits_for_labels_is_for_the_labels_layer_to_say(scene: Scene) -> None:
    """Otherwise LDP that is missing on a link would show as an IGP that is wrong, and block its own check."""
    found = scene.findings(
        Edit("pe1", PORTS, "Metric: 10,", "Metric: 16777214,"),
        Edit("pe1", RIB, "10.255.0.2/32 [115/20]", "10.255.0.2/32 [115/16777224]"),
        Edit("pe1", SYNC, "Sync achieved", "Sync not achieved"),
    )
    wrong = [name for name, one in found.items() if one.verdict is Verdict.FAIL]
    assert wrong == ["ldp.igp-sync.pe1.eth1"]
    assert found["igp.parameters.pe1.eth1"].observed.endswith("while it waits for labels")


def test_the_net_has_each_octet_of_the_loopback_in_three_digits() -> None:
    assert net(shipped("isis-core").loopback("pe2")) == "49.0001.0102.5500.0004.00"
