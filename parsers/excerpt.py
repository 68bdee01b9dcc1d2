"""The lines of an output that are about one thing, as they were printed: what a person would point at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Layout:
    """How an output is laid out in rows.

    Attributes:
        row: the first line of a row; its group ``key`` says what the row is about. Lines that are no first
            line belong to the row above, up to an empty line or a heading.
        heading: a line that rows stand under; its group ``key`` says which they are.
    """

    row: re.Pattern[str]
    heading: re.Pattern[str] | None = None


_NETWORK: Final = r"(?P<key>[0-9.]+/[0-9]+)"

RIB: Final = Layout(
    re.compile(rf"[A-Za-z][ >*a-z]{{0,4}} *{_NETWORK} .*"), re.compile(r"(?:IPv4 unicast )?VRF (?P<key>\S+):")
)
BGP_TABLE: Final = Layout(
    re.compile(rf"[ *>=a-zA-Z]{{3,5}}{_NETWORK}(?: .*)?"), re.compile(r"Route Distinguisher: (?P<key>\S+)")
)
PEERS: Final = Layout(
    re.compile(r"\*?(?P<key>[0-9][0-9.]+) +4 .*"), re.compile(r"BGP router .* VRF (?P<key>\S+) vrf-id \S+")
)
OSPF_NEIGHBORS: Final = Layout(
    re.compile(r"[0-9.]+ +\d+ \S+ .* (?P<key>[0-9.]+) +\S+:[0-9.]+ .*"), re.compile(r"VRF Name: (?P<key>\S+)")
)
OSPF_INTERFACES: Final = Layout(
    re.compile(r"(?P<key>\S+) is (?:up|down).*"), re.compile(r"VRF Name: (?P<key>\S+)")
)
EIGRP: Final = Layout(
    re.compile(r"(?:[0-9]+ +|[PA] +)(?P<key>[0-9.]+(?:/[0-9]+)?),? .*"),
    re.compile(r"EIGRP .* VRF\((?P<key>\S+)\).*"),
)
KERNEL_ROUTES: Final = Layout(re.compile(r"(?:[a-z]+ )?(?P<key>default|[0-9.]+(?:/[0-9]+)?) .*"))
KERNEL_LFIB: Final = Layout(re.compile(r"(?P<key>[0-9]+) .*"))
DEVICES: Final = Layout(re.compile(r"\d+: (?P<key>[^:@]+)[:@].*"))
TARGETS: Final = Layout(
    re.compile(r" *(?P<key>rt vpn (?:both|import|export)|\S+)(?: .*)?"),
    re.compile(r"router bgp \S+ vrf (?P<key>\S+)"),
)


def excerpt(layout: Layout, output: str, key: str, under: str | None = None) -> tuple[tuple[str, ...], ...]:
    """The lines of each row about `key`; only of those under the heading `under`, if it is given."""
    return tuple(
        tuple(lines)
        for heading, name, lines in _rows(layout, output)
        if name == key and under in (None, heading)
    )


def _rows(layout: Layout, output: str) -> Iterator[tuple[str | None, str, list[str]]]:
    """Each row: the heading above, what it is about, its lines."""
    heading: str | None = None
    name, lines = "", list[str]()
    for line in output.splitlines():
        first = layout.row.fullmatch(line)
        above = layout.heading.fullmatch(line) if layout.heading else None
        if lines and (first or above or not line.strip()):
            yield heading, name, lines
            lines = []
        if above:
            heading = above["key"]
        elif first:
            name, lines = first["key"], [line.rstrip()]
        elif lines:
            lines.append(line.rstrip())
    if lines:
        yield heading, name, lines
