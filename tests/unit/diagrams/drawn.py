"""A picture as a reader of its SVG sees it: boxes, texts and lines with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from orchestrator.diagrams.geometry import Curve, Point, Rect

if TYPE_CHECKING:
    from collections.abc import Iterator

_SVG: Final = "{http://www.w3.org/2000/svg}"
_MONO: Final = 10.5 * 0.602
"""Of a letter on a link: fixed-width fonts are as wide as each other."""

_NAME: Final = 14 * 0.6
_LINE: Final = 11 * 0.56
"""Of a letter in a box, on average."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is seen, without the legend."""

    root: ET.Element
    boxes: dict[str, Rect]
    inside: list[tuple[str, Rect]]
    labels: list[Rect]
    titles: list[Rect]
    lines: list[tuple[frozenset[str], Curve]]

    def crossings(self) -> int:
        """How often links cross each other."""
        return sum(a.crosses(b) for (_, a), (_, b) in combinations(self.lines, 2))


def drawn(svg: str) -> Drawn:
    """Read an SVG of ours."""
    root = ET.fromstring(svg)  # noqa: S314 -- written here
    boxes = {one.attrib["data-node"]: _shape(one) for one in _all(root, "nodes", "g")}
    inside = [
        (
            group.attrib["data-node"],
            _text(text, _NAME if text.get("class") == "name" else _LINE, centred=True),
        )
        for group in _all(root, "nodes", "g")
        for text in group.iter(f"{_SVG}text")
    ]
    labels = [_text(one, _MONO) for one in _all(root, "labels", "text")]
    titles = [_text(one, 10.5 * 0.65) for one in _all(root, "regions", "text")]
    lines = []
    for path in _all(root, "links", "path"):
        curve = _curve(path.attrib["d"])
        ends = frozenset(name for name, box in boxes.items() for at in (0, 1) if _near(box, curve.at(at)))
        lines.append((ends, curve))
    return Drawn(root, boxes, inside, labels, titles, lines)


def _all(root: ET.Element, group: str, tag: str) -> Iterator[ET.Element]:
    (found,) = (one for one in root if one.get("class") == group)
    return (one for one in found.iter(f"{_SVG}{tag}") if one is not found)


def _shape(group: ET.Element) -> Rect:
    rect = group.find(f"{_SVG}rect")
    if rect is not None:
        x, y, width, height = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
        return Rect(x, y, x + width, y + height)
    polygon = group.find(f"{_SVG}polygon")
    assert polygon is not None
    points = [tuple(map(float, one.split(","))) for one in polygon.attrib["points"].split()]
    xs, ys = [one[0] for one in points], [one[1] for one in points]
    return Rect(min(xs), min(ys), max(xs), max(ys))


def _text(text: ET.Element, letter: float, *, centred: bool = False) -> Rect:
    gaps = sum(float(one.get("dx", 0)) for one in text.iter(f"{_SVG}tspan"))
    width = len("".join(text.itertext())) * letter + gaps
    x, y = float(text.attrib["x"]), float(text.attrib["y"])
    left = x - width / 2 if centred else x
    return Rect(left, y - 8, left + width, y + 2)


def _curve(path: str) -> Curve:
    numbers = list(map(float, re.findall(r"-?[\d.]+", path)))
    return Curve(tuple(Point(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)))


def _near(box: Rect, point: Point) -> bool:
    return box.grown(1.5).overlaps(Rect.around(point, 0.1, 0.1))
