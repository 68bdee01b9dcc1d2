"""A small map in letters, for a terminal: only of labs whose links can be distinguished in it.

Links of a gap between two columns are drawn as one only where all nodes on its left are linked with all on
its right; a lab that would need more, a crossing or more room has no map.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.content import LinkKind, content
from orchestrator.diagrams.placement import place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.diagrams.content import Content
    from orchestrator.diagrams.ordering import Grid, Place
    from orchestrator.model.lab import Lab

_ROW: Final = 34.0
"""So much of the picture is a line of text: half of what is between two nodes."""

_MOST_ROWS: Final = 24
_MOST_BUNDLES: Final = 5
_TRACK: Final = 2

_NORTH, _EAST, _SOUTH, _WEST = 1, 2, 4, 8
_LETTERS: Final = " │─└││┌├─┘─┴┐┤┬┼"
"""By the directions that a line leaves a place in."""


@dataclass(slots=True)
class _Canvas:
    """Letters and lines by row and column."""

    lines: defaultdict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    letters: dict[tuple[int, int], str] = field(default_factory=dict)

    def write(self, row: int, column: int, text: str) -> None:
        self.letters |= {(row, column + at): letter for at, letter in enumerate(text)}

    def across(self, row: int, start: int, end: int) -> None:
        for column in range(start, end + 1):
            self.lines[row, column] |= _EAST * (column < end) | _WEST * (column > start)

    def down(self, column: int, start: int, end: int) -> None:
        for row in range(start, end + 1):
            self.lines[row, column] |= _SOUTH * (row < end) | _NORTH * (row > start)

    def __str__(self) -> str:
        cells = {cell: _LETTERS[mask] for cell, mask in self.lines.items()} | self.letters
        last = max(row for row, _ in cells)
        rows = [
            "".join(cells.get((row, column), " ") for column in range(1 + max(column for _, column in cells)))
            for row in range(last + 1)
        ]
        return "\n".join(row.rstrip() for row in rows)


def text_map(lab: Lab, width: int = 80) -> str | None:
    """The map of a lab, at most so wide; None where it would not be true, or has no room."""
    placed = place(_cables(content(lab).bare()))
    first = min(placed.levels.values())
    row = {one: round((level - first) / _ROW) for one, level in placed.levels.items()}
    grid = placed.grid
    if max(row.values()) >= _MOST_ROWS or any(_crowded(column, grid, row) for column in grid.columns):
        return None
    wide = [max(len(one) for one in column if isinstance(one, str)) for column in grid.columns]
    canvas, at = _Canvas(), 0
    for number, column in enumerate(grid.columns):
        gap = _linked(canvas, at, wide[number], number, grid, row)
        if gap is None:
            return None
        _write(canvas, at, column, grid, row)
        at += wide[number] + gap
    return str(canvas) if at <= width else None


def _cables(shown: Content) -> Content:
    """What is cabled."""
    return replace(
        shown, connections=tuple(one for one in shown.connections if one.kind is not LinkKind.SHAM)
    )


def _crowded(column: Sequence[Place], grid: Grid, row: Mapping[Place, int]) -> bool:
    """Whether two nodes have one line, or a link within the column no room, or something in its way."""
    for upper, lower in pairwise(column):
        linked = lower in grid.within.get(upper, ())
        if row[lower] - row[upper] < 1 + linked:
            return True
    beside = {frozenset(one) for one in pairwise(column)}
    return any({one, other} not in beside for one in column for other in grid.within.get(one, ()))


def _write(canvas: _Canvas, at: int, column: Sequence[Place], grid: Grid, row: Mapping[Place, int]) -> None:
    """The names of a column, and the links between them."""
    for one in column:
        if isinstance(one, str):
            canvas.write(row[one], at, one)
    for upper, lower in pairwise(column):
        if lower in grid.within.get(upper, ()):
            canvas.down(at + 1, row[upper] + 1, row[lower] - 1)
            for end in (row[upper] + 1, row[lower] - 1):
                canvas.lines[end, at + 1] |= _NORTH | _SOUTH


def _linked(  # noqa: PLR0913, PLR0917 -- where on the canvas, and what is there
    canvas: _Canvas, at: int, wide: int, number: int, grid: Grid, row: Mapping[Place, int]
) -> int | None:
    """Draw the links from a column to the next; how far that one is; None where they look alike."""
    bundles = _bundles(grid, number)
    if len(bundles) > _MOST_BUNDLES:
        return None
    for tracks in _arrangements(bundles, row):
        gap = _TRACK * (max(tracks, default=0) + 1) + 4 if number + 1 < len(grid.columns) else 0
        taken: dict[tuple[int, int], int] = {}
        found: list[_Canvas] = []
        for bundle, ((left, right), track) in enumerate(zip(bundles, tracks, strict=True)):
            drawn = _Canvas()
            trunk = at + wide + 2 + _TRACK * track
            for one in left:
                start = at + len(one) + 1 if isinstance(one, str) else at
                drawn.across(row[one], start, trunk)
            for one in right:
                drawn.across(row[one], trunk, at + wide + gap - (2 if isinstance(one, str) else 1))
            rows = [row[one] for one in (*left, *right)]
            drawn.down(trunk, min(rows), max(rows))
            if any(taken.setdefault(cell, bundle) != bundle for cell in drawn.lines):
                break
            found.append(drawn)
        else:
            for drawn in found:
                for cell, mask in drawn.lines.items():
                    canvas.lines[cell] |= mask
            return gap
    return None


def _bundles(grid: Grid, number: int) -> list[tuple[list[Place], list[Place]]]:
    """What is linked across a gap: the left ones that are linked with the same right ones, and those."""
    found: defaultdict[frozenset[Place], list[Place]] = defaultdict(list)
    for one in grid.columns[number]:
        if others := frozenset(
            other for other in grid.beside.get(one, ()) if grid.number[other] == number + 1
        ):
            found[others].append(one)
    order = grid.columns[number + 1] if number + 1 < len(grid.columns) else ()
    return [(left, [one for one in order if one in others]) for others, left in found.items()]


def _arrangements(
    bundles: Sequence[tuple[Sequence[Place], Sequence[Place]]], row: Mapping[Place, int]
) -> Iterator[tuple[int, ...]]:
    """On which track each bundle may run: all on one, else each that is not level on one of its own."""
    yield (0,) * len(bundles)
    bent = [at for at, (left, right) in enumerate(bundles) if len({row[one] for one in (*left, *right)}) > 1]
    for order in permutations(range(len(bent))):
        tracks = dict(zip(bent, order, strict=True))
        yield tuple(tracks.get(at, 0) for at in range(len(bundles)))
