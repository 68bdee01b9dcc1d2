"""The interface of a PE-CE protocol: what it configures on both sides, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.lab import Attachment, Lab, Vrf
    from orchestrator.protocols.agreement import End, Outcome, Setting
    from orchestrator.protocols.contribution import Contribution
    from orchestrator.routing.routes import NetworkState, Route, Routes, Table


class PeCeProtocol(Protocol):
    """One PE-CE protocol. Its modules know their own kind of `PeCe` and nothing of the others."""

    @property
    def daemons(self) -> tuple[str, ...]:
        """FRR's daemons that it needs on both sides, besides zebra."""

    def on_pe(self, lab: Lab, vrf: Vrf) -> Contribution:
        """What a VRF needs for its attachments that speak this protocol; nothing if none does."""

    def on_ce(self, lab: Lab, ce: str) -> Contribution:
        """What a CE needs for its attachments that speak this protocol; nothing if none does."""

    def settings(self, lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:
        """What one end of an attachment is to be set to and the other end must be set to alike."""

    def outcome(self, attachment: Attachment, different: frozenset[str]) -> Outcome:
        """What becomes of an attachment whose ends differ in the parameters with these names."""

    def learnt(self, network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:
        """What a table has by this protocol, given what all tables of the lab hold."""
