"""The interface of a PE-CE protocol: what it configures on both sides, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Attachment, Lab, Vrf
    from orchestrator.pece.contribution import Contribution
    from orchestrator.pece.held import Held, Routes


class PeCeProtocol(Protocol):
    """One PE-CE protocol. Its modules know their own kind of `PeCe` and nothing of the others."""

    @property
    def daemons(self) -> tuple[str, ...]:
        """FRR's daemons that it needs on both sides, besides zebra."""

    def on_pe(self, lab: Lab, vrf: Vrf) -> Contribution:
        """What a VRF needs for its attachments that speak this protocol; nothing if none does."""

    def on_ce(self, lab: Lab, ce: str) -> Contribution:
        """What a CE needs for its attachments that speak this protocol; nothing if none does."""

    def learnt_by_pe(self, lab: Lab, attachment: Attachment, at_ce: Routes) -> Iterator[Held]:
        """What the VRF has from the CE, given what the CE holds."""

    def learnt_by_ce(self, lab: Lab, attachment: Attachment, at_pe: Routes) -> Iterator[Held]:
        """What the CE has from the PE, given what the VRF holds."""
