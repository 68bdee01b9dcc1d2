"""Ends of an attachment that are set otherwise: as declared, mended by hand, and made so by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.fault import Fault, vtysh
from tests.live.proving import proven
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


MEND = {
    "ce-hello": vtysh("interface eth1", "ip ospf hello-interval 2"),
    "ce-key": vtysh(
        "interface eth1",
        "no ip ospf message-digest-key 1 md5 Tulip-8",
        "ip ospf message-digest-key 1 md5 Tulip-7",
    ),
    "ce-password": vtysh("router bgp 65104", "neighbor 10.1.0.49 password Orchid-3"),
}
AGREES = (
    "pece.agree.pe1.red.ce-hello",
    "pece.agree.pe1.red.ce-key",
    "pece.agree.pe2.red.ce-password",
)


def test_the_proof_fails_when_somebody_mends_what_is_to_be_broken(lab: ProvenLab) -> None:
    lab.type_in(MEND)
    for check in (*AGREES, "vpn.vrf-table.pe1.red"):  # the site's routes are one too many in the VPN
        lab.wait_for(check)
    told = lab.wrong(within=0)
    lab.push()
    pece = [line.partition(": ")[0] for line in told if line.startswith("FAIL pece.")]
    assert pece == [f"FAIL {check}" for check in AGREES]
    assert lab.wrong() == []


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
)


def test_what_differs_is_named_and_no_key_is_told(lab: ProvenLab) -> None:
    unexplained = lab.unexplained(BY_HAND)
    told = lab.wrong(within=0)
    lab.push()
    assert unexplained == ()
    assert not [line for line in told if "Tulip" in line or "rchid" in line]
    assert lab.wrong() == []
