"""A lab's picture, laid out: every box, line and label with its place. What a format then writes down."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, Final

from orchestrator.diagrams.content import content
from orchestrator.diagrams.geometry import Point, Rect
from orchestrator.diagrams.labels import labels
from orchestrator.diagrams.placement import place
from orchestrator.diagrams.sizes import LABEL_HEIGHT, LABEL_SIZE
from orchestrator.diagrams.wires import wires

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from orchestrator.diagrams.content import Connection, Content, Domain, Figure, Layer
    from orchestrator.diagrams.geometry import Curve
    from orchestrator.diagrams.labels import Label
    from orchestrator.model.lab import Lab

_STRETCH: Final = 1.15
_MOST_STRETCHES: Final = 16
_APART: Final = 8.0
_DOMAIN_MARGIN: Final = 22.0


@dataclass(frozen=True, slots=True)
class Box:
    """A node and where it stands."""

    figure: Figure
    rect: Rect


@dataclass(frozen=True, slots=True)
class Wire:
    """A link and its course."""

    connection: Connection
    curve: Curve


@dataclass(frozen=True, slots=True)
class Region:
    """A provider's nodes, framed; `title` is where its name stands."""

    domain: Domain
    rect: Rect
    title: Rect


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything with its place; `regions` lacks a provider that has no place of its own."""

    content: Content
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    labels: tuple[Label, ...]
    regions: tuple[Region, ...]

    @property
    def bounds(self) -> Rect:
        """What covers all of it."""
        return Rect.covering(
            [
                *(one.rect for one in self.boxes),
                *(one.box for one in self.labels),
                *(one.rect for one in self.regions),
                *(Rect.around(point, 0, 0) for one in self.wires for point in one.curve.points),
            ]
        )


def picture(lab: Lab, layers: Collection[Layer], positions: Mapping[str, Point] | None = None) -> Picture:
    """The picture of a lab with some layers, at the positions that somebody gave its nodes, else at ours.

    Positions are drawn apart until boxes and labels have room: where they stand to each other stays.
    """
    shown = content(lab).only(layers)
    own = place(shown)
    at, passing = own.centres, own.passing
    if positions is not None:
        at, passing = _apart(positions, own.sizes), {}
    for _ in range(_MOST_STRETCHES):
        boxes = {name: Rect.around(point, *own.sizes[name]) for name, point in at.items()}
        curves = wires(shown.connections, boxes, passing)
        texts, free = labels(shown.connections, curves, boxes.values())
        if free:
            break
        at = {name: Point(point.x * _STRETCH, point.y * _STRETCH) for name, point in at.items()}
        passing = {}
    return Picture(
        shown,
        tuple(Box(figure, boxes[figure.name]) for figure in shown.figures),
        tuple(Wire(one, curve) for one, curve in zip(shown.connections, curves, strict=True)),
        texts,
        tuple(_regions(shown, boxes, texts)),
    )


def _apart(positions: Mapping[str, Point], sizes: Mapping[str, tuple[float, float]]) -> Mapping[str, Point]:
    """The positions drawn apart by one factor, so that no two boxes overlap."""
    factor = 1.0
    for (name, (x, y)), (other, (far_x, far_y)) in combinations(positions.items(), 2):
        wide, high = ((a + b) / 2 + _APART for a, b in zip(sizes[name], sizes[other], strict=True))
        across, down = abs(x - far_x), abs(y - far_y)
        factor = max(factor, min(wide / across if across else inf, high / down if down else inf))
    return {name: Point(x * factor, y * factor) for name, (x, y) in positions.items()}


def _regions(shown: Content, boxes: Mapping[str, Rect], texts: Iterable[Label]) -> Iterable[Region]:
    """A frame around each provider's nodes, if no other node stands in it."""
    found = []
    for domain in shown.domains:
        rect = Rect.covering(boxes[name] for name in domain.nodes).grown(_DOMAIN_MARGIN)
        rect = Rect(rect.left, rect.top - LABEL_HEIGHT, rect.right, rect.bottom)
        strangers = [box for name, box in boxes.items() if name not in domain.nodes]
        if not any(rect.overlaps(box) for box in strangers):
            found.append((domain, rect))
    taken = [*boxes.values(), *(one.box for one in texts)]
    for domain, rect in found:
        if not any(rect.overlaps(other) for one, other in found if one is not domain):
            width = len(domain.title) * LABEL_SIZE * 0.7
            title = Rect(rect.left + 8, rect.top + 5, rect.left + 8 + width, rect.top + 5 + LABEL_HEIGHT)
            for shift in (0, (rect.width - width) / 2 - 8, rect.width - width - 16):
                moved = Rect(title.left + shift, title.top, title.right + shift, title.bottom)
                if not any(moved.overlaps(one) for one in taken):
                    title = moved
                    break
            yield Region(domain, rect, title)
