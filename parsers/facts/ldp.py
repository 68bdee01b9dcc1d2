"""What ldpd says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta
    from ipaddress import IPv4Address, IPv4Network

    from parsers.facts.addresses import Address
    from parsers.facts.label import Label


@dataclass(frozen=True, slots=True)
class LdpNeighbor:
    """One LDP session of ``show mpls ldp neighbor`` (states of RFC 5036, 2.5.4; up is ``OPERATIONAL``)."""

    lsr_id: IPv4Address
    state: str
    remote_address: Address
    up_for: timedelta


@dataclass(frozen=True, slots=True)
class LdpInterface:
    """One row of ``show mpls ldp interface``; ``hello`` and ``hold`` are seconds."""

    name: str
    state: str
    up_for: timedelta
    hello: int
    hold: int
    adjacencies: int


@dataclass(frozen=True, slots=True)
class LdpAdjacency:
    """One hello adjacency of ``show mpls ldp discovery``.

    ``kind`` is ``link`` or ``targeted``; ``source`` the interface, or for a targeted one the peer's address.
    """

    lsr_id: IPv4Address
    kind: str
    source: str
    hold: int


@dataclass(frozen=True, slots=True)
class LdpSync:
    """One interface of ``show mpls ldp igp-sync``: what ldpd tells the IGP of it (RFC 5443).

    ``complete``: the first labels have been exchanged, the IGP may use the link. ``peer`` is the LSR-id of
    the session over the link, ``None`` without one.
    """

    interface: str
    complete: bool
    wait: int
    peer: IPv4Address | None


@dataclass(frozen=True, slots=True)
class LdpBinding:
    """One FEC and one peer of ``show mpls ldp binding``.

    ``peer`` is the LSR-id of the neighbour that sent ``remote_label``; it is 0.0.0.0 and ``remote_label`` is
    ``None`` when no neighbour sent one. ``in_use``: this neighbour is the IGP next hop, the label is used.
    """

    prefix: IPv4Network
    peer: IPv4Address
    local_label: Label | None
    remote_label: Label | None
    in_use: bool
