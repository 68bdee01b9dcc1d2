"""What both ends of an EIGRP link must be set to alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.protocols.agreement import MTU, Agreement, End, Outcome, Setting
from orchestrator.protocols.eigrp.values import Eigrp

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment, Lab
    from orchestrator.protocols.eigrp.values import Md5Key


def settings(asn: int, k: tuple[int, ...], key: Md5Key | None) -> tuple[Setting, ...]:
    """What the two ends of a link must be set to alike."""
    unsigned = Setting("authentication", "none")
    return (
        Setting("EIGRP AS", str(asn)),
        Setting("K values", " ".join(map(str, k))),
        unsigned if key is None else Setting("authentication", f"by MD5, key {key.number}", key.secret),
    )


def intended(lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:  # noqa: ARG001 -- as of all protocols
    """What a router looks at before it takes another for a neighbour (RFC 7868 5.3.4, 6.5)."""
    spoken = end.spoken(attachment)
    if not isinstance(spoken, Eigrp):
        return ()
    return settings(spoken.asn, spoken.k, spoken.key)


def outcome(attachment: Attachment, different: frozenset[str]) -> Outcome:  # noqa: ARG001 -- as of all protocols
    """Hellos that differ in anything but the MTU are refused."""
    return Outcome.NO_SESSION if different - {MTU} else Outcome.WORKS


AGREEMENT: Final = Agreement(intended, outcome)
