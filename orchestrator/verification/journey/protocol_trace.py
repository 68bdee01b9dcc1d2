"""What a PE-CE protocol has to show of a route on a link between CE and PE, or between two CEs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.verification.journey.legs import Leg
    from orchestrator.verification.journey.snapshot import Snapshot
    from orchestrator.verification.journey.stage import Claim
    from orchestrator.verification.kit.facts import Query


class ProtocolTrace(Protocol):
    """One protocol on one leg, from its sender to its receiver."""

    def queries(self, lab: Lab, leg: Leg) -> Iterator[Query]:
        """What its claims read."""

    def originates(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """That the sender, a CE, has the route of its own and announces it."""

    def announces(self, snapshot: Snapshot, leg: Leg) -> Iterator[Claim]:
        """That the route gets from one to the other, up to what the protocol itself keeps of it."""
