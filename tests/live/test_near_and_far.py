"""VRFs of one PE that import from each other, beside what other PEs export of the same sites.

RFC 4364 4.3.1; bgpd compares what it has from another VRF of its PE as what it was made from: external, or
redistributed and so before anything that another PE sends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.labs import NEAR_AND_FAR
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven(str(NEAR_AND_FAR), Terminal(tmp_path_factory.mktemp("state"))) as running:
        yield running


@pytest.mark.parametrize("lost", ["pe1-svc", "pe1-osvc", "pe1:eth4"])
def test_the_other_way_is_used_where_the_near_one_is_lost(lab: ProvenLab, lost: str) -> None:
    with lab.failed(lost) as state:
        assert lab.wrong(state) == []
    assert lab.wrong() == []
