"""What the VRF of an ASBR configures towards another provider's (RFC 4364 10 a): to it the other is a CE.

No label and no extended community crosses, whoever sends one: a VRF gets what comes over its link, and the
route targets of its own provider say who hears of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.mpbgp.timers import timer_lines
from orchestrator.model.interconnect import back_to_back

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Lab, Vrf

_FROM_ASBR: Final = "from-asbr"
BLOCK: Final = (f"route-map {_FROM_ASBR} permit 10", " set extcommunity none", "exit")
"""What a route loses on its way in."""


def neighbors(lab: Lab, vrf: Vrf) -> Iterator[tuple[IPv4Address, tuple[str, ...], tuple[str, ...]]]:
    """Of each other provider's ASBR: its address, lines of `router bgp`, lines of the address family."""
    timers = lab.provider_of(vrf.pe).timers
    for link in back_to_back(lab, vrf.pe, vrf.name):
        far = link.seen_from(vrf.pe)[1]
        address = far.address.ip
        session = (
            f" neighbor {address} remote-as {lab.provider_of(far.node).asn}",
            *timer_lines(address, timers),
        )
        policy = (
            f"  no neighbor {address} send-community extended",
            f"  neighbor {address} route-map {_FROM_ASBR} in",
        )
        yield address, session, policy
