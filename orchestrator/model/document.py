"""A file's values together with where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.mistakes import Mistake
from orchestrator.model.yaml_lines import Entry, Fields, Items

if TYPE_CHECKING:
    import pathlib

    from orchestrator.model.paths import Path
    from orchestrator.model.yaml_lines import Tree


@dataclass(frozen=True, slots=True)
class Document:
    """One of a lab's two files."""

    file: pathlib.Path
    tree: Tree

    def at(self, path: Path) -> Entry | Tree:
        """The value at `path`, with its key if it has one; the nearest around it if it is left out."""
        found: Entry | Tree = self.tree
        for step in path:
            match found.tree if isinstance(found, Entry) else found:
                case Fields(entries) if (entry := entries.get(str(step))) is not None:
                    found = entry
                case Items(items) if isinstance(step, int) and step < len(items):
                    found = items[step]
                case _:
                    break
        return found

    def line(self, path: Path) -> int:
        """The line of the value at `path`; of the nearest around it where the file leaves it out."""
        return self.at(path).line

    def mistake(self, path: Path, what: str, right: str) -> Mistake:
        """A mistake at `path`."""
        return Mistake(self.file, self.line(path), what, right)
