"""How much room text takes, without asking a font: a little more than in the fonts that are named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.diagrams.content import Figure, Text

NAME_SIZE: Final = 14.0
LINE_SIZE: Final = 11.0
LABEL_SIZE: Final = 10.5

_SANS: Final = 0.62  # em a letter, of bold DejaVu Sans, which is the widest there is
_MONO: Final = 0.603  # em a letter, of all fixed-width fonts in use
LABEL_HEIGHT: Final = 12.0
WORD_GAP: Final = 5.0

_PADDING: Final = 12.0
_NAME_HEIGHT: Final = 18.0
LINE_HEIGHT: Final = 14.0
_LOWEST: Final = 40.0
_NARROWEST: Final = 76.0


def name_width(text: str) -> float:
    """Of a node's name."""
    return len(text) * NAME_SIZE * _SANS


def line_width(text: str) -> float:
    """Of a line under a node's name."""
    return len(text) * LINE_SIZE * _SANS


def label_width(texts: Sequence[Text]) -> float:
    """Of what stands on a link, word by word."""
    return sum(len(one.text) for one in texts) * LABEL_SIZE * _MONO + WORD_GAP * max(0, len(texts) - 1)


def figure_size(figure: Figure) -> tuple[float, float]:
    """Width and height that what is written in a node's box takes."""
    width = max([name_width(figure.name), *(line_width(one.text) for one in figure.lines)]) + 2 * _PADDING
    height = _NAME_HEIGHT + len(figure.lines) * LINE_HEIGHT + 10
    return max(width, _NARROWEST), max(height, _LOWEST)
