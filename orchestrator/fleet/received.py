"""What a program has said so far, searched for the mark behind an answer in time linear in its length."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re


class Received:
    """Text that arrives in pieces. A whole table of routes is one answer: 8 MB come in 250 pieces and more.

    Args:
        end: what a mark looks like: the end of a line, or all of it, perhaps with the line break before it.
    """

    def __init__(self, end: re.Pattern[str]) -> None:
        self._end = end
        self._searched: list[str] = []  # no mark is or begins in it
        self._rest: list[str] = []  # from the last line break on
        self._whole_line = False  # whether the rest may have a mark

    def add(self, piece: str) -> None:
        """Take what has arrived."""
        self._rest.append(piece)
        self._whole_line = self._whole_line or "\n" in piece

    def take(self) -> tuple[str, re.Match[str]] | None:
        """The first mark and what stands before it, which is forgotten with it; None until there is one."""
        if not self._whole_line:
            return None
        text = "".join(self._rest)
        if found := self._end.search(text):
            before = "".join((*self._searched, text[: found.start()]))
            behind = text[found.end() :]
            self._searched, self._rest, self._whole_line = [], [behind], "\n" in behind
            return before, found
        last = text.rfind("\n")
        self._searched.append(text[:last])
        self._rest = [text[last:]]
        self._whole_line = False
        return None

    @property
    def last_line(self) -> str:
        """The last that is not blank."""
        return "".join((*self._searched, *self._rest)).strip().rpartition("\n")[2]
