"""EIGRP sites in different AS: external routes, with the AS that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.eigrp_hands import show
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live

CUTS = ("pe2-ce2", "p1-pe1")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("eigrp-different-as", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_another_as_is_external_and_the_same_is_internal(lab: ProvenLab) -> None:
    seen = {str(one.check.id): one.observed for one in lab.report().findings}
    assert seen["vpn.metric.ce1.172.16.2.0/24"] == "passive, external, metric 33280 via 10.1.0.1"
    assert seen["vpn.metric.ce1.172.16.3.0/24"] == "passive, internal, metric 33280 via 10.1.0.1"
    assert "E AS 200 tag 0 by 10.1.0.1" in lab.ask("ce1", show("topology"))
    assert "[170/33280]" in lab.ask("ce1", "vtysh -c 'show ip route'")


@pytest.mark.parametrize("cut", CUTS)
def test_what_is_cut_off_is_withdrawn_and_comes_again(lab: ProvenLab, cut: str) -> None:
    with lab.failed(cut) as state:
        assert lab.wrong(state) == []
    assert lab.wrong() == []
