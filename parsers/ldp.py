"""LDP as ldpd shows it: sessions, interfaces, hello adjacencies and label bindings (RFC 5036).

A session carries the labels of IPv4 and IPv6, whichever of the two it runs over: it is a fact in either case.
Interfaces, adjacencies and bindings are of one address family each; those of IPv6 (RFC 7552) are no facts.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import TYPE_CHECKING, Final

from parsers.facts import Label, LdpAdjacency, LdpBinding, LdpInterface, LdpNeighbor, LdpSync
from parsers.reading import Command, read
from parsers.uptime import parse_uptime

if TYPE_CHECKING:
    from parsers.reading import Reading
    from parsers.template import Row

_HEADER: Final = frozenset({"header"})
_NEIGHBOR: Final = Command("show mpls ldp neighbor", "ldp_neighbor", _HEADER)
_INTERFACE: Final = Command("show mpls ldp interface", "ldp_interface", _HEADER)
_DISCOVERY: Final = Command("show mpls ldp discovery", "ldp_discovery", _HEADER)
_SYNC: Final = Command("show mpls ldp igp-sync", "ldp_igp_sync")
_BINDING: Final = Command("show mpls ldp binding", "ldp_binding", _HEADER)


def parse_ldp_neighbors(text: str, version: str = "") -> tuple[LdpNeighbor, ...]:
    """Read ``show mpls ldp neighbor``.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    return _unwrapped(_NEIGHBOR, "neighbor", text, version).facts("neighbor", _neighbor)


def parse_ldp_interfaces(text: str, version: str = "") -> tuple[LdpInterface, ...]:
    """Read ``show mpls ldp interface``.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    return read(_INTERFACE, text, version).facts("interface", _interface)


def parse_ldp_discovery(text: str, version: str = "") -> tuple[LdpAdjacency, ...]:
    """Read ``show mpls ldp discovery``.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    return _unwrapped(_DISCOVERY, "ipv6", text, version).facts("adjacency", _adjacency)


def parse_ldp_bindings(text: str, version: str = "") -> tuple[LdpBinding, ...]:
    """Read ``show mpls ldp binding``.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    return _unwrapped(_BINDING, "ipv6", text, version).facts("binding", _binding)


def parse_ldp_sync(text: str, version: str = "") -> tuple[LdpSync, ...]:
    """Read ``show mpls ldp igp-sync``; without an LDP interface it prints nothing.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    return read(_SYNC, text, version).blocks("interface", _sync)


def _unwrapped(command: Command, whole: str, text: str, version: str) -> Reading:
    """Read rows that ldpd has broken after a long IPv6 address or prefix as one, of the kind ``whole``."""
    reading = read(command, text, version)
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
