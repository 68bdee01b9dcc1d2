from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from orchestrator.lifecycle import converge
from orchestrator.loading import load_lab
from tests.unit.verification.converged import Converged
from tests.unit.verification.fake_network import FakeNetwork, by_the_intent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.fleet.fleet import Fleet

LAB = load_lab(Path(__file__).parents[3] / "labs" / "two-vpns")
CONVERGED = Converged(LAB)


class Forgetful:
    """A network whose pe1 lost what VRF red imports, until its route targets are entered again."""

    def __init__(self, *, heals_at_look: int | None = None) -> None:
        self.entered: dict[str, str] = {}
        self._heals_at_look = heals_at_look
        self._network = FakeNetwork(self._says, by_the_intent(LAB))

    def _says(self, look: int, node: str, command: str) -> str:
        text = CONVERGED.says(node, command)
        healed = self.entered or (self._heals_at_look is not None and look >= self._heals_at_look)
        if node != "pe1" or command != "show ip route vrf all" or healed:
            return text
        before, red = text.split("IPv4 unicast VRF red:")
        return before + "IPv4 unicast VRF red:" + re.sub(r"(?m)^B>  172\.16\.2\.0/24.*\n.*\n", "", red)

    def each(self, commands: Mapping[str, str], *_: object) -> dict[str, None]:
        self.entered |= commands
        return dict.fromkeys(commands)

    @property
    def fleet(self) -> Fleet:
        network = self._network
        return cast("Fleet", type("Both", (), {"collect": network.collect, "each": self.each})())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converge, "_STALLED_SECONDS", 0.05)
    monkeypatch.setattr(converge, "_PAUSE", 0.01)


def test_an_import_that_is_lost_for_good_is_repaired_and_reported() -> None:
    network = Forgetful()
    shown: list[str] = []
    assert converge.repair_tables(network.fleet, LAB, shown.append) == (LAB.vrf("pe1", "red"),)
    assert list(network.entered) == ["pe1"]
    assert "65000:1" in network.entered["pe1"]
    assert [line[:33] for line in shown] == ["repaired: VRF red on pe1 lacked r"]


def test_an_import_that_is_only_late_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converge, "_STALLED_SECONDS", 3600)  # however slow this machine is
    network = Forgetful(heals_at_look=2)
    shown: list[str] = []
    assert converge.repair_tables(network.fleet, LAB, shown.append) == ()
    assert not network.entered
    assert not shown
