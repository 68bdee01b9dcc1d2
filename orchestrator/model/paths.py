"""Paths into a file, put into the words of the lab: `('vpns', 'red', 'sites', 'red1')` is "site red1"."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Path: TypeAlias = tuple[str | int, ...]
"""Keys, and positions in lists from 0."""

PathWords: TypeAlias = "Mapping[Path, str]"
"""A path, `*` for any step -> its words, `{3}` for the step at 3; positions are counted from 1."""


def in_words(path: Path, path_words: PathWords) -> str:
    """The words for `path`; where `places` has none, its last step and the words for the path around it."""
    if not path:
        return "the file"
    for pattern, words in path_words.items():
        if len(pattern) == len(path) and all(a in ("*", b) for a, b in zip(pattern, path, strict=True)):
            return words.format(*(step + 1 if isinstance(step, int) else step for step in path))
    *outer, last = path
    if isinstance(last, int):
        return f"item {last + 1} of {in_words(tuple(outer), path_words)}"
    return f"{last} of {in_words(tuple(outer), path_words)}" if outer else f"'{last}'"
