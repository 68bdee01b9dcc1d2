"""A plain and a labelled echo request over each core link: the program that a node runs, and what it says."""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from parsers import Command

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from parsers.reading import Output

_PROGRAM: Final = Path(__file__).with_name("link_program.py")


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


def _echoes(output: Output) -> tuple[LinkEcho, ...]:
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


@cache
def link_echoes(links: tuple[tuple[str, IPv4Address, IPv4Address], ...]) -> Command[tuple[LinkEcho, ...]]:
    """Over each of these links: the interface, the address there and the neighbour's."""
    source = base64.b64encode(zlib.compress(_PROGRAM.read_bytes(), 9)).decode()
    words = " ".join(f"{interface},{own},{far}" for interface, own, far in links)
    program = f"import binascii,zlib;exec(zlib.decompress(binascii.a2b_base64('{source}')))"
    return Command(
        f'python3 -I -S -c "{program}" {words}',
        _echoes,
        short=f"echo requests without and with a label over {', '.join(link[0] for link in links)}",
    )
