"""The protocols that give labels to a provider's loopbacks: LDP, segment routing, or both side by side."""

from __future__ import annotations

from typing import Final

LDP: Final = "ldp"
SR: Final = "sr"
LABEL_PROTOCOLS: Final = (LDP, SR)


def transport(labels: tuple[str, ...]) -> str:
    """The one whose labels packets have where several run: segment routing.

    zebra keeps one label for each next hop of a route. isisd sends the SIDs' with the route itself, before
    ldpd can, and ospfd has zebra put them in place of whatever label is there (`zebra_mpls_ftn_uninstall`).
    Neither has a command that prefers LDP (FRR 8.4, 10.3, 10.7). Of LDP the entries of the LFIB are left.
    """
    return SR if SR in labels else labels[0]


def in_words(labels: tuple[str, ...]) -> str:
    """As `vpn.yml` has them."""
    return f"[{', '.join(labels)}]" if len(labels) > 1 else labels[0]
