"""In which order the nodes of a column stand, so that few links cross (Sugiyama's method).

A link that passes columns by has a place of its own in each of them, so that no box stands in its way.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

_SWEEPS: Final = 24
_PASSES: Final = 20
_MOST_ROWS: Final = 12

Place: TypeAlias = "str | tuple[str, str, int]"
"""A node by its name, or where a link from one node to another passes a column by."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns of places from left to right, each from top to bottom.

    Attributes:
        beside: of each place, those in the columns next to its own that it is linked with.
        within: of each place, those in its own column.
        number: the column of each place.
    """

    columns: Sequence[Sequence[Place]]
    number: Mapping[Place, int]
    beside: Mapping[Place, Sequence[Place]]
    within: Mapping[Place, Sequence[Place]]


def ordered(column: Mapping[str, int], links: Iterable[tuple[str, str]], blocks: Mapping[str, int]) -> Grid:
    """The places of each column in an order with few crossings.

    Args:
        column: of each node.
        links: of two nodes.
        blocks: nodes that have one stand together, in the order of the numbers: those of a provider.
    """
    order: list[list[Place]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for name, number in column.items():
        order[number].append(name)
    beside: defaultdict[Place, list[Place]] = defaultdict(list)
    within: defaultdict[Place, list[Place]] = defaultdict(list)
    for a, b in dict.fromkeys(tuple(sorted(one, key=lambda node: column[node])) for one in links):
        way: list[Place] = [a, *((a, b, at) for at in range(column[a] + 1, column[b])), b]
        for at, place in enumerate(way[1:-1], start=column[a] + 1):
            order[at].append(place)
        for here, there in pairwise(way):
            kind = within if column[a] == column[b] else beside
            kind[here].append(there)
            kind[there].append(here)
    grid = Grid(order, {place: at for at, places in enumerate(order) for place in places}, beside, within)
    swept = replace(grid, columns=_swept(grid, blocks))
    return replace(grid, columns=_transposed(swept, blocks))


def _swept(grid: Grid, blocks: Mapping[str, int]) -> list[list[Place]]:
    """The best order of some sweeps, there and back, that bring each place to the mean of its neighbours."""
    order = [list(one) for one in grid.columns]
    best, least = [list(one) for one in order], _badness(grid, order)
    for sweep in range(_SWEEPS):
        numbers = range(len(order)) if sweep % 2 == 0 else range(len(order) - 1, -1, -1)
        for number in numbers:
            at = {
                place: (position + 0.5) / len(column)
                for column in order
                for position, place in enumerate(column)
            }
            order[number] = _by_mean(
                grid, order[number], at, blocks, number - 1 if sweep % 2 == 0 else number + 1
            )
        if (now := _badness(grid, order)) < least:
            best, least = [list(one) for one in order], now
    return best


def _block(place: Place, blocks: Mapping[str, int]) -> int:
    return blocks.get(place, -1) if isinstance(place, str) else -1


def _by_mean(
    grid: Grid, column: Sequence[Place], at: Mapping[Place, float], blocks: Mapping[str, int], before: int
) -> list[Place]:
    """The places of a column by the mean of their neighbours in the one before; without any, as they are."""

    def mean(place: Place) -> float:
        near = [one for one in grid.beside.get(place, ()) if grid.number[one] == before]
        near = near or list(grid.within.get(place, ()))
        return sum(at[one] for one in near) / len(near) if near else at[place]

    return sorted(column, key=lambda place: (_block(place, blocks), mean(place)))


def _badness(grid: Grid, order: Sequence[Sequence[Place]]) -> float:
    """Crossings between columns, and how far apart stand those that are linked within one."""
    at = {place: position for column in order for position, place in enumerate(column)}
    crossings = 0
    for number, column in enumerate(order[:-1]):
        seen: list[int] = []
        for place in column:
            ends = sorted(at[one] for one in grid.beside.get(place, ()) if grid.number[one] == number + 1)
            crossings += sum(len(seen) - _upto(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    spans = sum(abs(at[a] - at[b]) - 1 for a, others in grid.within.items() for b in others) / 2
    return crossings + spans


def _upto(seen: Sequence[int], end: int) -> int:
    return bisect_left(seen, end + 1)


def _transposed(grid: Grid, blocks: Mapping[str, int]) -> list[list[Place]]:
    """Places next to each other swapped, for as long as it helps."""
    order = [list(one) for one in grid.columns]
    at = {place: position for column in order for position, place in enumerate(column)}
    for _ in range(_PASSES):
        better = False
        for column in order:
            for upper in range(len(column) - 1):
                a, b = column[upper], column[upper + 1]
                if _block(a, blocks) == _block(b, blocks) and _gain(grid, at, a, b) > 0:
                    column[upper], column[upper + 1] = b, a
                    at[a], at[b] = upper + 1, upper
                    better = True
        if not better:
            break
    return order


def _gain(grid: Grid, at: Mapping[Place, int], a: Place, b: Place) -> float:
    """By how much it gets better when `b` comes before `a`."""
    crossings = sum(
        (at[mine] > at[yours]) - (at[mine] < at[yours])
        for mine in grid.beside.get(a, ())
        for yours in grid.beside.get(b, ())
        if grid.number[mine] == grid.number[yours]
    )
    swapped = {a: at[b], b: at[a]}

    def spans(now: Mapping[Place, int]) -> int:
        return sum(
            abs(now.get(one, at[one]) - now.get(other, at[other]))
            for one in (a, b)
            for other in grid.within.get(one, ())
        )

    return crossings + spans({}) - spans(swapped)


def two_deep(grid: Grid, movable: Collection[str]) -> Grid:
    """Of long outer columns every second place further outside: a picture half as high.

    Args:
        grid: the columns.
        movable: nodes with one neighbour, which can stand further from it.
    """
    columns = [list(one) for one in grid.columns]
    beside = dict(grid.beside)
    if len(columns[-1]) > _MOST_ROWS:
        inner, outer = _split(columns[-1], beside, movable)
        columns[-1:] = [inner, outer] if outer else [inner]
    if len(columns[0]) > _MOST_ROWS:
        inner, outer = _split(columns[0], beside, movable)
        columns[:1] = [outer, inner] if outer else [inner]
    number = {place: at for at, places in enumerate(columns) for place in places}
    return Grid(columns, number, beside, grid.within)


def _split(
    column: Sequence[Place], beside: dict[Place, Sequence[Place]], movable: Collection[str]
) -> tuple[list[Place], list[Place]]:
    """A column with every second place of the same neighbour passed by, and what has moved."""
    inner: list[Place] = []
    outer: list[Place] = []
    last: Place | None = None  # the neighbour of the one before, if that one stays
    for place in column:
        near = beside[place][0] if place in movable else None
        if near is None or near != last:
            inner.append(place)
            last = near
            continue
        passing: Place = (str(near), str(place), 0)
        beside |= {
            place: [passing],
            passing: [near, place],
            near: [passing if one == place else one for one in beside[near]],
        }
        inner.append(passing)
        outer.append(place)
        last = None
    return inner, outer
