"""RIP routers agree on nothing but their link: timers are each one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.protocols.agreement import SUBNET, Agreement, Outcome, nothing_but_the_link

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment


def outcome(attachment: Attachment, different: frozenset[str]) -> Outcome:  # noqa: ARG001 -- as of all protocols
    """An update from an address that is on no network of the interface is dropped (RFC 2453 3.9.2)."""
    return Outcome.NO_SESSION if SUBNET in different else Outcome.WORKS


AGREEMENT: Final = Agreement(nothing_but_the_link, outcome)
