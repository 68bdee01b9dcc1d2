"""Static routes have no other end: nothing to agree on but the link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.protocols.agreement import Agreement, End, Outcome, Setting

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment, Lab


def intended(lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:  # noqa: ARG001 -- as of all protocols
    """Nothing but the link: static routes know of no other end."""
    return ()


def outcome(attachment: Attachment, different: frozenset[str]) -> Outcome:  # noqa: ARG001 -- as of all protocols
    """Static routes stay whatever the other end has."""
    return Outcome.WORKS


AGREEMENT: Final = Agreement(intended, outcome)
