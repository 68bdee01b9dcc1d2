"""Which part of a lab each of several machines gets: parts of equal weight, with few links between them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.model.topology import Topology

_UNEVEN = 1.15
"""How much heavier than the mean a part may be for the sake of fewer links, if its nodes allow for that."""


def partition(topology: Topology, parts: int, fixed: Mapping[str, int] | None = None) -> dict[str, int]:
    """The part of each node, from 0.

    A node weighs one, and one for each of its links: so much has its FRR to do. Parts grow along the cables;
    then nodes move and pairs of them change places for as long as that takes links from between the parts, or
    makes parts more alike (Kernighan and Lin, 1970).

    Args:
        topology: of the lab.
        parts: how many; some stay empty if there are fewer nodes.
        fixed: the part of nodes that are not to be moved.
    """
    cut = _Cut(topology, parts, fixed or {})
    free = [node.name for node in topology.nodes if node.name not in cut.home]
    cut.grow(free)
    # Each step makes it better, so it ends; `sum`, for all of them are to be tried.
    while sum(cut.try_to(change) for change in _changes(free, cut.home, parts)):
        pass
    return {node.name: cut.home[node.name] for node in topology.nodes}


def _changes(free: Sequence[str], home: Mapping[str, int], parts: int) -> Iterator[dict[str, int]]:
    """All that can be tried, as the nodes lie by then: a node moves, or two change places."""
    for name in free:
        yield from ({name: part} for part in range(parts))
    for one, other in combinations(free, 2):
        if home[one] != home[other]:
            yield {one: home[other], other: home[one]}


class _Cut:
    """A lab in parts, and how good that is."""

    def __init__(self, topology: Topology, parts: int, fixed: Mapping[str, int]) -> None:
        self.home = dict(fixed)
        self._near: dict[str, list[str]] = {node.name: [] for node in topology.nodes}
        for link in topology.links:
            self._near[link.a.node].append(link.b.node)
            self._near[link.b.node].append(link.a.node)
        self._weight = {name: 1 + len(near) for name, near in self._near.items()}
        self._weights = [0] * parts
        for name, part in fixed.items():
            self._weights[part] += self._weight[name]
        self._mean = sum(self._weight.values()) / parts
        self._most = self._mean * _UNEVEN

    def grow(self, free: Iterable[str]) -> None:
        """Give each free node a first part: the lightest part takes what it has most cables to."""
        left = list(free)
        while left:
            part = self._weights.index(min(self._weights))

            def most_cabled(name: str, part: int = part) -> tuple[int, int, int]:
                placed = [self.home[other] for other in self._near[name] if other in self.home]
                return placed.count(part), -len(placed), -len(self._near[name])

            chosen = max(left, key=most_cabled)
            left.remove(chosen)
            self._move(chosen, part)

    def try_to(self, change: Mapping[str, int]) -> bool:
        """Move nodes, and back again unless it was for the better; whether it was."""
        before = {name: self.home[name] for name in change}
        cost = self._cost(change)
        for name, part in change.items():
            self._move(name, part)
        if self._cost(change) < cost:
            return True
        for name, part in before.items():
            self._move(name, part)
        return False

    def _move(self, name: str, part: int) -> None:
        if name in self.home:
            self._weights[self.home[name]] -= self._weight[name]
        self.home[name] = part
        self._weights[part] += self._weight[name]

    def _cost(self, names: Iterable[str]) -> tuple[float, int, float]:
        """How much too heavy a part is, links of these nodes to other parts, and how unlike the parts are."""
        crossing = sum(self.home[other] != self.home[name] for name in names for other in self._near[name])
        uneven = sum((weight - self._mean) ** 2 for weight in self._weights)
        return max(0.0, max(self._weights) - self._most), crossing, uneven
