"""The captured outputs: ``<command>/<case>/output.txt``, named for release, node and lab.

A command's folder is its name with ``_`` for blanks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parsers import Command, find

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """One captured output, what it says, and the JSON twin of the command where there is one."""

    folder: Path

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def command(self) -> Command[Any]:
        return find(self.folder.parent.name.replace("_", " "))

    @property
    def version(self) -> str:
        match = re.match(r"frr-([0-9.]+)-", self.folder.name)
        return match[1] if match else ""

    @property
    def output(self) -> str:
        return (self.folder / "output.txt").read_text("utf-8")

    def facts(self) -> Any:  # noqa: ANN401 - a tuple of what the command shows
        return self.command.parse(self.output, self.version)

    @property
    def golden(self) -> Path:
        return self.folder / "facts.json"

    @property
    def twin(self) -> Path:
        return self.folder / "twin.json"

    def __str__(self) -> str:
        return self.name


CASES = tuple(Case(path.parent) for path in sorted(_HERE.glob("*/*/output.txt")))
