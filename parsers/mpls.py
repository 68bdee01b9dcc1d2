"""The label forwarding table as zebra shows it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from parsers.facts import Address, Label, LfibEntry
from parsers.reading import Command, read

if TYPE_CHECKING:
    from parsers.template import Row

_TABLE: Final = Command("show mpls table", "mpls_table")


def parse_mpls_table(text: str, version: str = "") -> tuple[LfibEntry, ...]:
    """Read ``show mpls table``. A node without labels prints nothing at all.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    return read(_TABLE, text, version).facts("entry", _entry)


def _entry(row: Row) -> LfibEntry:
    nexthop = _address(row["nexthop"])
    return LfibEntry(
        in_label=Label(int(row["in_label"])),
        protocol=row["protocol"],
        nexthop=nexthop,
        interface=row["nexthop"] if nexthop is None else None,
        out_labels=() if row["out_labels"].strip() == "-" else Label.stack(row["out_labels"].strip()),
    )


def _address(text: str) -> Address | None:
    """Read a next hop, which is the name of a device where it is not an address."""
    try:
        return ip_address(text)
    except ValueError:
        return None
