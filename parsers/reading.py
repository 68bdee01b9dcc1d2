"""One command's output, cut into rows and known to be that command's."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from parsers.errors import NotThisOutput, ParseError
from parsers.template import Row, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

# What vtysh, iproute2 or the shell print instead of running the command.
_REFUSALS: Final = re.compile(
    r"% (?:Unknown command|Ambiguous command|Command incomplete|There is no matched command)"
    r"|\w+ is not running$"
    r"|% \[\w+\]: command ignored"
    r"|Exiting: failed to connect to any daemons"
    r"|(?:Object|Command) \"[^\"]*\" is unknown"
    r"|Error: |RTNETLINK answers: |Cannot open network namespace|Device \"[^\"]*\" does not exist"
    r"|(?:ba|da)?sh: |.*: (?:command )?not found$",
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command whose output can be read.

    ``name`` is the command as a person types it, ``template`` the name of its TTP template. ``header`` are
    the kinds of rows one of which is always there; with none given the command prints nothing at all when it
    has nothing to show.
    """

    name: str
    template: str
    header: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of one output, every one of a known kind."""

    command: Command
    version: str
    rows: tuple[Row, ...]

    def error(self, row: Row, why: str, of: type[ParseError] = ParseError) -> ParseError:
        """Return the error that says what is wrong with this row."""
        return of(why, command=self.command.name, version=self.version, number=row.number, line=row.text)

    @contextmanager
    def at(self, row: Row) -> Iterator[None]:
        """Turn what is wrong with a row into the error that names it.

        That is a value which is none (``ValueError``), one beyond all reckoning (``OverflowError``), or the
        lack of a word or a line (``LookupError``).
        """
        try:
            yield
        except ParseError:
            raise
        except (ValueError, OverflowError) as problem:
            raise self.error(row, str(problem)) from problem
        except LookupError as lack:
            raise self.error(row, f"something is missing: {lack}") from lack

    def facts(self, kind: str, make: Callable[[Row], T]) -> tuple[T, ...]:
        """Make one fact of each row of this kind."""
        made = []
        for row in self.rows:
            if row.kind == kind:
                with self.at(row):
                    made.append(make(row))
        return tuple(made)

    def under(self, heading: str) -> Iterator[tuple[Row | None, Row]]:
        """Give each row together with the last row of the kind ``heading`` above it."""
        above = None
        for row in self.rows:
            if row.kind == heading:
                above = row
            else:
                yield above, row

    def blocks(
        self, heading: str, make: Callable[[dict[str, Row]], T], beside: frozenset[str] = frozenset()
    ) -> tuple[T, ...]:
        """Make one fact of each row of the kind ``heading`` and those below it, at most one of each kind.

        Rows of the kinds ``beside`` belong to no block.
        """
        blocks: list[dict[str, Row]] = []
        for row in self.rows:
            if row.kind in beside:
                continue
            with self.at(row):
                if row.kind == heading:
                    blocks.append({})
                elif not blocks or row.kind in blocks[-1]:
                    raise ValueError(f"it belongs to no {heading}")
                blocks[-1][row.kind] = row
        made = []
        for block in blocks:
            with self.at(block[heading]):
                made.append(make(block))
        return tuple(made)

    def check_count(self, footer: Row, printed: str, counted: int, what: str) -> None:
        """Compare a number in a footer with what was read.

        Raises:
            ParseError: They differ: rows were lost on the way, or misread.
        """
        with self.at(footer):
            if int(printed) != counted:
                raise ValueError(f"{counted} {what} were read, the footer says {printed}")

    def only(self, kind: str) -> Row:
        """Return the row of a kind that stands in every output of the command, and once.

        Raises:
            ParseError: There is none, or more than one.
        """
        found = [row for row in self.rows if row.kind == kind]
        if len(found) != 1:
            last = self.rows[-1]
            raise self.error(last, f"{len(found)} lines of {kind} instead of one; the last line is")
        return found[0]


def read(command: Command, output: str, version: str = "") -> Reading:
    """Cut the output of ``command`` into rows; all of them must be of a kind the template knows.

    Raises:
        NotThisOutput: The text is a refusal, or nothing in it is this command's.
        ParseError: A line was not understood.
    """
    try:
        reading = Reading(command, version, rows(command.template, output))
    except ValueError as problem:
        raise ParseError(str(problem), command=command.name, version=version) from problem
    for row in reading.rows:
        if row.kind:
            continue
        if _REFUSALS.match(row.text):
            raise reading.error(row, "the node refused", NotThisOutput)
        if not any(each.kind for each in reading.rows):
            raise reading.error(row, "this is not its output", NotThisOutput)
        raise reading.error(row, "this line is not understood")
    if command.header and not any(row.kind in command.header for row in reading.rows):
        if reading.rows:
            raise reading.error(reading.rows[0], "its header is missing", NotThisOutput)
        why = "no output at all, not even its header"
        raise NotThisOutput(why, command=command.name, version=version)
    return reading
