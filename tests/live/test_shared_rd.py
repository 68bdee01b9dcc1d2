"""Sites at two PEs under one RD (RFC 4364 4.1 lets a VPN have one), one of them a backup.

A full mesh brings both paths to another PE, of which one is the best; a route reflector brings its own best
one (RFC 4456). bgpd exports the path of a backup attachment though the VRF uses another PE's.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.labs import SHARED_RD, without_route_reflector
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

PREFIX = "172.16.1.0/24"
_NO_PATHS = (
    "ip prefix-list none seq 5 deny any",
    "route-map none permit 10",
    "match ip address prefix-list none",
    "exit",
    "router bgp 65000",
    "address-family ipv4 vpn",
    "neighbor 10.255.0.4 route-map none out",
)


@pytest.fixture(scope="module", params=["route reflector", "full mesh"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    folder = SHARED_RD
    if request.param == "full mesh":
        folder = without_route_reflector(tmp_path_factory.mktemp("labs") / "mesh")
    with proven(str(folder), Terminal(tmp_path_factory.mktemp("state"))) as lab:
        yield lab


@pytest.mark.parametrize(
    "lost",
    [
        "pe1-spare1",
        "pe1",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("pe2-spare1", "pe1-red1", "pe2")),
    ],
)
def test_one_of_the_two_is_lost_and_comes_back(shared: ProvenLab, lost: str) -> None:
    with shared.failed(lost) as state:
        assert shared.wrong(state) == []
    assert shared.wrong() == []


def test_each_path_is_traced_to_its_end(shared: ProvenLab) -> None:
    """In a full mesh that of each PE by its own next hop, the best one or not."""
    words = ("trace", shared.running.placement.folder, "red1", PREFIX, "--format", "json")
    done = shared.terminal.l3vpn(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    stages = [stage for way in json.loads(done.stdout)["ways"] for stage in way["stages"]]
    for pe in ("pe1", "pe2"):
        seen = [one["seen"] for one in stages if one["title"] == f"VPNv4 from {pe}" and one["node"] == "pe3"]
        assert all(one.startswith(f"next hop {shared.lab.loopback(pe)},") for one in seen)
        assert seen or "rr1" in {node.name for node in shared.lab.nodes}


def test_a_path_that_does_not_arrive_is_missed(shared: ProvenLab) -> None:
    """The PEs of the site at two PEs advertise nothing to pe3, or the route reflector, any more."""
    sender = "rr1" if "rr1" in {node.name for node in shared.lab.nodes} else "pe2"
    peer = shared.lab.loopback("pe3")
    words = [line.replace("10.255.0.4", str(peer)) for line in _NO_PATHS]
    options = " ".join(f"-c '{line}'" for line in ("configure terminal", *words))
    shared.type_in({sender: f"vtysh {options}"})
    try:
        shared.wait_for(
            "mpbgp.reflects.rr1.pe3" if sender == "rr1" else "vpn.vpnv4.pe3.red.172.16.1.0/24.pe2"
        )
    finally:
        shared.push()
    assert shared.wrong() == []
