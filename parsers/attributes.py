"""The ``key value key value flag`` lists that iproute2 prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet


@dataclass(frozen=True, slots=True)
class Attributes:
    """What stood in one list: the value of each key, and the flags, which have none."""

    values: Mapping[str, str]
    flags: tuple[str, ...]

    def get(self, key: str) -> str | None:
        """Return the value of this key, ``None`` where it was not printed."""
        return self.values.get(key)

    def number(self, key: str) -> int | None:
        """Return the value of this key as a number.

        Raises:
            ValueError: It is none.
        """
        value = self.values.get(key)
        return None if value is None else int(value)


def parse_attributes(text: str, *, keys: AbstractSet[str], flags: AbstractSet[str]) -> Attributes:
    """Read a list of attributes, all of which must be known.

    ``via inet ADDRESS`` is one key with its address; ``encap mpls STACK`` and ``as to STACK`` are the keys
    ``encap mpls`` and ``as to``.

    Raises:
        ValueError: A word is no known key or flag, a key has no value or appears twice.
    """
    words = text.split()
    values: dict[str, str] = {}
    found: list[str] = []
    while words:
        word = words.pop(0)
        if word in _PAIRS and words and words[0] in _PAIRS[word]:
            second = words.pop(0)
            word = word if word == "via" else f"{word} {second}"
        if word in flags:
            found.append(word)
        elif word not in keys:
            raise ValueError(f"{word!r} is not understood")
        elif not words or word in values:
            raise ValueError(f"{word!r} has no value, or two")
        else:
            values[word] = words.pop(0)
    return Attributes(values, tuple(found))


_PAIRS: Mapping[str, AbstractSet[str]] = {
    "via": {"inet", "inet6"},
    "encap": {"mpls"},
    "as": {"to"},
}
