"""What the program has to know of an IGP, beyond what it knows of any protocol of the core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orchestrator.core.descriptor import CoreProtocol

if TYPE_CHECKING:
    from parsers.command import Command
    from parsers.segment_routing import SegmentNode


class LdpSync(Protocol):
    """What an IGP knows of LDP on an interface (RFC 5443)."""

    @property
    def interface(self) -> str:
        """Its name."""

    @property
    def enabled(self) -> bool:
        """Whether the IGP waits for LDP there."""

    @property
    def achieved(self) -> bool | None:
        """Whether it has what it waited for; None where nothing is said of it."""


@dataclass(frozen=True, kw_only=True)
class Igp(CoreProtocol):
    """An IGP.

    Attributes:
        title: as people call it.
        loopback_cost: what a loopback adds to the metric of a route to it.
        ldp_sync: shows what it knows of LDP.
        segments: shows what its nodes advertise of segment routing.
    """

    title: str
    loopback_cost: int
    ldp_sync: Command[tuple[LdpSync, ...]]
    segments: Command[tuple[SegmentNode, ...]]
