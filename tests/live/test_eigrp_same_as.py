"""EIGRP sites in one AS: a provider that adds nothing, parameters that differ, speakers that die."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.live.eigrp_hands import KILL_SPEAKER, WHICH_SPEAKER, edited, show
from tests.live.fault import vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("eigrp-same-as", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def neighbors(lab: ProvenLab, node: str) -> dict[str, int]:
    """The neighbours that are up, and since how many seconds."""
    (process,) = json.loads(lab.ask(node, show("neighbors json")))["processes"]
    return {one["address"]: one["uptime"] for one in process["neighbors"] if one["state"] == "up"}


def test_the_provider_is_no_hop(lab: ProvenLab) -> None:
    seen = {str(one.check.id): one.observed for one in lab.report().findings}
    # 100 Mbit/s and 10 + 10 + 10: LAN, ce3's link, ce1's link. A provider between them adds nothing.
    assert seen["vpn.metric.ce1.172.16.3.0/24"] == "passive, internal, metric 33280 via 10.1.0.1"
    assert lab.ask("ce1", "vtysh -c 'show ip route 172.16.3.0/24 json'").count('"metric":33280') == 1
    assert "AS 100 int" in lab.ask("pe1", show("vpn"))


OTHER_STORIES = ("core-cut", "access-cut", "prefix-withdrawn", "speaker-killed", "pe-lost")


@scenarios_of("eigrp-same-as", slow=OTHER_STORIES)
def test_what_may_happen_is_survived_and_what_must_agree_is_named(
    played: dict[str, list[str]], scenario: str
) -> None:
    assert played[scenario] == []


def test_a_push_leaves_neighbours_alone_that_it_does_not_concern(lab: ProvenLab) -> None:
    before = neighbors(lab, "pe2")
    lab.type_in({"pe2": edited("0,/delay 100/s//delay 250/")})
    lab.wait_for("pece.parameters.pe2.red.ce2")
    lab.push()
    assert lab.wrong() == []
    after = neighbors(lab, "pe2")
    assert before.keys() == after.keys()
    assert all(after[one] >= before[one] for one in before), (before, after)


def test_a_speaker_that_dies_comes_back_by_itself(lab: ProvenLab) -> None:
    """It may be back before a verification could miss it: that it died shows in the process number."""
    died = lab.ask("pe1", WHICH_SPEAKER)
    lab.type_in({"pe1": KILL_SPEAKER})
    lab.wait_until("pe1", WHICH_SPEAKER, lambda running: running not in ("", died))
    assert lab.wrong() == []


def test_a_speaker_that_is_gone_is_reported_and_a_push_starts_it(lab: ProvenLab) -> None:
    lab.type_in({"pe1": f"pkill -KILL -f '[p]ython3 /var/lib/frr/eigrp-'; {KILL_SPEAKER}"})
    lab.wait_for("pece.speaker.pe1")
    lab.push()
    assert lab.wrong() == []


@pytest.mark.parametrize(
    "lines",
    [
        ("route-map eigrp-red permit 10", "no set large-community 65000:100:0"),
        ("router bgp 65000", "no bmp targets eigrp-red", "no bmp targets eigrp2-red"),
    ],
    ids=["communities lost", "bgpd sends nothing"],
)
def test_without_what_joins_eigrp_and_bgp_the_speaker_does_not_know_the_vpn(
    lab: ProvenLab, lines: tuple[str, ...]
) -> None:
    lab.type_in({"pe1": vtysh(*lines)})
    try:
        lab.wait_for("vpn.eigrp-candidate.*")
    finally:
        lab.push()
    assert lab.wrong() == []


def test_bgpd_gets_back_what_it_died_with(lab: ProvenLab) -> None:
    """Also the route map of its redistribution, of which the other daemons kept their own."""
    with lab.failed("pe1 bgpd"):
        pass
    lab.push()
    assert lab.wrong() == []
