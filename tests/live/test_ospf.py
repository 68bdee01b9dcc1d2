"""OSPF between PE and CE: cost, redistribution, loop prevention by the route tag, and life without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.fault import Fault, vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("ospf", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


MISMATCH = Fault(
    "timers that do not agree",
    {"ce1": vtysh("interface eth1", "ip ospf hello-interval 5", "ip ospf dead-interval 20")},
    {
        "pece.agree.pe1.red.ce1": (
            "hello interval 5 s on ce1, 1 s on pe1; dead interval 20 s on ce1, 4 s on pe1"
        )
    },
    blocks=("pece.*", "vpn.*", "data.*"),
)
NOT_WATCHED = Fault(
    "a PE-CE link is not watched any more",
    {"pe2": vtysh("interface eth2", "no ip ospf bfd")},
    {"pece.bfd.pe2.eth2": "no session with 10.1.0.10 in VRF red", "pece.bfd.ce3.eth1": "*"},
    blocks=("*",),
)
UNNOTICED = 30 - 1  # seconds: what a silent link has at least, by its dead and hello intervals in vpn.yml


@pytest.mark.parametrize("fault", [MISMATCH, NOT_WATCHED], ids=lambda fault: fault.name)
def test_what_differs_is_named(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


def test_bfd_notices_a_silent_link_long_before_ospf_would(lab: ProvenLab) -> None:
    with lab.failed("pe2-ce3 silent") as state:
        assert lab.wrong(state, within=UNNOTICED - 5) == []
    assert lab.wrong() == []


@scenarios_of("ospf", slow=("other-way-cut", "core-cut"))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []


def test_without_the_tag_a_withdrawn_prefix_goes_round_for_ever(lab: ProvenLab) -> None:
    """What PE2 brings into the site PE3 takes out again, and the other way round."""
    unfiltered = (
        vtysh("vrf red", "no ip protocol ospf route-map ospf-to-rib"),
        vtysh("no route-map ospf-to-bgp deny 10"),
    )
    lab.type_in({pe: "\n".join(("set -e", *unfiltered)) for pe in ("pe2", "pe3")})
    try:
        lab.wait_for("vpn.no-other-export.pe?")  # one PE exports what it has by the other, over the site
        with lab.failed("pe1-ce1") as state:
            zombies = [
                one for one in lab.wrong(state, within=10) if one.startswith("FAIL pece.no-other-prefix")
            ]
    finally:
        lab.push()
        # FRR 10.3 does not look again at routes that are there when `ip protocol … route-map` comes back:
        # they must go and come again.
        with lab.failed("pe2-ce3", "pe3-ce3"):
            pass
    assert any("172.16.1.0/24 by ospf from ce3" in one.partition("also ")[2] for one in zombies)
    assert lab.wrong() == []
