"""What an IGP is told of segment routing: on both it is these lines, inside its block.

FRR's own SRGB is not printed. Penultimate hop popping is what FRR asks for by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.label_protocols import SR
from orchestrator.model.segment_routing import DEFAULT_SRGB, segment_of

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


def runs_segment_routing(lab: Lab, node: str) -> bool:
    """Whether a node's provider has segment routing, whatever else gives labels there."""
    return SR in lab.provider_of(node).labels


def segment_lines(lab: Lab, node: str) -> tuple[str, ...]:
    """Segment routing, the node's block of labels and the SID of its loopback; none where it does not run."""
    if not runs_segment_routing(lab, node):
        return ()
    own = segment_of(lab, node)
    block = f" segment-routing global-block {own.srgb.first} {own.srgb.last}"
    return (
        " segment-routing on",
        *((block,) if own.srgb != DEFAULT_SRGB else ()),
        f" segment-routing prefix {lab.loopback(node)}/32 index {own.index}",
    )
