"""LDP beside segment routing: whose labels packets have, and each check of the others' is seen to fail."""

from __future__ import annotations

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.label_protocols import transport
from orchestrator.verification.kit.check import Verdict
from parsers.kernel import KERNEL_LFIB
from parsers.ldp import LDP_BINDINGS
from parsers.zebra import LFIB
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Edit, Scene
from tests.unit.verification.shipped import LABS

PE2_AT_PE1 = " 19             LDP   10.0.0.1  29              \n"
IN_KERNEL = "19 as to 29 via inet 10.0.0.1 dev eth1 proto ldp \n"


def at(stage: str) -> Scene:
    lab = load_lab(LABS / "ldp-to-sr", stage)
    return Scene.of(lab, Converged(lab).says)


@pytest.fixture(scope="module")
def both() -> Scene:
    return at("both")


@pytest.mark.parametrize("stage", ["ldp", "both", "sr"])
def test_each_stage_holds(stage: str) -> None:
    assert [str(one.check.id) for one in at(stage).findings().values() if not one.holds] == []


def test_packets_have_the_labels_of_segment_routing() -> None:
    assert [transport(one) for one in (("ldp",), ("sr",), ("ldp", "sr"))] == ["ldp", "sr", "sr"]


def test_the_lsps_are_those_of_the_labels_that_packets_have(both: Scene) -> None:
    found = {name.partition(".p")[0] for name in both.findings()}
    assert {"ldp.neighbor", "ldp.labels", "sr.labels", "sr.lfib", "sr.lsp"} <= found
    assert not {"ldp.lsp", "ldp.lfib"} & found
    assert "ldp.labels" not in {name.partition(".p")[0] for name in at("ldp").findings()}


def failing(scene: Scene, *edits: Edit) -> dict[str, str]:
    found = scene.findings(*edits)
    return {name: one.observed for name, one in found.items() if one.verdict is Verdict.FAIL}


def test_a_label_of_ldp_that_is_not_switched(both: Scene) -> None:
    gone = failing(both, Edit("pe1", LFIB.text, PE2_AT_PE1, ""), Edit("pe1", KERNEL_LFIB.text, IN_KERNEL, ""))
    assert list(gone) == ["ldp.labels.pe1"]
    assert gone["ldp.labels.pe1"].endswith("(missing: 19 -> 10.0.0.1 29)")


def test_a_label_of_ldp_that_leads_to_another(both: Scene) -> None:
    wrong = failing(
        both,
        Edit("pe1", LFIB.text, PE2_AT_PE1, PE2_AT_PE1.replace("29", "28")),
        Edit("pe1", KERNEL_LFIB.text, IN_KERNEL, IN_KERNEL.replace("29", "28")),
    )
    assert list(wrong) == ["ldp.labels.pe1"]


def test_a_label_that_ldp_gave_up(both: Scene) -> None:
    """ldpd of 10.3 leaves those that it binds no more, once it is told to bind fewer."""
    kept = failing(
        both,
        Edit("pe1", LFIB.text, PE2_AT_PE1, PE2_AT_PE1 + PE2_AT_PE1.replace(" 19 ", " 70 ")),
        Edit("pe1", KERNEL_LFIB.text, IN_KERNEL, IN_KERNEL + IN_KERNEL.replace("19 ", "70 ", 1)),
    )
    assert list(kept) == ["ldp.labels.pe1"]
    assert kept["ldp.labels.pe1"].endswith("(unexpected: 70 -> 10.0.0.1 29)")


def test_a_loopback_that_a_next_hop_binds_no_label_to(both: Scene) -> None:
    bound = "ipv4 10.255.0.5/32"
    lines = [one for one in both.outputs["p1", LDP_BINDINGS.text].splitlines(keepends=True) if bound in one]
    unbound = failing(both, *(Edit("p1", LDP_BINDINGS.text, line, "") for line in lines))
    assert unbound.keys() == {"ldp.labels.pe1", "ldp.labels.p1"}
    assert "missing: a label for pe2 -> 10.0.0.1" in unbound["ldp.labels.pe1"]


def test_a_label_that_did_not_arrive(both: Scene) -> None:
    bindings = both.outputs["pe1", LDP_BINDINGS.text].splitlines(keepends=True)
    (line,) = (one for one in bindings if "10.255.0.5/32" in one and " 10.255.0.2 " in one)
    late = failing(both, Edit("pe1", LDP_BINDINGS.text, line, line.replace(" 29 ", " 99 ")))
    assert list(late) == ["ldp.labels.pe1"]
    assert "missing: 19 -> 10.0.0.1 29, which pe1 has not learnt" in late["ldp.labels.pe1"]


def test_a_label_that_nobody_else_gave_is_still_unexpected(both: Scene) -> None:
    foreign = PE2_AT_PE1.replace("LDP  ", "Static").replace(" 19 ", " 70 ")
    assert "sr.labels.pe1" in failing(
        both,
        Edit("pe1", LFIB.text, PE2_AT_PE1, PE2_AT_PE1 + foreign),
        Edit("pe1", KERNEL_LFIB.text, IN_KERNEL, IN_KERNEL + IN_KERNEL.replace("19 ", "70 ", 1)),
    )
