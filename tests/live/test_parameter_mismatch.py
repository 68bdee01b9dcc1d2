"""Ends of an attachment that differ: as declared, fixed by hand, and made so by hand."""

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
    """Up and proven: each disagreement is there, and what comes of it is what is expected of it."""
    with proven("parameter-mismatch", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


@scenarios_of("parameter-mismatch", slow=("agreed",))
def test_what_is_repaired_works_and_is_broken_again(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []


BY_HAND = Fault(
    "parameters of sites that agree, changed by hand on one side",
    {
        "ce-ok": vtysh(
            "interface eth1",
            "ip ospf dead-interval 9",
            "no ip ospf area 0",
            "ip ospf area 3",
            "ip ospf message-digest-key 2 md5 Tulip-7",
        ),
        "ce-fine": vtysh("router bgp 65101", "no neighbor 10.1.0.41 password Orchid-3"),
        "ce-hold": "ip link set eth1 mtu 1300",
    },
    {
        "pece.agree.pe1.red.ce-ok": (
            "area 3 on ce-ok, 0 on pe1; dead interval 9 s on ce-ok, 8 s on pe1; "
            "authentication by message digest, key 2 on ce-ok, by message digest, key 1 on pe1"
        ),
        "pece.agree.pe2.red.ce-fine": "authentication none on ce-fine, by a password (MD5) on pe2",
        "pece.agree.pe2.red.ce-hold": "MTU 1300 on ce-hold, 1500 on pe2",
        "link.mtu.ce-hold.eth1": "1300",
    },
    blocks=("pece.*", "vpn.*", "data.*"),
    first="link.mtu.ce-hold.eth1",
    others=3,  # three faults at once, and the MTU shows at the link and at what should agree
)


def test_what_differs_is_named_and_no_key_is_reported(lab: ProvenLab) -> None:
    unexplained = lab.unexplained(BY_HAND)
    shown = lab.wrong(within=0)
    lab.push()
    assert unexplained == ()
    assert not [line for line in shown if "Tulip" in line or "rchid" in line]
    assert lab.wrong() == []
