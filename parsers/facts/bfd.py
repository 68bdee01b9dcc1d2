"""What bfdd says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsers.facts.addresses import Address


@dataclass(frozen=True, slots=True)
class BfdTimers:
    """What one end of a BFD session has announced; milliseconds."""

    multiplier: int
    receive: int
    transmit: int


@dataclass(frozen=True, slots=True)
class BfdPeer:
    """One session of ``show bfd peers``; ``status`` is a state of RFC 5880 4.1 or ``shutdown``.

    ``remote`` is what the far end said last; before it said anything, a slow session's 1000 ms.
    """

    peer: Address
    vrf: str
    interface: str | None
    multihop: bool
    status: str
    diagnostics: str
    remote_diagnostics: str
    local: BfdTimers
    remote: BfdTimers

    @property
    def sends_every(self) -> int:
        """Milliseconds between two packets to the far end: what both can bear (RFC 5880 6.8.7)."""
        return max(self.local.transmit, self.remote.receive)

    @property
    def detects_within(self) -> int:
        """Milliseconds of silence after which the far end is down (RFC 5880 6.8.4)."""
        return self.remote.multiplier * max(self.local.receive, self.remote.transmit)
