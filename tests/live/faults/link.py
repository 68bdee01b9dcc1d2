"""Faults of links and their interfaces."""

from __future__ import annotations

from tests.live.fault import Fault, vtysh
from tests.live.faults.shared import DOWN, ON_THE_LINKS, RED_AND_DATA, UP

LINK = (
    Fault(
        "the wrong MTU on a core link",
        {"p1": "ip link set eth2 mtu 1500"},
        {"link.mtu.p1.eth2": "1500"},
        blocks=ON_THE_LINKS,
    ),
    Fault(
        "the wrong MTU on an access port",
        {"pe1": "ip link set eth2 mtu 1400"},
        {"link.mtu.pe1.eth2": "1400", "pece.agree.pe1.red.red1": "*MTU 1500 on red1, 1400 on pe1*"},
        blocks=RED_AND_DATA,
        differs="pe1 needs ip link set dev eth2 mtu 1500",
    ),
    Fault(
        "an address too many on a core port",
        {"p1": "ip addr add 10.9.9.1/24 dev eth2"},
        {"link.address.p1.eth2": "*(unexpected: 10.9.9.1/24)"},
        blocks=ON_THE_LINKS,
    ),
    Fault(
        "a core link that is down",
        {"p1": "ip link set eth2 down"},
        {"link.up.p1:eth2--p2:eth1": "p1:eth2 down, p2:eth1 no carrier"},
        blocks=ON_THE_LINKS,
    ),
    Fault(
        "an address that FRR's configuration removed",
        {"pe2": vtysh("interface eth2", "no ip address 10.1.0.5/30")},
        {
            "link.address.pe2.eth2": "no address (missing: 10.1.0.5/30)",
            "pece.agree.pe2.red.red2": "subnet 10.1.0.4/30 on red2, none on pe2",
        },
        blocks=RED_AND_DATA,
    ),
    Fault(
        "an address that was removed under FRR",
        {"pe2": "ip address del 10.1.0.5/30 dev eth2"},
        {
            "link.address.pe2.eth2": "no address (missing: 10.1.0.5/30)",
            "pece.agree.pe2.red.red2": "subnet 10.1.0.4/30 on red2, none on pe2",
        },
        blocks=RED_AND_DATA,
        # The kernel has thrown away the routes over it, and zebra takes them for installed.
        mend_it={"pe2": f"{DOWN} && {UP}"},
    ),
)
