"""RIP routers agree on nothing but their link: timers are each one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.protocols.agreement import SUBNET, Agreement, End, Outcome, Setting

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment, Lab


def intended(lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:  # noqa: ARG001 -- as of all protocols
    """Nothing but the link."""
    return ()


def outcome(attachment: Attachment, different: frozenset[str]) -> Outcome:  # noqa: ARG001 -- as of all protocols
    """An update from an address that is on no network of the interface is dropped (RFC 2453 3.9.2)."""
    return Outcome.NO_SESSION if SUBNET in different else Outcome.WORKS


AGREEMENT: Final = Agreement(intended, outcome)
