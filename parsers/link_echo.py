"""What the program says that sends a plain and a labelled echo request over each core link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from parsers.reading import Output


@dataclass(frozen=True, slots=True)
class LinkEcho:
    """Whether a neighbour answers over a link, without and with a label.

    ``mac`` is the link layer address that the kernel has for the neighbour, ``None`` if it has none.
    """

    interface: str
    mac: str | None
    plain: bool
    labelled: bool


_LINE: Final = re.compile(
    r"(\S+) (-|[0-9a-f]{2}(?::[0-9a-f]{2}){5}) plain (answered|lost) labelled (answered|lost)"
)


def link_echo_facts(output: Output) -> tuple[LinkEcho, ...]:
    """One line a link.

    Raises:
        ParseError: It says something else, such as why Python did not start.
    """
    found = []
    for line in output.text.splitlines():
        if (match := _LINE.fullmatch(line)) is None:
            raise output.error(f"not the fate of echo requests: {line!r}")
        mac = None if match[2] == "-" else match[2]
        found.append(LinkEcho(match[1], mac, match[3] == "answered", match[4] == "answered"))
    return tuple(found)
