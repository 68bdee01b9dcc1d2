"""Where labelled packets may come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.interconnect import label_switched
from orchestrator.model.lab import InterfaceKind

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


LOOPBACK: Final = "lo"
"""As Linux calls it."""


def label_switching_ports(lab: Lab, node: str) -> tuple[str, ...]:
    """The ports of a provider node that labelled packets come in by: its core's, and those of option B.

    Where explicit null is advertised, `lo` too: what is left behind label 0 Linux sends itself by it
    (net/mpls/af_mpls.c, `resize_platform_label_table`).
    """
    across = {own.end.interface for one in label_switched(lab, node) for own in [one.seen_from(node)[0]]}
    own = lab.interfaces_of(node)
    wanted = {InterfaceKind.CORE}
    if lab.node(node).role.in_provider and lab.provider_of(node).explicit_null:
        wanted.add(InterfaceKind.LOOPBACK)
    return tuple(one.name for one in own if one.kind in wanted or one.name in across)
