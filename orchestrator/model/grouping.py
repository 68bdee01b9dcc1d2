"""Sorting things into groups: by a key, and by what they have in common."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_K = TypeVar("_K")
_T = TypeVar("_T")


def grouped(pairs: Iterable[tuple[_K, _T]]) -> Mapping[_K, tuple[_T, ...]]:
    """What belongs to each key, in the order of the pairs."""
    found: defaultdict[_K, list[_T]] = defaultdict(list)
    for key, one in pairs:
        found[key].append(one)
    return {key: tuple(several) for key, several in found.items()}


def hanging_together(groups: Iterable[Collection[_T]]) -> list[set[_T]]:
    """The connected components of things of which those in one group hang together, in whatever order."""
    found: list[set[_T]] = []
    for group in groups:
        joined = [other for other in found if not other.isdisjoint(group)]
        found = [other for other in found if other not in joined] + [set(group).union(*joined)]
    return found
