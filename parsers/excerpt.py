"""The lines of an output that are about one thing, as they were printed: what a person would point at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Layout:
    """How an output is laid out in rows.

    Attributes:
        row: the first line of a row; its group ``key`` says what the row is about. Lines that are no first
            line belong to the row above, up to an empty line or a heading.
        heading: a line that rows stand under; its group ``key`` says which they are. Instead of it a row may
            say so itself, in a group ``under``.
        above: the heading of rows that stand above any heading.
    """

    row: re.Pattern[str]
    heading: re.Pattern[str] | None = None
    above: str = "default"


NETWORK: Final = r"(?P<key>[0-9a-f.:]+/[0-9]+)"
"""For a layout: a row about a network."""


def excerpt(layout: Layout, output: str, key: str, under: str | None = None) -> tuple[tuple[str, ...], ...]:
    """The lines of each row about `key`; only of those under the heading `under`, if it is given."""
    return tuple(
        tuple(lines)
        for heading, name, lines in _rows(layout, output)
        if name == key and under in (None, heading)
    )


def _rows(layout: Layout, output: str) -> Iterator[tuple[str, str, list[str]]]:
    """Each row: the heading above, what it is about, its lines."""
    heading, under = layout.above, ""
    name, lines = "", list[str]()
    for line in output.splitlines():
        first = layout.row.fullmatch(line)
        above = layout.heading.fullmatch(line) if layout.heading else None
        if lines and (first or above or not line.strip()):
            yield under, name, lines
            lines = []
        if above:
            heading = above["key"]
        elif first:
            name, under, lines = first["key"], first.groupdict().get("under") or heading, [line.rstrip()]
        elif lines:
            lines.append(line.rstrip())
    if lines:
        yield under, name, lines
