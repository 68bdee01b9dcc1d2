"""One command's output, cut into rows that are known to be that command's, and facts made of them."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from parsers.errors import NotThisOutput, ParseError
from parsers.template import Row, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
FactT_co = TypeVar("FactT_co", covariant=True)

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
class Output:
    """What a command printed, and (for errors) the command and the FRR version."""

    command: str
    text: str
    version: str = ""

    def error(self, why: str, of: type[ParseError] = ParseError) -> ParseError:
        """Return the error that says what is wrong with it as a whole."""
        return of(why, command=self.command, version=self.version)


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of one output, every one of a known kind."""

    output: Output
    rows: tuple[Row, ...]

    def error(self, row: Row, why: str, of: type[ParseError] = ParseError) -> ParseError:
        """Return the error that says what is wrong with this row."""
        said = self.output
        return of(why, command=said.command, version=said.version, number=row.number, line=row.text)

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


@dataclass(frozen=True, slots=True)
class Table(Generic[FactT_co]):
    """Makes facts of an output in which every line is of a known kind.

    Attributes:
        template: the TTP template that distinguishes the kinds of lines.
        facts: makes facts of the rows.
        header: the kinds of rows one of which is always there; with none given the command prints nothing at
            all when it has nothing to show.
    """

    template: str
    facts: Callable[[Reading], FactT_co]
    header: frozenset[str] = frozenset()

    def __call__(self, output: Output) -> FactT_co:
        """The facts in an output.

        Raises:
            NotThisOutput: The text is a refusal, or nothing in it is this command's.
            ParseError: A line was not understood.
        """
        return self.facts(self._read(output))

    def _read(self, output: Output) -> Reading:
        try:
            reading = Reading(output, rows(self.template, output.text))
        except ValueError as problem:
            raise output.error(str(problem)) from problem
        for row in reading.rows:
            if row.kind:
                continue
            if _REFUSALS.match(row.text):
                raise reading.error(row, "the node refused", NotThisOutput)
            if not any(each.kind for each in reading.rows):
                raise reading.error(row, "this is not its output", NotThisOutput)
            raise reading.error(row, "this line is not understood")
        if self.header and not any(row.kind in self.header for row in reading.rows):
            if reading.rows:
                raise reading.error(reading.rows[0], "its header is missing", NotThisOutput)
            raise output.error("no output at all, not even its header", NotThisOutput)
        return reading


def each(kind: str, make: Callable[[Row], T]) -> Callable[[Reading], tuple[T, ...]]:
    """Make one fact of each row of a kind."""
    return lambda reading: reading.facts(kind, make)
