"""Variables of the environment in a topology file, as containerlab expands them before it reads the YAML.

containerlab 0.79 does it with github.com/hellt/envsubst 0.2.0 (`BytesRestrictedNoReplace`, digits and unknown
names left alone), whose sources were read: what is unset or empty stays as `$NAME`, `$$` is a dollar.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME: Final = r"(?!_\b)[^\W\d]\w*"
_WORD: Final = re.compile(
    rf"\$(?:(?P<dollar>\$)|(?P<plain>{_NAME})"
    rf"|\{{(?P<braced>{_NAME})(?:(?P<how>:?[-=+])(?P<default>[^}}\r\n]*))?\}})"
)
_OPEN: Final = re.compile(rf"\$\{{{_NAME}[^}}\r\n]*$", re.MULTILINE)


def expanded(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced by their values, or by the defaults that stand with them."""
    return _WORD.sub(lambda found: _value(found, values), text)


def named(text: str) -> frozenset[str]:
    """The variables that a text names, in defaults too."""
    found = frozenset(one["plain"] or one["braced"] or "" for one in _WORD.finditer(text))
    defaults = (one["default"] for one in _WORD.finditer(text) if one["default"])
    return frozenset(found - {""}).union(*map(named, defaults))


def unclosed(text: str) -> int | None:
    """The line of a `${NAME` whose brace is not closed there, which containerlab refuses."""
    found = _OPEN.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    if found["dollar"]:
        return "$"
    name, how, default = found["plain"] or found["braced"], found["how"] or "", found["default"]
    if default and how.endswith("+"):
        return _default(default, values) if name in values else ""
    if default and (not values.get(name) if how.startswith(":") else name not in values):
        return _default(default, values)
    return values.get(name) or f"${name}"


def _default(text: str, values: Mapping[str, str]) -> str:
    """A default is one variable, or text in which a dollar is only a dollar."""
    whole = re.fullmatch(rf"\$({_NAME})", text)
    return text if whole is None else values.get(whole[1]) or f"${whole[1]}"
