"""LDP as ldpd shows it: sessions, interfaces, hello adjacencies and label bindings (RFC 5036).

A session carries the labels of IPv4 and IPv6, whichever of the two it runs over: it is a fact in either case.
Interfaces, adjacencies and bindings are of one address family each; those of IPv6 (RFC 7552) are no facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import TYPE_CHECKING, Final

from parsers.command import Command
from parsers.reading import Table, each
from parsers.running_config import configured
from parsers.uptime import parse_uptime
from parsers.values import Address, Label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from parsers.reading import Output, Reading
    from parsers.template import Row


@dataclass(frozen=True, slots=True)
class LdpNeighbor:
    """One LDP session of ``show mpls ldp neighbor`` (states of RFC 5036, 2.5.4; up is ``OPERATIONAL``)."""

    lsr_id: IPv4Address
    state: str
    remote_address: Address
    up_for: timedelta


@dataclass(frozen=True, slots=True)
class LdpInterface:
    """One row of ``show mpls ldp interface``; ``hello`` and ``hold`` are seconds."""

    name: str
    state: str
    up_for: timedelta
    hello: int
    hold: int
    adjacencies: int


@dataclass(frozen=True, slots=True)
class LdpAdjacency:
    """One hello adjacency of ``show mpls ldp discovery``.

    ``kind`` is ``link`` or ``targeted``; ``source`` the interface, or for a targeted one the peer's address.
    """

    lsr_id: IPv4Address
    kind: str
    source: str
    hold: int


@dataclass(frozen=True, slots=True)
class LdpSync:
    """One interface of ``show mpls ldp igp-sync``: what ldpd reports to the IGP (RFC 5443).

    ``complete``: the first labels have been exchanged, the IGP may use the link. ``peer`` is the LSR-id of
    the session over the link, ``None`` without one.
    """

    interface: str
    complete: bool
    wait: int
    peer: IPv4Address | None


@dataclass(frozen=True, slots=True)
class LdpPassword:
    """The password of an LDP neighbour in ldpd's running configuration (RFC 5036 2.9)."""

    peer: IPv4Address
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LdpBinding:
    """One FEC and one peer of ``show mpls ldp binding``.

    ``peer`` is the LSR-id of the neighbour that sent ``remote_label``; it is 0.0.0.0 and ``remote_label`` is
    ``None`` when no neighbour sent one. ``in_use``: this neighbour is the IGP next hop, the label is used.
    """

    prefix: IPv4Network
    peer: IPv4Address
    local_label: Label | None
    remote_label: Label | None
    in_use: bool


def _unwrapped(reading: Reading, whole: str) -> Reading:
    """Join rows that ldpd has broken after a long IPv6 address or prefix to one, of the kind ``whole``."""
    rows: list[Row] = []
    for row in reading.rows:
        broken = bool(rows) and rows[-1].kind == "long"
        if broken != (row.kind == "rest"):
            raise reading.error(row, "the rest of the row above is missing" if broken else "it ends no row")
        if broken:
            head = rows.pop()
            row = replace(head, kind=whole, fields={**head.fields, **row.fields})  # noqa: PLW2901
        rows.append(row)
    if rows and rows[-1].kind == "long":
        raise reading.error(rows[-1], "the rest of this row is missing")
    return replace(reading, rows=tuple(rows))


def _sync(rows: dict[str, Row]) -> LdpSync:
    if not rows.keys() >= {"status", "wait", "timer"}:
        raise ValueError("lines of this interface are missing")
    return LdpSync(
        interface=rows["interface"]["interface"],
        complete=rows["status"]["status"] == "initial label exchange complete",
        wait=int(rows["wait"]["wait"]),
        peer=IPv4Address(rows["peer"]["lsr_id"]) if "peer" in rows else None,
    )


def _neighbor(row: Row) -> LdpNeighbor:
    return LdpNeighbor(
        lsr_id=IPv4Address(row["lsr_id"]),
        state=row["state"],
        remote_address=ip_address(row["remote_address"]),
        up_for=parse_uptime(row["up_for"]),
    )


def _interface(row: Row) -> LdpInterface:
    return LdpInterface(
        name=row["name"],
        state=row["state"],
        up_for=parse_uptime(row["up_for"]),
        hello=int(row["hello"]),
        hold=int(row["hold"]),
        adjacencies=int(row["adjacencies"]),
    )


def _adjacency(row: Row) -> LdpAdjacency:
    return LdpAdjacency(
        lsr_id=IPv4Address(row["lsr_id"]),
        kind=row["type"].lower(),
        source=row["source"],
        hold=int(row["hold"]),
    )


def _binding(row: Row) -> LdpBinding:
    return LdpBinding(
        prefix=IPv4Network(row["prefix"]),
        peer=IPv4Address(row["peer"]),
        local_label=_label(row["local_label"]),
        remote_label=_label(row["remote_label"]),
        in_use=row["in_use"] == "yes",
    )


def _label(text: str) -> Label | None:
    return None if text == "-" else Label.parse(text)


_HEADER: Final = frozenset({"header"})
_PASSWORD: Final = re.compile(r" neighbor ([0-9.]+) password (\S+)")


def _passwords(output: Output) -> Iterator[LdpPassword]:
    for block, line in configured(output):
        if block == "mpls ldp" and (found := _PASSWORD.fullmatch(line)):
            yield LdpPassword(IPv4Address(found[1]), found[2])


LDP_NEIGHBORS: Final = Command(
    "show mpls ldp neighbor",
    Table(
        "ldp_neighbor",
        lambda reading: _unwrapped(reading, "neighbor").facts("neighbor", _neighbor),
        _HEADER,
    ),
)
LDP_INTERFACES: Final = Command(
    "show mpls ldp interface", Table("ldp_interface", each("interface", _interface), _HEADER)
)
LDP_DISCOVERY: Final = Command(
    "show mpls ldp discovery",
    Table(
        "ldp_discovery", lambda reading: _unwrapped(reading, "ipv6").facts("adjacency", _adjacency), _HEADER
    ),
)
LDP_BINDINGS: Final = Command(
    "show mpls ldp binding",
    Table("ldp_binding", lambda reading: _unwrapped(reading, "ipv6").facts("binding", _binding), _HEADER),
)
LDP_SYNC: Final = Command(
    "show mpls ldp igp-sync", Table("ldp_igp_sync", lambda reading: reading.blocks("interface", _sync))
)
"""Without an LDP interface it prints nothing."""
LDP_PASSWORDS: Final = Command("show running-config ldpd", lambda output: tuple(_passwords(output)))
