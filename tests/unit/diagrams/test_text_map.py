"""The map in letters says which nodes are cabled, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from orchestrator.diagrams.text_map import text_map
from orchestrator.loading import load_lab
from tests.unit.diagrams.large import large

if TYPE_CHECKING:
    from collections.abc import Iterator

LABS: Final = Path(__file__).parents[3] / "labs"
NAMES: Final = sorted(folder.name for folder in LABS.iterdir() if folder.is_dir())
# A customer at two PEs of which one has another customer, ways of unequal length, too many nodes in a row.
NO_MAP: Final = {"rip", "inter-as-b", "inter-as-c", "ldp-to-sr"}
_LINES: Final = {"─": "EW", "│": "NS", "┌": "ES", "┐": "SW", "└": "EN", "┘": "NW",
                 "├": "ENS", "┤": "NSW", "┬": "ESW", "┴": "ENW", "┼": "ENSW"}  # fmt: skip
_STEPS: Final = {"E": (0, 1, "W"), "W": (0, -1, "E"), "N": (-1, 0, "S"), "S": (1, 0, "N")}


def read(text: str) -> set[frozenset[str]]:
    """The links that a map shows: whatever a line leads to from both its sides."""
    rows = text.split("\n")
    cells = {(row, at): letter for row, line in enumerate(rows) for at, letter in enumerate(line)}
    names = {
        (row, at): found[0]
        for row, line in enumerate(rows)
        for found in re.finditer(r"[a-z][a-z0-9-]*", line)
        for at in range(found.start(), found.end())
    }
    found: set[frozenset[str]] = set()
    seen: set[tuple[int, int]] = set()
    for cell, letter in cells.items():
        if letter in _LINES and cell not in seen:
            before, behind = _followed(cell, cells, names, seen)
            found |= {frozenset((a, b)) for a in before for b in behind}
    return found


def _followed(
    start: tuple[int, int],
    cells: dict[tuple[int, int], str],
    names: dict[tuple[int, int], str],
    seen: set[tuple[int, int]],
) -> tuple[set[str], set[str]]:
    """The nodes that lines from here lead to: to the west or north, and to the east or south."""
    before: set[str] = set()
    behind: set[str] = set()
    queue = [start]
    while queue:
        here = queue.pop()
        if here in seen:
            continue
        seen.add(here)
        for way in _LINES[cells[here]]:
            row, at, back = _STEPS[way]
            there = here[0] + row, here[1] + at
            if back in _LINES.get(cells.get(there, " "), ""):
                queue.append(there)
                continue
            for place in (there, (here[0] + 2 * row, here[1] + 2 * at)):
                if place in names:
                    (before if way in "WN" else behind).add(names[place])
                    break
    return before, behind


def maps() -> Iterator[tuple[str, str | None]]:
    yield from ((name, text_map(load_lab(LABS / name))) for name in NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NO_MAP])
def test_a_map_shows_all_cables_and_no_others(name: str) -> None:
    lab = load_lab(LABS / name)
    text = text_map(lab)
    assert text is not None
    assert read(text) == {frozenset(end.node for end in link) for link in lab.topology.links}
    assert max(map(len, text.split("\n"))) <= 80


def test_a_lab_that_cannot_be_drawn_truly_has_no_map() -> None:
    """One bundle of lines would say too much, or a row would be too long."""
    assert [name for name in NAMES if text_map(load_lab(LABS / name)) is None] == sorted(NO_MAP)


def test_a_lab_without_room_has_no_map(tmp_path: Path) -> None:
    assert text_map(load_lab(LABS / "two-vpns"), width=40) is None
    assert text_map(large(tmp_path, 50)) is None


def test_maps_are_the_golden_ones(*, update_golden: bool) -> None:
    text = "\n\n".join(f"{name}\n\n{found}" for name, found in maps()) + "\n"
    file = Path(__file__).parent / "golden" / "maps.txt"
    if update_golden:
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text
