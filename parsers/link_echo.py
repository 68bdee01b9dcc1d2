"""What the program says that sends a plain and a labelled echo request over each core link."""

from __future__ import annotations

import re
from typing import Final

from parsers.errors import ParseError
from parsers.facts import LinkEcho

_COMMAND: Final = "echo requests over links"
_LINE: Final = re.compile(
    r"(\S+) (-|[0-9a-f]{2}(?::[0-9a-f]{2}){5}) plain (answered|lost) labelled (answered|lost)"
)


def parse_link_echoes(text: str) -> tuple[LinkEcho, ...]:
    """One line a link.

    Raises:
        ParseError: It says something else, such as why Python did not start.
    """
    found = []
    for line in text.splitlines():
        if (match := _LINE.fullmatch(line)) is None:
            raise ParseError(f"not the fate of echo requests: {line!r}", command=_COMMAND)
        mac = None if match[2] == "-" else match[2]
        found.append(LinkEcho(match[1], mac, match[3] == "answered", match[4] == "answered"))
    return tuple(found)
