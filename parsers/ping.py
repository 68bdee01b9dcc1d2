"""What ``ping`` of iputils reports."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from parsers.command import Command
from parsers.facts import Ping
from parsers.reading import Table

if TYPE_CHECKING:
    from parsers.reading import Reading
    from parsers.template import Row

_ERROR_KINDS: Final = frozenset({"local_error", "remote_error"})


def _ping(reading: Reading) -> Ping:
    """A node without a route to the target refuses to send at all: then nothing was transmitted."""
    if all(row.kind == "unreachable" for row in reading.rows):
        complaints = tuple(f"connect: {row['error']}" for row in reading.rows)
        return Ping(None, 0, 0, 0, 0, 100.0, complaints, None)
    header, counts = reading.only("header"), reading.only("counts")
    rtt = next((row for row in reading.rows if row.kind == "rtt"), None)
    with reading.at(counts):
        return Ping(
            target=ip_address(header["target"]),
            size=int(header["size"]),
            transmitted=int(counts["transmitted"]),
            received=int(counts["received"]),
            duplicates=_count(counts["duplicates"]),
            loss=float(counts["loss"]),
            errors=tuple(_error(row) for row in reading.rows if row.kind in _ERROR_KINDS),
            rtt_ms=float(rtt["average"]) if rtt else None,
        )


def _count(text: str) -> int:
    return int(text.strip(", +").split()[0]) if text else 0


def _error(row: Row) -> str:
    if row.kind == "remote_error":
        return f"From {row['source']}: {row['error'].strip()}"
    return row["error"].removeprefix("local error: ").strip()


PING: Final = Command(
    "ping", Table("ping", lambda reading: (_ping(reading),), frozenset({"header", "unreachable"}))
)
"""One ping, standard error included, that came to its statistics; its options and target matter not."""
