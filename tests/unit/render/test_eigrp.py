"""What is rendered for the speaker is what the speaker reads: it is asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eigrp.config import parse
from orchestrator.loading import load_lab
from orchestrator.protocols.eigrp.process import processes
from orchestrator.protocols.eigrp.speaker_configuration import eigrp_configuration

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

LABS = Path(__file__).parents[3] / "labs"
SPEAKING = [
    (name, node.name)
    for name in ("eigrp-same-as", "eigrp-different-as", "eigrp-backdoor")
    for node in load_lab(LABS / name).nodes
]


@pytest.fixture(scope="module")
def labs() -> dict[str, Lab]:
    return {name: load_lab(LABS / name) for name, _ in SPEAKING}


@pytest.mark.parametrize(("name", "node"), SPEAKING)
def test_the_speaker_reads_what_the_lab_wants(labs: dict[str, Lab], name: str, node: str) -> None:
    lab = labs[name]
    read = {one.vrf: one for one in parse(eigrp_configuration(lab, node))}
    wanted = {one.table.vrf or "default": one for one in processes(lab, node)}
    assert read.keys() == wanted.keys()
    for vrf, process in wanted.items():
        assert read[vrf].asn == process.agreed.asn
        assert read[vrf].router_id == process.router_id
        assert read[vrf].k.classic == process.agreed.k
        assert {
            port: (one.bandwidth, one.delay, one.passive) for port, one in read[vrf].interfaces.items()
        } == {port.name: (port.link.bandwidth, port.link.delay, port.passive) for port in process.ports}
        assert read[vrf].vpn.redistribute is bool(process.table.vrf)


def test_a_vrf_takes_what_its_route_targets_say_and_marks_its_sites(labs: dict[str, Lab]) -> None:
    (process,) = parse(eigrp_configuration(labs["eigrp-same-as"], "pe2"))
    assert [str(target) for target in process.vpn.imports] == ["65000:1"]
    assert process.vpn.port == 11019
    marks = {name: str(one.site) for name, one in process.interfaces.items()}
    assert marks == {"eth2": "65000:10001", "eth3": "65000:10002"}
    key = process.interfaces["eth3"].key
    assert key is not None
    assert (key.id, key.secret) == (3, b"red-secret")
