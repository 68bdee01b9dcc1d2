"""Segment routing with MPLS (RFC 8660): blocks of labels, and the prefix segment of a node's loopback."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BeforeValidator

from orchestrator.model.label_protocols import SR
from orchestrator.model.memory import remembered
from orchestrator.model.schema import as_written, reject, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.model.intent import Core, NodeIntent
    from orchestrator.model.lab import Lab
    from orchestrator.model.topology import Topology


@dataclass(frozen=True, slots=True)
class LabelBlock:
    """Labels from the first to the last, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def __contains__(self, label: int) -> bool:
        return self.first <= label <= self.last

    @property
    def size(self) -> int:
        """How many labels it holds: an index into it is below that."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class NodeSegment:
    """The prefix segment of a provider node's loopback.

    Attributes:
        node: whose loopback it is.
        srgb: the node's own block of global labels (RFC 8402 2).
        index: of the prefix SID, into each node's SRGB.
    """

    node: str
    srgb: LabelBlock
    index: int


DEFAULT_SRGB: Final = LabelBlock(16000, 23999)
"""FRR's own, and most other vendors'."""
LOCAL_BLOCK: Final = LabelBlock(15000, 15999)
"""FRR's block of local labels (SRLB): each adjacency gets one or two of them (RFC 8402 3.4), as they come."""
# Below are that block and what FRR gives to BGP; above, no label fits
# into the nodes' LFIB (`net.mpls.platform_labels`).
LABELS: Final = LabelBlock(16000, 99999)
LARGEST_BLOCK: Final = 65535  # of isisd (isis_nb_config.c)
_WRITTEN: Final = re.compile(r"([0-9]{1,7}) ?- ?([0-9]{1,7})")


def node_segments(
    topology: Topology, members: Iterable[str], core: Core, overrides: Mapping[str, NodeIntent]
) -> Iterator[NodeSegment]:
    """The prefix segments of a provider's nodes; none where it has no segment routing.

    The index of the Nth provider node of the topology is N.
    """
    inside = [node.name for node in topology.nodes if node.role.in_provider]
    for node in members if SR in core.labels else ():
        own = overrides.get(node)
        srgb = (own.srgb if own else None) or core.srgb or DEFAULT_SRGB
        given = own.sid if own else None
        yield NodeSegment(node, srgb, inside.index(node) + 1 if given is None else given)


def segment_of(lab: Lab, node: str) -> NodeSegment:
    """The prefix segment of a node of a provider that has segment routing.

    Raises:
        KeyError: it has none.
    """
    return _segments(lab)[node]


@remembered
def _segments(lab: Lab) -> Mapping[str, NodeSegment]:
    return {one.node: one for provider in lab.providers for one in provider.segments}


def _block(value: object) -> LabelBlock:
    example = f"write it like {DEFAULT_SRGB}"
    match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise reject(f"{shown(value)} is not a block of labels", example)
    block = LabelBlock(int(match[1]), int(match[2]))
    if block.first > block.last:
        raise reject(f"the block of labels {block} ends before it begins", example)
    if block.first < LABELS.first or block.last > LABELS.last:
        raise reject(f"the block of labels {block} is out of range", f"give one within {LABELS}")
    if block.size > LARGEST_BLOCK:
        raise reject(
            f"the block of labels {block} is too large for FRR", f"give {LARGEST_BLOCK} labels at most"
        )
    return block


Block = Annotated[
    LabelBlock,
    BeforeValidator(
        _block,
        json_schema_input_type=as_written(
            type="string", pattern="^[0-9]{1,7} ?- ?[0-9]{1,7}$", examples=[str(DEFAULT_SRGB)]
        ),
    ),
]
"""As people write it: `16000-23999`."""
