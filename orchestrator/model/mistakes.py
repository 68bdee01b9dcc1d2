"""What is wrong in a lab's files: file, line, what is wrong, what would be right."""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.errors import L3vpnError
from orchestrator.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable


_MOST_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to fix. `line` counts from 1; None where no line is to blame, as of a missing file."""

    file: Path
    line: int | None
    what: str
    right: str

    def __str__(self) -> str:
        place = f"{_from_here(self.file)}" if self.line is None else f"{_from_here(self.file)}:{self.line}"
        return printable(f"{place}: {self.what}; {self.right}").replace("\n", "\\n")


class LabFileError(L3vpnError):
    """A lab folder is not a lab. `str()` is one line a mistake, in the order of files and lines.

    Of very many mistakes the first are shown, and how many more there are.
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        unique = dict.fromkeys(mistakes)
        self.mistakes: tuple[Mistake, ...] = tuple(sorted(unique, key=lambda one: (one.file, one.line or 0)))
        shown = [str(one) for one in self.mistakes[:_MOST_SHOWN]]
        if more := len(self.mistakes) - len(shown):
            shown.append(f"and {more} more mistakes")
        super().__init__("\n".join(shown))


def nearest(word: str, known: Iterable[str], others: Iterable[str] = ()) -> str:
    """What would be right in place of `word`: the nearest known word, else all of them.

    `others` may be meant too but are not worth listing.
    """
    words, more = list(known), list(others)
    if close := get_close_matches(word.lower(), words + more, n=1, cutoff=0.6):
        return f"did you mean '{close[0]}'?"
    return f"known: {', '.join(words) or 'none'}{' and some more' if more else ''}"


def _from_here(file: Path) -> Path:
    """The path as a person in the current folder would write it; where a link leads is not shown."""
    try:
        return (Path(os.path.realpath(file.parent)) / file.name).relative_to(Path.cwd())
    except (OSError, ValueError):
        return file
