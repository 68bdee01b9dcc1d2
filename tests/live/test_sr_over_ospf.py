"""Segment routing over OSPF: sr-core is proven; what ospfd forgets to compute is repaired by `up`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.fault import Fault, vtysh
from tests.live.proving import proven
from tests.live.terminal import Terminal
from tests.unit.verification.shipped import LABS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = [pytest.mark.live, pytest.mark.slow]

ON_THE_SIDS = ("sr.labels.*", "sr.lsp.*", "sr.equal-cost.*", "mpbgp.session.*", "vpn.*", "data.*")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    folder = tmp_path_factory.mktemp("labs") / "sr-ospf"
    folder.mkdir()
    for file in ("vpn.yml", "sr-core.clab.yml"):
        text = (LABS / "sr-core" / file).read_text(encoding="utf-8")
        text = text.replace("igp: isis", "igp: ospf").replace("name: sr-core", "name: sr-ospf")
        (folder / file.replace("sr-core", "sr-ospf")).write_text(text, encoding="utf-8")
    with proven(str(folder), Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_another_index_is_found_and_repaired(lab: ProvenLab) -> None:
    fault = Fault(
        "another index at a PE",
        {"pe2": vtysh("router ospf", "segment-routing prefix 10.255.0.6/32 index 44")},
        {"sr.sid.pe2": "*, 10.255.0.6/32 index 44"},
        blocks=ON_THE_SIDS,
        others=0,
    )
    assert lab.unexplained(fault) == ()
    done = lab.terminal.l3vpn("up", str(lab.lab.folder))  # what ospfd forgets meanwhile is repaired, too
    assert done.returncode == 0, done.stdout
