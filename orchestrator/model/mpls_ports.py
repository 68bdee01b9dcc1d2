"""Where labelled packets may come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.interconnect import label_switched
from orchestrator.model.lab import InterfaceKind

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


def label_switching_ports(lab: Lab, node: str) -> tuple[str, ...]:
    """The ports of a provider node that labelled packets come in by: its core's, and those of option B."""
    across = {own.end.interface for one in label_switched(lab, node) for own in [one.seen_from(node)[0]]}
    own = lab.interfaces_of(node)
    return tuple(one.name for one in own if one.kind is InterfaceKind.CORE or one.name in across)
