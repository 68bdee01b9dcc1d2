"""The checks of what makes a lab notice and recover: BFD, LDP-IGP sync, all equal ways; each seen to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.loading import load_lab
from tests.unit.verification.breaks import Break
from tests.unit.verification.breaks.kit import assert_golden, assert_said
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Edit, Scene

BFD, LDP_SYNC, OSPF_SYNC = "show bfd peers", "show mpls ldp igp-sync", "show ip ospf mpls ldp-sync"
_PAD = " " * 24  # where the second next hop stands below the first
BREAKS = (
    Break(
        "down",
        "igp.bfd.pe1.eth1",
        (Edit("pe1", BFD, "Status: up\n\t\tUptime", "Status: down\n\t\tDowntime"),),
    ),
    Break(
        "not there",
        "igp.bfd.pe1.eth1",
        (Edit("pe1", BFD, "peer 10.0.0.1 vrf", "peer 10.9.9.9 vrf"),),
    ),
    Break(
        "the far end is slower",
        "igp.bfd.pe1.eth1",
        (
            Edit(
                "pe1",
                BFD,
                "Remote timers:\n\t\t\tDetect-multiplier: 4\n\t\t\tReceive interval: 500ms\n"
                "\t\t\tTransmission interval: 500ms",
                "Remote timers:\n\t\t\tDetect-multiplier: 5\n\t\t\tReceive interval: 900ms\n"
                "\t\t\tTransmission interval: 800ms",
            ),
        ),
    ),
    Break(
        "in the wrong VRF",
        "pece.bfd.pe1.eth3",
        (Edit("pe1", BFD, "peer 10.1.0.2 vrf red", "peer 10.1.0.2 vrf blue"),),
    ),
    Break(
        "a stranger",
        "pece.no-other-bfd.pe1",
        (Edit("pe1", BFD, "peer 10.1.0.2 vrf red", "peer 10.1.0.2 vrf blue"),),
    ),
    Break(
        "OSPF waits",
        "ldp.igp-sync.pe1.eth1",
        (Edit("pe1", OSPF_SYNC, "State: Sync achieved", "State: Sync not achieved"),),
    ),
    Break(
        "LDP is not done",
        "ldp.igp-sync.pe1.eth1",
        (Edit("pe1", LDP_SYNC, "initial label exchange complete", "label exchange not complete"),),
    ),
    Break(
        "OSPF does not wait at all",
        "ldp.igp-sync.pe1.eth1",
        (Edit("pe1", OSPF_SYNC, "enabled: yes", "enabled: no"),),
    ),
    Break(
        "one way only",
        "ldp.equal-cost.pe1.pe3",
        (
            Edit(
                "pe1",
                "show ip route vrf all",
                f"O>* 10.255.0.3/32 [110/20] via 10.0.0.1, eth1, label 48, weight 1, 00:01:12\n  *{_PAD}via",
                "O>* 10.255.0.3/32 [110/20] via",
            ),
        ),
    ),
)


@pytest.fixture(scope="module")
def scene() -> Scene:
    lab = load_lab(Path(__file__).parents[3] / "labs" / "failover")
    return Scene.of(lab, Converged(lab).says)


def test_the_golden_file_has_them_all(scene: Scene, *, update_golden: bool) -> None:
    assert_golden("failover", scene, BREAKS, update=update_golden)


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.check}: {broken.name}")
def test_a_wrong_network_fails_its_check(scene: Scene, broken: Break) -> None:
    assert_said("failover", broken, broken.finding(scene))


def test_each_kind_of_check_that_no_other_lab_has_is_seen_to_fail(scene: Scene) -> None:
    kinds = {"igp.bfd", "pece.bfd", "pece.no-other-bfd", "ldp.igp-sync", "ldp.equal-cost"}
    assert kinds <= {".".join(str(check.id).split(".")[:2]) for check in scene.checks}
    assert kinds == {".".join(broken.check.split(".")[:2]) for broken in BREAKS}
