"""Spokes reach each other through the hub's CE and no other way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.live.fault import vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal
from tests.live.travelling import hops, journey, path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("hub-and-spoke", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_the_path_between_spokes_is_by_way_of_the_hub(lab: ProvenLab) -> None:
    said = lab.ask("spoke1", "vtysh -c 'show bgp ipv4 unicast 172.16.2.0/24'")
    assert "65000 65100 65000 65102" in said
    said = lab.ask("spoke1", "ping -R -c 1 -W 2 -I 172.16.1.1 172.16.2.1")
    assert "\t10.1.0.2" in said  # hub:eth1, by which it sends on to its PE
    walked = path(lab, "spoke1", "spoke2")
    stacks = [(node, len(labels)) for node, labels in hops(walked)]
    to_hub = [("spoke1", 0), ("pe2", 2), ("p1", 1), ("pe1", 0)]
    assert stacks == [*to_hub, ("hub", 0), ("pe1", 2), ("p1", 1), ("pe2", 0), ("spoke2", 0)]
    assert walked.delivered


def test_the_journey_of_a_route_between_spokes(lab: ProvenLab) -> None:
    found = journey(lab, "spoke1", "172.16.1.0/24", to="spoke2")
    assert found.complete
    exported = [(one.node, one.title) for one in found.ways[0].stages if "exports" in one.title]
    assert exported == [
        ("pe2", "VRF spoke1 exports it as VPNv4"),
        ("pe1", "VRF hub-out exports it as VPNv4"),
    ]


def test_both_are_reported_at_the_command_line(lab: ProvenLab) -> None:
    name, l3vpn = lab.lab.name, lab.terminal.l3vpn
    done = l3vpn("trace", name, "spoke1", "172.16.1.1", "--to", "spoke2", "--format", "json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert (shown["prefix"], shown["complete"]) == ("172.16.1.0/24", True)
    assert all(stage["evidence"] for stage in shown["ways"][0]["stages"])
    done = l3vpn("verify", name, "--path", "spoke1", "spoke2", "--format", "json")
    assert done.returncode == 0, done.stderr
    there, back = json.loads(done.stdout)["paths"]
    assert (there["over"], back["start"]) == ("provider", "spoke2")
    done = l3vpn("trace", name, "spoke1", "172.16.9.0/24")
    hint = "l3vpn: site 'spoke1' has no prefix '172.16.9.0/24': did you mean '172.16.1.0/24'?\n"
    assert (done.returncode, done.stderr) == (2, hint)


SHORT_CUT = {
    "pe2": vtysh(
        "router bgp 65000 vrf spoke1", "address-family ipv4 unicast", "rt vpn import 65000:1 65000:101"
    )
}


def test_a_short_cut_between_spokes_is_found(lab: ProvenLab) -> None:
    lab.type_in(SHORT_CUT)
    try:
        lab.wait_for("mpbgp.vrf.pe2.spoke1")
    finally:
        lab.push()
    assert lab.wrong() == []


@scenarios_of("hub-and-spoke", slow=("hub-in-cut", "spoke-cut"))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []
