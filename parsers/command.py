"""A show command: its text, the facts in its output, the lines of it that are about one thing.

All that the program knows of a command stands in one `Command`, in the module of its subject (`parsers.bgp`,
`parsers.kernel` and so on). Commands that differ in an argument come from a function under `@family`.

A VRF is spelled as FRR spells it, in commands and in facts: `DEFAULT_VRF` is the global table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Generic, ParamSpec, TypeVar

from parsers.excerpt import excerpt
from parsers.reading import Output

if TYPE_CHECKING:
    from collections.abc import Callable

    from parsers.excerpt import Layout

FactT_co = TypeVar("FactT_co", covariant=True)
FactT = TypeVar("FactT")
P = ParamSpec("P")

DEFAULT_VRF: Final = "default"
"""FRR's name for the global table."""
ALL_VRFS: Final = "all"


def in_vrf(vrf: str) -> str:
    """The words of a command that pick a VRF."""
    return "" if vrf == DEFAULT_VRF else f" vrf {vrf}"


@dataclass(frozen=True, slots=True)
class Command(Generic[FactT_co]):
    """A command and how its output is read.

    Attributes:
        text: what a node runs: vtysh if it begins with `show `, else the root shell.
        facts: makes facts of the output: a `Table`, or a function where it is no table of known lines.
        layout: how the output is laid out in rows, to quote those about one thing; None if none are quoted.
        short: how a person calls a command whose text is a whole program.
    """

    text: str
    facts: Callable[[Output], FactT_co]
    layout: Layout | None = None
    short: str = ""

    @property
    def name(self) -> str:
        """How a person calls it."""
        return self.short or self.text

    def parse(self, output: str, version: str = "") -> FactT_co:
        """The facts in an output, without the prompt; `version` is FRR's, for errors.

        Raises:
            ParseError: A line was not understood, a count differs, or (`NotThisOutput`) the text is not
                this command's output.
        """
        return self.facts(Output(self.name, output, version))

    def rows(self, output: str, key: str, under: str | None = None) -> tuple[tuple[str, ...], ...]:
        """The lines of each row about `key`; only of those under the heading `under`, if it is given."""
        return excerpt(self.layout, output, key, under) if self.layout else ()


class Family(Generic[P, FactT]):
    """The commands that differ in their arguments only; a call gives one of them."""

    def __init__(self, pattern: str, make: Callable[P, Command[FactT]]) -> None:
        self._pattern = re.compile(pattern)
        self._make: Callable[..., Command[FactT]] = cache(make)
        self.__doc__ = make.__doc__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Command[FactT]:
        """The command with these arguments."""
        return self._make(*args, **kwargs)

    def find(self, name: str) -> Command[FactT] | None:
        """The one of them that a person calls so."""
        if (match := self._pattern.fullmatch(name)) is None:
            return None
        return self._make(**{key: value for key, value in match.groupdict().items() if value is not None})


def family(pattern: str) -> Callable[[Callable[P, Command[FactT]]], Family[P, FactT]]:
    """Make a `Family` of a function; the groups of `pattern`, which names match, are its arguments."""
    return lambda make: Family(pattern, make)
