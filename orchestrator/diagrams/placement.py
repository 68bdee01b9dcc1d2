"""Where each node stands: the centre of its box, in columns from the customers to the core and out again.

Our own, not a library's: Graphviz is a program that people would have to install, elkjs needs Node, and
grandalf and networkx know neither roles nor room for what stands on links.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.columns import columns, neighbours
from orchestrator.diagrams.geometry import Point
from orchestrator.diagrams.ordering import ordered, two_deep
from orchestrator.diagrams.sizes import LABEL_HEIGHT, figure_size, label_width
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.diagrams.content import Connection, Content
    from orchestrator.diagrams.ordering import Grid, Place

_ROW_GAP: Final = 28.0
_PASSING_GAP: Final = 16.0
_COLUMN_GAP: Final = 90.0
_PROVIDER_GAP: Final = 84.0
"""Between nodes of two providers: room for the frames of both."""

_PORT_PITCH: Final = 20.0
_FAN: Final = 2
"""A PE with more CEs than this is as high as they are: its links lie level, with room for their texts."""

_SPREAD: Final = 0.6
"""The core takes at least this much of the height."""

_ROUNDS: Final = 40
_STEP: Final = 4
"""Centres stand on multiples of this, so that what is nearly level is level."""


def sizes(content: Content, column: Mapping[str, int]) -> Mapping[str, tuple[float, float]]:
    """Width and height of each node's box; boxes of a column are equally wide."""
    ports: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
    for one in content.connections:
        for here, there in ((one.a.node, one.b.node), (one.b.node, one.a.node)):
            if column[here] != column[there]:
                ports[here, column[there] > column[here]].append(there)
    size = {figure.name: figure_size(figure) for figure in content.figures}
    roles = {figure.name: figure.role for figure in content.figures}
    widest: defaultdict[int, float] = defaultdict(float)
    for name, (width, _) in size.items():
        widest[column[name]] = max(widest[column[name]], width)

    def height(name: str) -> float:
        needed = [size[name][1]]
        for side in (False, True):
            far = ports[name, side]
            needed.append(len(far) * _PORT_PITCH + 4)
            rows = dict.fromkeys(one for one in far if roles[one] is Role.CE)
            if roles[name] is Role.PE and len(rows) > _FAN:
                needed.append(_rows_height([(column[one], size[one][1]) for one in rows]))
        return max(needed)

    return {name: (widest[column[name]], height(name)) for name in size}


