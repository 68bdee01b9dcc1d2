"""Segment routing in the core: the intent predicts each label, and each check is seen to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.core.labels.sr.predicted import switched
from orchestrator.loading import load_lab
from orchestrator.protocols.registry import effective_lab
from orchestrator.verification.kit.check import Verdict
from parsers.values import IMPLICIT_NULL
from tests.unit.verification.breaks.kit import (
    K_LFIB,
    K_RIB,
    LFIB,
    RIB,
    Break,
    assert_golden,
    assert_said,
    one,
)
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Edit, Scene
from tests.unit.verification.shipped import LABS, converged, shipped

if TYPE_CHECKING:
    from pathlib import Path

DATABASE = "show isis database detail"
P1_SID = "SR Prefix-SID Index: 2, Algorithm: 0, Flags: NODE PHP"
SRGB = "Segment Routing: I:1 V:1, Global Block Base: 16000 Range: 8000"
WAY = "I>* 10.255.0.6/32 [115/40] via 10.0.0.1, eth1, label 16102"
OTHER_WAY = f"  *{' ' * 24}via 10.0.0.3, eth2, label 16102, weight 1, 00:01:12\n"
BREAKS = (
    one(
        "no room for its SRGB",
        "kernel.platform-labels.p4",
        ("p4", "sysctl "),
        ("labels = 100000", "labels = 20000"),
    ),
    one("another index", "sr.sid.p1", ("p1", DATABASE), (P1_SID, P1_SID.replace("2", "9"))),
    one("no SID", "sr.sid.p1", ("p1", DATABASE), (f"      {P1_SID}\n", "")),
    one("no PHP", "sr.sid.p1", ("p1", DATABASE), (P1_SID, P1_SID.replace("PHP", "NO-PHP"))),
    # The LSP of pe1 stands first.
    one("another SRGB", "sr.sid.pe1", ("pe1", DATABASE), (SRGB, SRGB.replace("16000", "20000"))),
    Break(
        "off",
        "sr.sid.pe1",
        (
            Edit("pe1", DATABASE, f"    {SRGB}\n", ""),
            Edit("pe1", DATABASE, f"      {P1_SID.replace('2', '101')}\n", ""),
        ),
    ),
    one("no LSP of its own", "sr.sid.p1", ("p1", DATABASE), (" *    160", "      160")),
    one("not in the kernel", "sr.lfib.p1", ("p1", K_LFIB), ("16102 as to 16102", "16102 as to 16103")),
    Break(
        "a label by LDP",
        "sr.labels.p1",
        (
            Edit("p1", LFIB, " 16101          SR (IS-IS)", " 17             LDP       "),
            Edit("p1", K_LFIB, "16101 via", "17 via"),
        ),
    ),
    Break(
        "an adjacency without a SID",
        "sr.labels.p1",
        (
            Edit("p1", LFIB, " 15001          SR (IS-IS) 10.0.0.5  implicit-null   \n", ""),
            Edit("p1", K_LFIB, "15001 via inet 10.0.0.5 dev eth2 proto isis \n", ""),
        ),
    ),
    Break(
        "one SRGB taken for all",  # p3 sends to p4
        "sr.labels.p3",
        (Edit("p3", LFIB, "20102", "16102"), Edit("p3", K_LFIB, "20102", "16102")),
    ),
    one("no label pushed", "sr.lsp.pe1.pe2", ("pe1", RIB), (WAY, WAY.replace(", label 16102", ""))),
    one("another label pushed", "sr.lsp.pe1.pe2", ("pe1", RIB), (WAY, WAY.replace("16102", "16103"))),
    Break(
        "a label that the next hop has for somebody else",
        "sr.lsp.pe1.pe2",
        (
            Edit("pe1", RIB, WAY, WAY.replace("16102", "16003")),
            Edit(
                "pe1",
                K_RIB,
                "mpls  16102 via 10.0.0.1 dev eth1 weight",
                "mpls  16003 via 10.0.0.1 dev eth1 weight",
            ),
        ),
    ),
    one("one way only", "sr.equal-cost.pe1.pe2", ("pe1", RIB), (OTHER_WAY, "")),
)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene.of(shipped("sr-core"), converged("sr-core").says)


def test_a_converged_lab_holds(scene: Scene) -> None:
    assert [str(one.check.id) for one in scene.findings().values() if not one.holds] == []


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.check}: {broken.name}")
def test_a_wrong_network_fails_its_check(scene: Scene, broken: Break) -> None:
    assert_said("sr-core", broken, broken.finding(scene))


def test_the_golden_file_has_them_all(scene: Scene, *, update_golden: bool) -> None:
    assert_golden("sr-core", scene, BREAKS, update=update_golden)


def test_a_node_without_segment_routing_is_the_only_thing_that_fails(scene: Scene) -> None:
    """Whatever follows from it stands on it: 94 findings would hide it."""
    found = scene.findings(Edit("p1", DATABASE, f"      {P1_SID}\n", ""))
    assert [name for name, one in found.items() if one.verdict is Verdict.FAIL] == ["sr.sid.p1"]


def test_nothing_is_asked_of_ldp(scene: Scene) -> None:
    assert [command for _, command in scene.outputs if " ldp" in command] == []
    assert [name for name in scene.findings() if name.startswith("ldp.")] == []


def test_the_neighbours_block_makes_the_label_that_it_is_sent() -> None:
    """RFC 8660 2: p4 has an SRGB of its own, pe1 and p3 have FRR's."""
    lab = effective_lab(shipped("sr-core"))
    found = {(label.value, far.node, out) for label, far, out in switched(lab, "p3")}
    assert {(16102, "p4", 20102), (16006 - 1, "p4", IMPLICIT_NULL)} <= {
        (label, far, out if out == IMPLICIT_NULL else out.value) for label, far, out in found
    }
    assert {label.value for label, _, _ in switched(lab, "p4")} == {20101, 20102, 20002, 20003, 20004}


@pytest.fixture
def over_ospf(tmp_path: Path) -> Scene:
    """The same lab with OSPF."""
    for file in ("vpn.yml", "sr-core.clab.yml"):
        text = (LABS / "sr-core" / file).read_text(encoding="utf-8")
        (tmp_path / file).write_text(text.replace("igp: isis", "igp: ospf"), encoding="utf-8")
    lab = load_lab(tmp_path)
    return Scene.of(lab, Converged(lab).says)


def test_it_is_the_same_over_ospf(over_ospf: Scene) -> None:
    assert [str(one.check.id) for one in over_ospf.findings().values() if not one.holds] == []
    database = "show ip ospf database segment-routing"
    found = over_ospf.findings(Edit("p1", database, "(idx 2)", "(idx 7)"))
    assert found["sr.sid.p1"].observed == "SRGB 16000-23999, 10.255.0.2/32 index 7"
