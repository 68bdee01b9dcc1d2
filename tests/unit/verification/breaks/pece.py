"""What goes wrong between CE and PE."""

from __future__ import annotations

from tests.unit.verification.breaks.kit import ADDR, BGP, RED_PATH, RIB, UP, Break, one, peer
from tests.unit.verification.scene import Edit

PECE = (
    one(
        "session not up at the PE",
        "pece.session.pe1.red.red1",
        ("pe1", BGP),
        (
            peer("10.1.0.2", 65101, UP),
            peer("10.1.0.2", 65101, "   never         Idle        0"),
        ),
    ),
    one(
        "the PE expects another AS",
        "pece.agree.pe1.red.red1",
        ("pe1", BGP),
        ("10.1.0.2        4      65101", "10.1.0.2        4      65555"),
    ),
    one(
        "eBGP without a policy",
        "pece.session.pe1.red.red1",
        ("pe1", BGP),
        (
            peer("10.1.0.2", 65101, UP),
            peer("10.1.0.2", 65101, "00:00:28     (Policy) (Policy)"),
        ),
    ),
    one(
        "the session is in another VRF",
        "pece.agree.pe1.red.red1",
        ("pe1", BGP),
        ("65000 VRF red ", "65000 VRF orange "),
    ),
    one(
        "the CE expects another AS",
        "pece.agree.pe1.red.red1",
        ("red1", BGP),
        ("10.1.0.1        4      65000", "10.1.0.1        4      65001"),
    ),
    one(
        "a password on one side",
        "pece.agree.pe1.red.red1",
        ("pe1", "show running-config bgpd"),
        (
            " neighbor 10.1.0.2 remote-as 65101\n",
            " neighbor 10.1.0.2 remote-as 65101\n neighbor 10.1.0.2 password Orchid-3\n",
        ),
    ),
    Break(
        "two passwords",
        "pece.agree.pe1.red.red1",
        (
            Edit(
                "pe1",
                "show running-config bgpd",
                " neighbor 10.1.0.2 remote-as 65101\n",
                " neighbor 10.1.0.2 remote-as 65101\n neighbor 10.1.0.2 password Orchid-3\n",
            ),
            Edit(
                "red1",
                "show running-config bgpd",
                " neighbor 10.1.0.1 remote-as 65000\n",
                " neighbor 10.1.0.1 remote-as 65000\n neighbor 10.1.0.1 password orchid-3\n",
            ),
        ),
    ),
    one(
        "an MTU of the customer's own",
        "pece.agree.pe1.red.red1",
        ("red1", ADDR),
        (
            "mtu 1500 qdisc noqueue state UP group default\n    link/ether 02:00:00:00:00:1e",
            "mtu 1400 qdisc noqueue state UP group default\n    link/ether 02:00:00:00:00:1e",
        ),
    ),
    one(
        "a CE that peers with another CE",
        "pece.no-other-session.red1",
        ("red1", BGP),
        ("10.1.0.1        4 ", "10.1.0.6        4 "),
    ),
    one(
        "a neighbour too many in a VRF",
        "pece.no-other-session.pe1.red",
        ("pe1", BGP),
        ("10.1.0.2        4 ", "10.1.0.77       4 "),
    ),
    one(
        "a prefix too many from a CE",
        "pece.no-other-prefix.pe1.red",
        ("pe1", RIB),
        (RED_PATH, RED_PATH + RED_PATH.replace("172.16.1.0", "172.31.9.0")),
    ),
    one(
        "a prefix that the CE does not announce",
        "pece.announced.pe1.red.172.16.1.0/24",
        ("pe1", RIB),
        (RED_PATH, ""),
    ),
    one(
        "a prefix by a static route",
        "pece.announced.pe1.red.172.16.1.0/24",
        ("pe1", RIB),
        ("B>* 172.16.1.0/24 [20/0] via 10.1.0.2, eth2", "S>* 172.16.1.0/24 [1/0] via 10.1.0.2, eth2"),
    ),
    one(
        "a prefix from another neighbour",
        "pece.announced.pe1.red.172.16.1.0/24",
        ("pe1", RIB),
        ("B>* 172.16.1.0/24 [20/0] via 10.1.0.2, eth2", "B>* 172.16.1.0/24 [20/0] via 10.1.0.10, eth3"),
    ),
)
