"""IS-IS between the provider's nodes, with LDP: the same proof as over OSPF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.fault import Fault, vtysh
from tests.live.faults.shared import ON_THE_IGP
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = [pytest.mark.live, pytest.mark.slow]  # slow until somebody has measured it


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("isis-core", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_a_core_link_is_cut_and_comes_back(lab: ProvenLab) -> None:
    with lab.failed("pe1-p1") as cut:
        assert lab.wrong(cut) == []
    assert lab.wrong() == []


FAULTS = (
    Fault(
        "IS-IS not on a core interface",
        {"p1": vtysh("interface eth2", "no ip router isis core")},
        {"igp.interfaces.p1": "*(missing: eth2)"},
        blocks=ON_THE_IGP,
    ),
    Fault(
        "IS-IS at the other level",
        {"p1": vtysh("router isis core", "is-type level-1")},
        {"igp.parameters.p1.eth*": "L1, *"},
        blocks=ON_THE_IGP,
    ),
    Fault(
        "one of two equal ways costs more",
        {"pe1": vtysh("interface eth1", "isis metric 20")},
        {"igp.parameters.pe1.eth1": "*, metric 20, *"},
        blocks=ON_THE_IGP,
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_wrong_and_a_push_fixes_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)
