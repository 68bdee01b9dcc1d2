"""Where the texts of links stand: near what they are of, and on nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.geometry import Curve, Point, Rect
from orchestrator.diagrams.sizes import LABEL_HEIGHT, label_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from orchestrator.diagrams.content import Connection, Text

_OFF: Final = 3.0
_FROM_END: Final = (5, 12, 20, 30, 42, 56, 72, 90, 110, 135, 165)
_FROM_MIDDLE: Final = (0.5, 0.45, 0.55, 0.4, 0.6, 0.34, 0.66, 0.28, 0.72, 0.22, 0.78)
_CELL: Final = 120

_ON_TEXT: Final = 10_000.0
_ON_WIRE: Final = 150.0


@dataclass(frozen=True, slots=True)
class Label:
    """Texts side by side in a box; `wire` is the number of the link that they are of."""

    box: Rect
    texts: tuple[Text, ...]
    wire: int


class _Taken:
    """What stands somewhere already, found by where it is."""

    def __init__(self) -> None:
        self._boxes: defaultdict[tuple[int, int], list[Rect]] = defaultdict(list)
        self._wires: defaultdict[tuple[int, int], dict[int, Curve]] = defaultdict(dict)

    def add_box(self, box: Rect) -> None:
        for cell in _cells(box):
            self._boxes[cell].append(box)

    def add_wire(self, number: int, curve: Curve) -> None:
        for a, b in pairwise(curve.points):
            for cell in _cells(Rect(min(a.x, b.x), min(a.y, b.y), max(a.x, b.x), max(a.y, b.y))):
                self._wires[cell][number] = curve

    def cost(self, box: Rect) -> float:
        """What it costs to put a label there."""
        cells = list(_cells(box))
        boxes = {id(one): one for cell in cells for one in self._boxes.get(cell, ())}
        curves = {number: one for cell in cells for number, one in self._wires.get(cell, {}).items()}
        return _ON_TEXT * sum(one.overlaps(box) for one in boxes.values()) + _ON_WIRE * sum(
            box.crossed_by(one) for one in curves.values()
        )


def _cells(box: Rect) -> Iterator[tuple[int, int]]:
    for column in range(int(box.left // _CELL), int(box.right // _CELL) + 1):
        for row in range(int(box.top // _CELL), int(box.bottom // _CELL) + 1):
            yield column, row


class _Labels:
    """Labels one after the other, each where it costs least."""

    def __init__(self, curves: Sequence[Curve], boxes: Iterable[Rect]) -> None:
        self._taken = _Taken()
        for box in boxes:
            self._taken.add_box(box.grown(1))
        for number, curve in enumerate(curves):
            self._taken.add_wire(number, curve)
        self.found: list[Label] = []
        self.free = True

    def put(self, number: int, texts: tuple[Text, ...], candidates: Iterable[tuple[float, Rect]]) -> None:
        """One more, at one of these places, each with what it costs by itself."""
        best, least = None, inf
        for own, box in candidates:
            if own < least and (cost := own + self._taken.cost(box)) < least:
                best, least = box, cost
        if best is not None:
            self.free = self.free and least < _ON_TEXT
            self._taken.add_box(best.grown(1))
            self.found.append(Label(best, texts, number))


def labels(
    connections: Sequence[Connection], curves: Sequence[Curve], boxes: Iterable[Rect]
) -> tuple[tuple[Label, ...], bool]:
    """All labels, and whether each of them stands free."""
    all_of = _Labels(curves, boxes)
    for number, (one, curve) in enumerate(zip(connections, curves, strict=True)):
        for texts, way in ((one.a.texts, curve), (one.b.texts, Curve(curve.controls[::-1]))):
            if texts:
                all_of.put(number, texts, _at_end(way, label_width(texts)))
    for number, (one, curve) in enumerate(zip(connections, curves, strict=True)):
        if one.middle:
            all_of.put(number, one.middle, _half_way(curve, label_width(one.middle)))
    return tuple(all_of.found), all_of.free


def further(
    curves: Sequence[Curve], taken: Iterable[Rect], wanted: Sequence[tuple[Curve, float]]
) -> Mapping[int, Rect]:
    """Places for more texts of a picture, each near the beginning of a way and so wide.

    Args:
        curves: of all links.
        taken: where something stands.
        wanted: the ways and widths; what is found has their numbers.
    """
    all_of = _Labels(curves, taken)
    for number, (way, width) in enumerate(wanted):
        all_of.put(number, (), _at_end(way, width))
    return {one.wire: one.box for one in all_of.found}


def _at_end(way: Curve, width: float) -> Iterator[tuple[float, Rect]]:
    """Places beside the beginning of a way, each with what it costs."""
    start = way.at(0)
    ahead = way.at(min(1.0, (width + 20) / max(way.length, 1.0)))
    level = abs(ahead.x - start.x) >= abs(ahead.y - start.y)
    for far in _FROM_END:
        if level:
            right = ahead.x >= start.x
            left = start.x + far if right else start.x - far - width
            yield from _beside(way, left, left + width, far)
        else:
            down = ahead.y >= start.y
            top = start.y + far if down else start.y - far - LABEL_HEIGHT
            yield from _next_to(way, top, width, far)


def _half_way(way: Curve, width: float) -> Iterator[tuple[float, Rect]]:
    for part in _FROM_MIDDLE:
        at, off = way.at(part), abs(part - 0.5) * way.length / 3
        before, after = way.at(part - 0.05), way.at(part + 0.05)
        if abs(after.x - before.x) >= abs(after.y - before.y):
            yield from _beside(way, at.x - width / 2, at.x + width / 2, off)
        else:
            yield from _next_to(way, at.y - LABEL_HEIGHT / 2, width, off)


def _beside(way: Curve, left: float, right: float, cost: float) -> Iterator[tuple[float, Rect]]:
    """Above and below the part of a way between two x."""
    over = [point.y for point in _part(way, left, right, lambda point: point.x)]
    if over:
        lean = max(over) - min(over)
        yield cost + lean, Rect(left, min(over) - _OFF - LABEL_HEIGHT, right, min(over) - _OFF)
        yield cost + lean + 2, Rect(left, max(over) + _OFF, right, max(over) + _OFF + LABEL_HEIGHT)


def _next_to(way: Curve, top: float, width: float, cost: float) -> Iterator[tuple[float, Rect]]:
    """Right and left of the part of a way between two y."""
    bottom = top + LABEL_HEIGHT
    over = [point.x for point in _part(way, top, bottom, lambda point: point.y)]
    if over:
        right, left = max(over) + _OFF + 1, min(over) - _OFF - 1
        yield cost, Rect(right, top, right + width, bottom)
        yield cost + 2, Rect(left - width, top, left, bottom)


def _part(way: Curve, low: float, high: float, of: Callable[[Point], float]) -> list[Point]:
    """Where a way enters, turns in and leaves what lies between two coordinates."""
    found = []
    for a, b in pairwise(way.points):
        start, end = of(a), of(b)
        inside = [one for one in (a, b) if low <= of(one) <= high]
        found += inside
        for edge in (low, high):
            if min(start, end) < edge < max(start, end):
                part = (edge - start) / (end - start)
                found.append(Point(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part))
    return found