def _rows_height(rows: Sequence[tuple[int, float]]) -> float:
    """Of the CEs of a PE, each with its column: those of one column, and the links that pass between them."""
    inner = next(column for column, _ in rows)
    found = 0.0
    for column, height in rows:
        found += height + _ROW_GAP if column == inner else _PASSING_GAP
    return found - _ROW_GAP


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything stands.

    Attributes:
        centres: of the nodes.
        sizes: width and height of their boxes.
        passing: of links that pass columns by, by their ends: the gaps that are kept for them there, each by
            the middles of its left and right edge.
        grid: the columns, from left to right.
        levels: the y of each place in them.
    """

    centres: Mapping[str, Point]
    sizes: Mapping[str, tuple[float, float]]
    passing: Mapping[frozenset[str], Sequence[tuple[Point, Point]]]
    grid: Grid
    levels: Mapping[Place, float]


def place(content: Content) -> Placement:
    """Where the nodes stand, and how links pass between them."""
    found = columns(content)
    number = {name: at for at, domain in enumerate(content.domains) for name in domain.nodes}
    near = neighbours(content)
    alone = [one.name for one in content.figures if one.role is Role.CE and len(near[one.name]) == 1]
    links = [(one.a.node, one.b.node) for one in content.connections]
    grid = two_deep(ordered(found, links, number), alone)
    column = {name: grid.number[name] for name in found}
    size = sizes(content, column)
    down = _Down(content, grid, {name: height for name, (_, height) in size.items()}).solved()
    wide, across = _across(content, grid, {name: width for name, (width, _) in size.items()})
    passing: defaultdict[frozenset[str], list[tuple[Point, Point]]] = defaultdict(list)
    for at, places in enumerate(grid.columns):
        for one in places:
            if not isinstance(one, str):
                left, right = (across[at] + side * wide[at] / 2 for side in (-1, 1))
                passing[frozenset(one[:2])].append((Point(left, down[one]), Point(right, down[one])))
    return Placement(
        {name: Point(across[column[name]], down[name]) for name in column}, size, passing, grid, down
    )


def _linked_gap(content: Content) -> float:
    """Between two linked nodes of a column: room for what stands on the link."""
    lines = max(
        (bool(one.a.texts) + bool(one.b.texts) + bool(one.middle) for one in content.connections), default=0
    )
    return lines * (LABEL_HEIGHT + 4) + 28


def _across(
    content: Content, grid: Grid, width: Mapping[str, float]
) -> tuple[Sequence[float], Sequence[float]]:
    """Width and x of each column: between two there is room for what stands on the links."""
    widest = [max(width[one] for one in column if isinstance(one, str)) for column in grid.columns]
    gaps = [_COLUMN_GAP] * (len(widest) - 1)
    for one in content.connections:
        left, right = sorted((grid.number[one.a.node], grid.number[one.b.node]))
        if right == left + 1:
            gaps[left] = max(gaps[left], _room(one))
    found = [0.0]
    for number, gap in enumerate(gaps):
        found.append(found[-1] + widest[number] / 2 + gap + widest[number + 1] / 2)
    return widest, found


def _room(one: Connection) -> float:
    middle = label_width(one.middle)
    return label_width(one.a.texts) + label_width(one.b.texts) + middle + 44


class _Down:
    """The y of each node: as level with its neighbours as the others in its column let it be."""

    def __init__(self, content: Content, grid: Grid, height: Mapping[str, float]) -> None:
        self._grid = grid
        self._tall = {place: height[place] if isinstance(place, str) else 0.0 for place in grid.number}
        self._roles = {figure.name: figure.role for figure in content.figures}
        self._provider = {name: number for number, one in enumerate(content.domains) for name in one.nodes}
        self._linked_gap = _linked_gap(content)
        self._highest = max(
            (sum(self._tall[one] + _ROW_GAP for one in each) for each in grid.columns), default=0
        )

    def solved(self) -> Mapping[Place, float]:
        """Columns take turns, there and back."""
        steps = [self._steps(column) for column in self._grid.columns]
        y: dict[Place, float] = {}
        for column, step in zip(self._grid.columns, steps, strict=True):
            at = -sum(step) / 2
            for one, more in zip(column, step, strict=True):
                y[one] = at = at + more
        for turn in range(_ROUNDS):
            numbers = range(len(steps))
            settling = turn >= _ROUNDS // 2
            for number in numbers if turn % 2 == 0 else reversed(numbers):
                column = self._grid.columns[number]
                levels = [self._level(one, y, settling=settling) for one in column]
                y |= zip(column, spread(levels, steps[number]), strict=True)
        return {one: round(at / _STEP) * _STEP for one, at in y.items()}

    def _steps(self, column: Sequence[Place]) -> list[float]:
        """From the middle of each place to that of the next."""
        core = [one for one in column if self._role(one) in (Role.P, Role.RR)]
        share = _SPREAD * self._highest / (len(core) or 1)
        return [
            0.0,
            *(max(self._apart(a, b), share if a in core and b in core else 0.0) for a, b in pairwise(column)),
        ]

    def _apart(self, upper: Place, lower: Place) -> float:
        nodes = isinstance(upper, str) and isinstance(lower, str)
        gap = _ROW_GAP if nodes else _PASSING_GAP
        if lower in self._grid.within.get(upper, ()):
            gap = self._linked_gap
        if nodes and self._provider.get(str(upper)) != self._provider.get(str(lower)):
            gap = max(gap, _PROVIDER_GAP)
        return (self._tall[upper] + self._tall[lower]) / 2 + gap

    def _role(self, one: Place) -> Role | None:
        return self._roles[one] if isinstance(one, str) else None

    def _outside(self, one: Place) -> bool:
        ends = (one,) if isinstance(one, str) else one[:2]
        return any(self._roles[name] is Role.CE for name in ends)

    def _level(self, one: Place, y: Mapping[Place, float], *, settling: bool) -> float:
        """Where a place is wanted: level with its neighbours, at last a PE with its customers alone."""
        near = self._grid.beside.get(one, ())
        if settling and self._role(one) is Role.PE:
            near = [other for other in near if self._outside(other)] or near
        return sum(y[other] for other in near) / len(near) if near else y[one]


def spread(wanted: Sequence[float], step: Sequence[float]) -> list[float]:
    """Places in this order, each at least its step below the one before, as near to where wanted as can be.

    Pool adjacent violators: what would overlap moves as one, to the mean of what its members want.
    """
    shift, total = [], 0.0
    for more in step:
        total += more
        shift.append(total)
    pools: list[tuple[float, int]] = []
    for want, moved in zip(wanted, shift, strict=True):
        pools.append((want - moved, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (above, many), (below, few) = pools[-2], pools[-1]
            pools[-2:] = [((above * many + below * few) / (many + few), many + few)]
    flat = [mean for mean, count in pools for _ in range(count)]
    return [mean + moved for mean, moved in zip(flat, shift, strict=True)]
