"""What can be wrong with the text given to a parser.

``ParseError``: the text holds something that the parser does not understand; nothing is ever skipped.
``NotThisOutput``: the text is not this command's output at all, e.g. the shell's refusal to run it.
"""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 300  # no line that FRR or the kernel prints is longer


class ParseError(ValueError):
    """A line of output was not understood.

    Attributes:
        command: The command whose output it should have been.
        version: The FRR version that printed it, ``""`` when the caller did not say.
        number: The number of the line, from 1; 0 when the text as a whole is wrong.
        line: The line as it was printed.
        why: What is wrong with it.
    """

    def __init__(self, why: str, *, command: str, version: str = "", number: int = 0, line: str = "") -> None:
        self.why = why
        self.command = command
        self.version = version
        self.number = number
        self.line = line
        where = f" (FRR {version})" if version else ""
        at = f", line {number}" if number else ""
        shown = f": {_quoted(line.strip())}" if number else ""
        super().__init__(f"{command}{where}{at}: {why}{shown}")


def _quoted(line: str) -> str:
    """A line as it can be shown, what is too long for that cut."""
    return repr(line) if len(line) <= _LONGEST else f"{line[:_LONGEST]!r}…"


class NotThisOutput(ParseError):  # noqa: N818 - says what the text is not; the base class carries the suffix
    """The text is not the output of this command: a refusal of the shell, or some other command's output."""
