"""Shortest paths over the provider's core, as its IGP reckons them (RFC 2328 16.1, ISO 10589 7.2.6)."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.model.link_cost import USUAL_COST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.model.lab import Interface


class Leaf(NamedTuple):
    """A node of a tree of shortest paths: the node before it, and what the way from the root costs."""

    parent: str
    distance: int


def cost_of(own: Interface) -> int:
    """What the IGP counts for leaving by a core port."""
    return USUAL_COST if own.cost is None else own.cost


def tree(root: str, links_of: Callable[[str], Sequence[tuple[Interface, Interface]]]) -> Mapping[str, Leaf]:
    """The nodes that a root reaches, each by one of its shortest paths: the first that is found.

    Args:
        root: where they begin.
        links_of: own and far port of each link by which packets leave a node.
    """
    found: dict[str, Leaf] = {}
    frontier, number = [(0, 0, root, root)], 0
    while frontier:
        distance, _, node, parent = heappop(frontier)
        if node in found:
            continue
        found[node] = Leaf(parent, distance)
        for own, far in links_of(node):
            if far.node not in found:
                number += 1  # of several equally near, the first that was seen
                heappush(frontier, (distance + cost_of(own), number, far.node, node))
    return found
