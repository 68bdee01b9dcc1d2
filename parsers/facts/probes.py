"""What came of packets that were sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsers.facts.addresses import Address


@dataclass(frozen=True, slots=True)
class LinkEcho:
    """Whether a neighbour answers over a link, without and with a label.

    ``mac`` is the link layer address that the kernel has for the neighbour, ``None`` if it has none.
    """

    interface: str
    mac: str | None
    plain: bool
    labelled: bool


@dataclass(frozen=True, slots=True)
class Ping:
    """The outcome of one ``ping`` (iputils).

    ``target`` is ``None``, and all counts are 0, when this node has no route to it and sent nothing.
    ``size`` is the ICMP payload in bytes. ``errors`` are all complaints in the order they were printed,
    without the packet number: ``From 10.1.0.2: Destination Net Unreachable``, ``message too long, mtu=1500``.
    ``rtt_ms`` is the average round trip. ``loss`` is in percent.
    """

    target: Address | None
    size: int
    transmitted: int
    received: int
    duplicates: int
    loss: float
    errors: tuple[str, ...]
    rtt_ms: float | None
