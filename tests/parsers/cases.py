"""The captured outputs: ``<command>/<case>/output.txt``, named for release, node and lab."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """One captured output, what it says, and the JSON twin of the command where there is one."""

    folder: Path

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def command(self) -> str:
        return self.folder.parent.name.replace("_", " ")

    @property
    def version(self) -> str:
        match = re.match(r"frr-([0-9.]+)-", self.folder.name)
        return match[1] if match else ""

    @property
    def output(self) -> str:
        return (self.folder / "output.txt").read_text("utf-8")

    @property
    def golden(self) -> Path:
        return self.folder / "facts.json"

    @property
    def twin(self) -> Path:
        return self.folder / "twin.json"

    def __str__(self) -> str:
        return self.name


CASES = tuple(Case(path.parent) for path in sorted(_HERE.glob("*/*/output.txt")))
