"""Text of strangers in Markdown: it stays text, whatever it says.

Code is the one place where neither Markdown nor HTML means anything (CommonMark 4.5 and 6.1), nor what
GitHub makes links of: `@name`, `#1`, addresses. So all that a node or a file says is put there.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from orchestrator.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST: Final = 500
_TICKS: Final = re.compile("`+")
_LEAST_FENCE: Final = 3


def code(text: str) -> str:
    """One line of code in a sentence."""
    line = _line(text) or " "
    fence = "`" * (_most_ticks(line) + 1)
    pad = " " if "`" in (line[0], line[-1]) else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(lines: Iterable[str], language: str = "text") -> str:
    """Lines of code with a fence that none of them can end."""
    shown = [_line(one) for one in lines]
    fence = "`" * max((_LEAST_FENCE, *(_most_ticks(one) + 1 for one in shown)))
    return "\n".join((f"{fence}{language}", *shown, fence))


def folding(heading: str, body: Iterable[str], *, opened: bool = False) -> str:
    """Parts that are seen when somebody opens them; the heading is code."""
    start = f"<details{' open' if opened else ''}><summary><code>{escape(_line(heading))}</code></summary>"
    return "\n\n".join((start, *body, "</details>"))


def _line(text: str) -> str:
    """All of it on one line, cut where it is very long."""
    line = printable(text).replace("\n", " ")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _most_ticks(text: str) -> int:
    return max((len(one) for one in _TICKS.findall(text)), default=0)
