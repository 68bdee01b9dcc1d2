"""A backdoor link between BGP sites: the provider first, the backdoor when it fails, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.fault import vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("bgp-backdoor", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


@pytest.fixture(scope="module")
def played(lab: ProvenLab) -> dict[str, list[str]]:
    return lab.play()


@scenarios_of("bgp-backdoor")
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []


def test_without_local_preference_the_backdoor_wins(lab: ProvenLab) -> None:
    """Its AS path is empty: in one AS nothing is shorter."""
    lab.type_in(
        {
            "ce1": vtysh("route-map from-pe permit 10", "no set local-preference")
            + " && vtysh -c 'clear bgp * soft'"
        }
    )
    try:
        lab.wait_for("vpn.ce-route.ce1.172.16.2.0/24")
    finally:
        lab.push()
        lab.type_in({"ce1": "vtysh -c 'clear bgp * soft'"})
    assert lab.wrong() == []
