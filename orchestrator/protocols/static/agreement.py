"""Static routes have no other end: nothing to agree on but the link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.protocols.agreement import Agreement, Outcome, nothing_but_the_link

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment


def outcome(attachment: Attachment, different: frozenset[str]) -> Outcome:  # noqa: ARG001 -- as of all protocols
    """Static routes stay whatever the other end has."""
    return Outcome.WORKS


AGREEMENT: Final = Agreement(nothing_but_the_link, outcome)
