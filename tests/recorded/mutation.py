"""What a mutation of recorded output is: an edit, and the kinds of check one of which must notice first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.model.topology import Node

Edit: TypeAlias = tuple[str, "str | Callable[[re.Match[str]], str]"]
"""A pattern, whose first match is replaced, and by what: as `re.sub` takes them, with `re.MULTILINE`."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A wrong network, as one of its nodes would show it.

    Attributes:
        name: what is wrong, in network terms.
        at: the roles of the nodes that may show it, apart by a blank.
        command: pattern (`fnmatch`) of the command that shows it.
        edits: made one after the other; where one finds nothing to change, the mutation does not apply.
        found_by: kinds of check; of all checks that FAIL, the first must be one of these.
        but: patterns of `lab/node` where what is changed first is nothing that the intent speaks of.
    """

    name: str
    at: str
    command: str
    edits: tuple[Edit, ...]
    found_by: tuple[str, ...]
    but: tuple[str, ...] = ()

    def concerns(self, lab: str, node: Node, command: str) -> bool:
        """Whether a node of a lab may show it, in the output of this command."""
        return (
            node.role in self.at.split()
            and fnmatchcase(command, self.command)
            and not any(fnmatchcase(f"{lab}/{node.name}", one) for one in self.but)
        )

    def applied(self, text: str) -> str | None:
        """What the node prints instead; None where it does not apply."""
        for pattern, instead in self.edits:
            text, changed = re.subn(pattern, instead, text, count=1, flags=re.MULTILINE)
            if not changed:
                return None
        return text


def wrong(  # noqa: PLR0913 -- a row of a table
    name: str, at: str, command: str, edit: Edit, *found_by: str, also: Edit | None = None, but: str = ""
) -> Mutation:
    """A mutation of one edit, or of two; `but` names places, apart by a blank."""
    return Mutation(name, at, command, (edit, also) if also else (edit,), found_by, tuple(but.split()))


def totals(by: int) -> Edit:
    """The totals that FRR prints under a BGP table, increased."""

    def counted(line: re.Match[str]) -> str:
        return re.sub(r"\d+", lambda number: str(int(number[0]) + by), line[0])

    return r"^Displayed.*", counted
