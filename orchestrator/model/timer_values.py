"""The timers of a provider's protocols, and the two sets of them that labs are run with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timers:
    """Protocol timers in seconds; the quick ones make a lab converge while you watch."""

    ospf_hello: int
    ospf_dead: int
    ospf_retransmit: int
    isis_hello: int
    isis_multiplier: int  # a neighbour is given up after so many hellos
    ldp_hello: int
    ldp_hold: int
    ldp_sync_wait: int  # from an LDP session being up to its labels being taken for exchanged
    bgp_keepalive: int
    bgp_hold: int
    bgp_connect: int
    bgp_advertisement_interval: int
    eigrp_hello: int
    eigrp_hold: int


QUICK = Timers(
    ospf_hello=1,
    ospf_dead=4,
    # A p2p neighbour's first update often comes before we know it and is dropped: so long is it missed.
    ospf_retransmit=1,
    isis_hello=1,
    isis_multiplier=4,
    ldp_hello=1,
    ldp_hold=4,
    ldp_sync_wait=2,
    bgp_keepalive=3,
    bgp_hold=9,
    bgp_connect=1,
    bgp_advertisement_interval=0,
    eigrp_hello=1,
    eigrp_hold=4,
)
# FRR's defaults ("traditional" profile); for iBGP FRR's advertisement interval is 0, for eBGP 0 since 7.4.
STANDARD = Timers(
    ospf_hello=10,
    ospf_dead=40,
    ospf_retransmit=5,
    isis_hello=3,
    isis_multiplier=10,
    ldp_hello=5,
    ldp_hold=15,
    ldp_sync_wait=10,
    bgp_keepalive=60,
    bgp_hold=180,
    bgp_connect=120,
    bgp_advertisement_interval=0,
    eigrp_hello=5,
    eigrp_hold=15,
)
