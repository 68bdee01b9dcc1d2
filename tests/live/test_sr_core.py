"""Segment routing in place of LDP: labels are as the files predict; what is wrong is found and repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.fault import Fault, vtysh
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("sr-core", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


# What stands on SIDs; a node's LFIB agrees with its kernel all the same.
ON_THE_SIDS = ("sr.labels.*", "sr.lsp.*", "sr.equal-cost.*", "mpbgp.session.*", "vpn.*", "data.*")
FAULTS = (
    Fault(
        "a P without segment routing",
        {"p1": vtysh("router isis core", "no segment-routing on")},
        {"sr.sid.p1": "no SRGB and no prefix SID"},
        blocks=ON_THE_SIDS,
        others=0,
    ),
    Fault(
        "another index at a PE",
        {"pe2": vtysh("router isis core", "segment-routing prefix 10.255.0.6/32 index 44")},
        {"sr.sid.pe2": "*, 10.255.0.6/32 index 44"},
        blocks=ON_THE_SIDS,
        others=0,
    ),
    Fault(
        "another SRGB at a P",
        {"p4": vtysh("router isis core", "no segment-routing global-block 20000 27999")},
        {"sr.sid.p4": "SRGB 16000-23999, *"},
        blocks=ON_THE_SIDS,
        others=0,
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_wrong_and_a_push_fixes_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)
