"""BFD sessions as bfdd shows them (RFC 5880)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from parsers.command import Command
from parsers.reading import Table

if TYPE_CHECKING:
    from parsers.reading import Reading
    from parsers.template import Row
    from parsers.values import Address


@dataclass(frozen=True, slots=True)
class BfdTimers:
    """What one end of a BFD session has announced; milliseconds."""

    multiplier: int
    receive: int
    transmit: int


@dataclass(frozen=True, slots=True)
class BfdPeer:
    """One session of ``show bfd peers``; ``status`` is a state of RFC 5880 4.1 or ``shutdown``.

    ``remote`` is what the far end said last; before it said anything, a slow session's 1000 ms.
    """

    peer: Address
    vrf: str
    interface: str | None
    multihop: bool
    status: str
    diagnostics: str
    remote_diagnostics: str
    local: BfdTimers
    remote: BfdTimers

    @property
    def sends_every(self) -> int:
        """Milliseconds between two packets to the far end: what both can bear (RFC 5880 6.8.7)."""
        return max(self.local.transmit, self.remote.receive)

    @property
    def detects_within(self) -> int:
        """Milliseconds of silence after which the far end is down (RFC 5880 6.8.4)."""
        return self.remote.multiplier * max(self.local.receive, self.remote.transmit)


_NEEDED: Final = frozenset({"status", "diagnostics", "remote_diagnostics", "type"})
_TIMERS: Final = frozenset({"multiplier", "receive", "transmit", "echo_receive"})


def _peers(reading: Reading) -> tuple[BfdPeer, ...]:
    blocks: list[_Block] = []
    for row in reading.rows:
        with reading.at(row):
            if row.kind == "peer":
                blocks.append(_Block(row))
            elif row.kind not in ("header", "remark"):
                if not blocks:
                    raise ValueError("it belongs to no session")
                blocks[-1].add(row)
    peers = []
    for block in blocks:
        with reading.at(block.head):
            peers.append(_peer(block))
    return tuple(peers)


@dataclass(slots=True)
class _Block:
    """The lines of one session by their kind, while they are read; those of timers under their end."""

    head: Row
    rows: dict[str, Row] = field(default_factory=dict)
    end: str = ""

    def add(self, row: Row) -> None:
        if row.kind == "end":
            self.end = row["end"]
        kind = f"{self.end} {row.kind}" if row.kind in _TIMERS else row.kind
        if kind in self.rows and kind != "end":
            raise ValueError("it stands there twice")
        self.rows[kind] = row


def _peer(block: _Block) -> BfdPeer:
    rows = block.rows
    wanted = _NEEDED | {f"{end} {kind}" for end in ("Local", "Remote") for kind in _TIMERS}
    if not rows.keys() >= wanted:
        raise ValueError("lines of this session are missing")
    return BfdPeer(
        peer=ip_address(block.head["peer"]),
        vrf=block.head["vrf"],
        interface=_after("interface", block.head["on"]),
        multihop="multihop" in block.head["options"],
        status=rows["status"]["status"],
        diagnostics=rows["diagnostics"]["diagnostics"],
        remote_diagnostics=rows["remote_diagnostics"]["diagnostics"],
        local=_timers(rows, "Local"),
        remote=_timers(rows, "Remote"),
    )


def _timers(rows: dict[str, Row], end: str) -> BfdTimers:
    return BfdTimers(
        multiplier=int(rows[f"{end} multiplier"]["multiplier"]),
        receive=int(rows[f"{end} receive"]["interval"]),
        transmit=int(rows[f"{end} transmit"]["interval"]),
    )


def _after(word: str, text: str) -> str | None:
    found = re.search(rf"\b{word} (\S+)", text)
    return found[1] if found else None


BFD_PEERS: Final = Command("show bfd peers", Table("bfd_peers", _peers, frozenset({"header"})))
