"""Points, boxes and curves in a plane whose y grows downwards, and what lies on what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_SAMPLES: Final = 20
_TOUCH: Final = 1e-9


class Point(NamedTuple):
    """A place on the picture, in units of about a pixel."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, centre: Point, width: float, height: float) -> Rect:
        """The rectangle of this size about a centre."""
        return cls(centre.x - width / 2, centre.y - height / 2, centre.x + width / 2, centre.y + height / 2)

    @classmethod
    def covering(cls, all_of: Iterable[Rect]) -> Rect:
        """The smallest rectangle that covers all of these."""
        rects = list(all_of)
        return cls(
            min(one.left for one in rects),
            min(one.top for one in rects),
            max(one.right for one in rects),
            max(one.bottom for one in rects),
        )

    @property
    def centre(self) -> Point:
        """Its middle."""
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def grown(self, by: float) -> Rect:
        """With a margin on each side."""
        return Rect(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def overlaps(self, other: Rect) -> bool:
        """Whether they share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def crossed_by(self, curve: Curve) -> bool:
        """Whether a curve comes into it."""
        return self.overlaps(curve.bounds) and any(_clipped(self, a, b) for a, b in pairwise(curve.points))


def _clipped(rect: Rect, a: Point, b: Point) -> bool:
    """Whether a segment has a part inside a rectangle (Liang and Barsky)."""
    start, end = 0.0, 1.0
    for origin, delta, low, high in (
        (a.x, b.x - a.x, rect.left, rect.right),
        (a.y, b.y - a.y, rect.top, rect.bottom),
    ):
        if abs(delta) < _TOUCH:
            if not low < origin < high:
                return False
            continue
        near, far = sorted(((low - origin) / delta, (high - origin) / delta))
        start, end = max(start, near), min(end, far)
    return end - start > _TOUCH


@dataclass(frozen=True)
class Curve:
    """A line (two points), or cubic curves end to end (start, two controls, end, two controls, end …).

    `points` follow it closely.
    """

    controls: tuple[Point, ...]

    @property
    def straight(self) -> bool:
        """Whether it is a line."""
        return len(self.controls) == len(("start", "end"))

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Points along it."""
        if self.straight:
            return self.controls
        steps = (len(self.controls) - 1) // 3 * _SAMPLES
        return tuple(self.at(step / steps) for step in range(steps + 1))

    @cached_property
    def bounds(self) -> Rect:
        """What covers it, and a little more: it has some width."""
        xs, ys = zip(*self.points, strict=True)
        return Rect(min(xs), min(ys), max(xs), max(ys)).grown(1)

    def at(self, part: float) -> Point:
        """The point after a part of it, 0 to 1."""
        if self.straight:
            (ax, ay), (bx, by) = self.controls
            return Point(ax * (1 - part) + bx * part, ay * (1 - part) + by * part)
        pieces = (len(self.controls) - 1) // 3
        piece = min(int(part * pieces), pieces - 1)
        part = part * pieces - piece
        rest = 1 - part
        weights = (rest * rest * rest, 3 * rest * rest * part, 3 * rest * part * part, part * part * part)
        controls = self.controls[3 * piece : 3 * piece + 4]
        return Point(
            sum(w * one.x for w, one in zip(weights, controls, strict=True)),
            sum(w * one.y for w, one in zip(weights, controls, strict=True)),
        )

    @property
    def length(self) -> float:
        """How long it is, nearly."""
        return sum(hypot(a.x - b.x, a.y - b.y) for a, b in pairwise(self.points))

    def crosses(self, other: Curve) -> bool:
        """Whether two curves cross, other than where they begin or end."""
        return self.bounds.overlaps(other.bounds) and any(
            _cross(a, b, c, d) for a, b in pairwise(self.points) for c, d in pairwise(other.points)
        )


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def turn(p: Point, q: Point, r: Point) -> float:
        return (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)

    return turn(a, b, c) * turn(a, b, d) < -_TOUCH and turn(c, d, a) * turn(c, d, b) < -_TOUCH
