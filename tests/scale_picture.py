"""A small picture: seconds from nothing to proven, a bar for each size of lab, a piece for each phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WIDTH, _BAR, _GAP, _LEFT, _RIGHT = 640, 22, 12, 90, 70
_COLOURS: Final = ("#8da0cb", "#66c2a5", "#fc8d62", "#e78ac3")


def picture(columns: Sequence[tuple[int, Mapping[str, float]]]) -> str:
    """SVG text.

    Args:
        columns: for each lab its number of nodes, and the seconds of its phases in their order.
    """
    longest = max(sum(phases.values()) for _, phases in columns)
    scale = (_WIDTH - _LEFT - _RIGHT) / longest
    names = list(columns[0][1])
    height = (_BAR + _GAP) * (len(columns) + 1) + _GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}">',
        "<style>text { fill: #222; font: 13px sans-serif }",
        "@media (prefers-color-scheme: dark) { text { fill: #ddd } }</style>",
    ]
    for row, (nodes, phases) in enumerate(columns):
        top = _GAP + row * (_BAR + _GAP)
        parts.append(f'<text x="{_LEFT - 8}" y="{top + 16}" text-anchor="end">{nodes} nodes</text>')
        x = float(_LEFT)
        for colour, seconds in zip(_COLOURS, phases.values(), strict=False):
            parts.append(
                f'<rect x="{x:.1f}" y="{top}" width="{seconds * scale:.1f}" height="{_BAR}" fill="{colour}"/>'
            )
            x += seconds * scale
        parts.append(f'<text x="{x + 6:.1f}" y="{top + 16}">{sum(phases.values()):.0f} s</text>')
    bottom = _GAP + len(columns) * (_BAR + _GAP)
    for place, (colour, name) in enumerate(zip(_COLOURS, names, strict=False)):
        x = _LEFT + place * 100
        parts.append(f'<rect x="{x}" y="{bottom}" width="14" height="14" fill="{colour}"/>')
        parts.append(f'<text x="{x + 20}" y="{bottom + 12}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
