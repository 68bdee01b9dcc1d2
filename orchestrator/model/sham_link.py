"""Sham links (RFC 4577 4.2.7): what joins two VRFs of a VPN as if a link of the customer's did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.topology import Endpoint

if TYPE_CHECKING:
    from ipaddress import IPv4Interface


@dataclass(frozen=True, slots=True)
class ShamEnd:
    """Where a sham link ends: a VRF of a PE, with the address that only BGP may know (RFC 4577 4.2.7.2)."""

    pe: str
    vrf: str
    endpoint: IPv4Interface

    @property
    def vrf_device(self) -> Endpoint:
        """The device that has the address: the VRF's own."""
        return Endpoint(self.pe, self.vrf)


@dataclass(frozen=True, slots=True)
class ShamLink:
    """An OSPF adjacency of two VRFs across the core (RFC 4577 4.2.7), which makes the VPN's way intra-area.

    Attributes:
        device: the tunnel that stands for it, called alike at both ends.
        cost: OSPF's, in both directions.
    """

    device: str
    a: ShamEnd
    b: ShamEnd
    area: int
    cost: int

    @property
    def ends(self) -> tuple[tuple[ShamEnd, ShamEnd], tuple[ShamEnd, ShamEnd]]:
        """Each end with the one that it faces."""
        return (self.a, self.b), (self.b, self.a)
