"""The course of each link: a line where nothing stands in its way, else a curve around what does."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.geometry import Curve, Point, Rect
from orchestrator.diagrams.placement import spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.diagrams.content import Connection

_FACING: Final = 24.0
"""Boxes so far apart from left to right are linked from side to side."""

_SLIGHT: Final = (-24.0, 24.0, -44.0, 44.0)
_DEPTHS: Final = (64.0, 100.0, 160.0, 240.0, 340.0)
_PARTS: Final = (0.25, 0.4, 0.6, 0.9)
"""Of how far the boxes are apart: long ways around need deep curves."""

_PITCH: Final = 20.0
_CORNER: Final = 21.0
"""No port but those that have no other room is nearer to the end of a side."""

_CLEARANCE: Final = 5.0
_ROUNDS: Final = 12


class Side(Enum):
    """A side of a box, and the way out of it."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    TOP = (0, -1)
    BOTTOM = (0, 1)

    @property
    def upright(self) -> bool:
        """Whether ports are spread along it from top to bottom."""
        return self in (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class Route:
    """By which sides a link leaves its boxes, how much it bulges (0: a line), or what it goes through."""

    a: Side
    b: Side
    bulge: float = 0.0
    through: tuple[Point, ...] = ()

    def curve(self, a: Point, b: Point) -> Curve:
        """The course from one port to another."""
        if self.through:
            return Curve(tuple(_smooth((a, *self.through, b))))
        if not self.bulge:
            return Curve((a, b))
        if self.a is self.b:
            (x, y), far = self.a.value, self.bulge
            if x:
                outer = max(a.x * x, b.x * x) + far
                return Curve((a, Point(outer * x, a.y), Point(outer * x, b.y), b))
            outer = max(a.y * y, b.y * y) + far
            return Curve((a, Point(a.x, outer * y), Point(b.x, outer * y), b))
        if self.a.upright:
            third = (b.x - a.x) / 4
            return Curve((a, Point(a.x + third, a.y + self.bulge), Point(b.x - third, b.y + self.bulge), b))
        third = (b.y - a.y) / 4
        return Curve((a, Point(a.x + self.bulge, a.y + third), Point(b.x + self.bulge, b.y - third), b))


def wires(
    connections: Sequence[Connection],
    boxes: Mapping[str, Rect],
    passing: Mapping[frozenset[str], Sequence[tuple[Point, Point]]],
) -> tuple[Curve, ...]:
    """The course of each link, from the edge of one box to that of another.

    Args:
        connections: the links.
        boxes: of the nodes.
        passing: of links by their ends: the gaps that are kept for them, from left to right.
    """
    obstacles = {name: box.grown(_CLEARANCE) for name, box in boxes.items()}
    ways = [
        list(
            _routes(
                boxes[one.a.node], boxes[one.b.node], passing.get(frozenset((one.a.node, one.b.node)), ())
            )
        )
        for one in connections
    ]

    def met(one: Connection, curve: Curve) -> int:
        """How many other boxes a link meets, and whether it comes back into its own."""
        others = sum(
            box.crossed_by(curve) for name, box in obstacles.items() if name not in (one.a.node, one.b.node)
        )
        return others + sum(boxes[end.node].grown(-1).crossed_by(curve) for end in (one.a, one.b))

    def first(one: Connection, routes: Sequence[Route]) -> Route:
        """The first that meets nothing; else that which meets the least."""
        best, least = routes[0], len(boxes) + 1
        for route in routes:
            ends = (_middle(boxes[end.node], side) for end, side in ((one.a, route.a), (one.b, route.b)))
            if (now := met(one, route.curve(*ends))) < least:
                best, least = route, now
            if not least:
                break
        return best

    chosen = [first(one, routes) for one, routes in zip(connections, ways, strict=True)]
    for _ in range(_ROUNDS):
        ports = _ports(connections, chosen, boxes)
        curves = [
            route.curve(ports[number, one.a.node, 0], ports[number, one.b.node, 1])
            for number, (one, route) in enumerate(zip(connections, chosen, strict=True))
        ]
        # Where the ports came to lie may lead a link through a box: then it goes another way.
        wrong = [number for number, curve in enumerate(curves) if met(connections[number], curve)]
        for number in wrong:
            ways[number].remove(chosen[number])
            if ways[number]:
                chosen[number] = first(connections[number], ways[number])
            else:
                ways[number].append(chosen[number])
        if not wrong:
            break
    return tuple(curves)


def _routes(a: Rect, b: Rect, gaps: Sequence[tuple[Point, Point]]) -> Iterator[Route]:
    """Ways from one box to another, the plainest first."""
    if a.right + _FACING <= b.left:
        plain = Route(Side.RIGHT, Side.LEFT)
    elif b.right + _FACING <= a.left:
        plain = Route(Side.LEFT, Side.RIGHT)
    elif a.centre.y <= b.centre.y:
        plain = Route(Side.BOTTOM, Side.TOP)
    else:
        plain = Route(Side.TOP, Side.BOTTOM)
    yield plain
    away = abs(a.centre.x - b.centre.x) + abs(a.centre.y - b.centre.y)
    depths = sorted((*_DEPTHS, *(part * away for part in _PARTS)))
    if not plain.a.upright:
        yield from (Route(side, side, depth) for depth in depths for side in (Side.RIGHT, Side.LEFT))
        return
    yield from (Route(plain.a, plain.b, bulge) for bulge in _SLIGHT)
    if gaps:
        through = [point for gap in gaps for point in gap]
        yield Route(plain.a, plain.b, through=tuple(through if plain.a is Side.RIGHT else through[::-1]))
    for depth in depths:
        yield from (Route(plain.a, plain.b, bulge) for bulge in (-depth, depth))
        yield from (Route(side, side, depth) for side in (Side.TOP, Side.BOTTOM))


def _smooth(points: Sequence[Point]) -> Iterator[Point]:
    """A curve through points, level at each of them."""
    yield points[0]
    for a, b in pairwise(points):
        half = (a.x + b.x) / 2
        yield from (Point(half, a.y), Point(half, b.y), b)


def _middle(box: Rect, side: Side) -> Point:
    x, y = side.value
    return Point(box.centre.x + x * box.width / 2, box.centre.y + y * box.height / 2)


def _ports(
    connections: Sequence[Connection], routes: Sequence[Route], boxes: Mapping[str, Rect]
) -> Mapping[tuple[int, str, int], Point]:
    """Where each link meets its boxes: spread over the side, in the order of the far ends."""
    sides: defaultdict[tuple[str, Side], list[tuple[float, int, int, float]]] = defaultdict(list)
    for number, (one, route) in enumerate(zip(connections, routes, strict=True)):
        for end, (here, there, side) in enumerate(
            ((one.a.node, one.b.node, route.a), (one.b.node, one.a.node, route.b))
        ):
            far, near = boxes[there].centre, boxes[here].centre
            at = _slope(near, far) if side.upright else far.x
            wanted = _level(boxes[here], boxes[there]) if side.upright else far.x
            sides[here, side].append((at, number, end, wanted))
    found: dict[tuple[int, str, int], Point] = {}
    for (name, side), ends in sides.items():
        box = boxes[name]
        room = box.height if side.upright else box.width
        middle = box.centre.y if side.upright else box.centre.x
        pitch = min(_PITCH, (room - 8) / len(ends))
        free = max(0.0, room / 2 - _CORNER)
        last = len(ends) - 1
        ends.sort()
        levels = []
        for place, (*_, wanted) in enumerate(ends):
            level = middle + min(free, max(-free, wanted - middle))
            low, high = place * pitch - room / 2 + 4, room / 2 - 4 - (last - place) * pitch
            levels.append(min(middle + high, max(middle + low, level)))
        for (_, number, end, _), at in zip(ends, spread(levels, [0.0, *[pitch] * last]), strict=True):
            x, y = _middle(box, side)
            found[number, name, end] = Point(x, at) if side.upright else Point(at, y)
    return found


def _level(here: Rect, there: Rect) -> float:
    """A y at which the link would lie level, at the middle of the lower box; else the far box's middle."""
    small, large = sorted((here, there), key=lambda box: box.height)
    reach = max(0.0, large.height / 2 - _CORNER)
    return small.centre.y if abs(small.centre.y - large.centre.y) <= reach else there.centre.y


def _slope(near: Point, far: Point) -> float:
    """How steeply it goes down to the far end: links of a side in this order do not cross near the box."""
    return (far.y - near.y) / max(abs(far.x - near.x), 1.0)
