"""Every check passes on a converged lab, and fails in the right words for each kind of wrong network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.verification.breaks import BREAKS, Break
from tests.unit.verification.breaks.kit import assert_golden, assert_said

if TYPE_CHECKING:
    from tests.unit.verification.scene import Scene


def test_everything_holds_on_a_converged_lab(scene: Scene) -> None:
    wrong = [
        (str(finding.check.id), finding.observed)
        for finding in scene.findings().values()
        if not finding.holds
    ]
    assert not wrong


def test_the_golden_file_has_them_all(scene: Scene, *, update_golden: bool) -> None:
    assert_golden("two-vpns", scene, BREAKS, update=update_golden)


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.check}: {broken.name}")
def test_a_wrong_network_fails_its_check(scene: Scene, broken: Break) -> None:
    finding = broken.finding(scene)
    assert_said("two-vpns", broken, finding)
    assert finding.why
    assert finding.hint.startswith(f"l3vpn exec two-vpns {finding.check.node} -- ")


def _kind(check_id: str) -> str:
    return ".".join(check_id.split(".")[:2])


def test_each_kind_of_check_is_seen_to_fail(scene: Scene) -> None:
    assert {_kind(str(check.id)) for check in scene.checks} == {_kind(broken.check) for broken in BREAKS}
