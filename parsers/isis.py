"""IS-IS as isisd shows it: neighbours, interfaces, and what it knows of LDP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Final

from parsers.command import ALL_VRFS, DEFAULT_VRF, Command, family, in_vrf
from parsers.excerpt import Layout
from parsers.reading import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.reading import Reading
    from parsers.template import Row


@dataclass(frozen=True, slots=True)
class IsisNeighbor:
    """One neighbour of ``show isis neighbor detail``.

    ``system`` is its host name once that has come in an LSP (RFC 5301), its system ID until then. ``level``
    is the adjacency's. FRR does not say which VRF it is in.
    """

    system: str
    interface: str
    level: int
    state: str
    areas: tuple[str, ...]
    addresses: tuple[IPv4Address, ...]


@dataclass(frozen=True, slots=True)
class IsisInterface:
    """One interface of ``show isis interface detail``.

    ``running`` is false for one that is down. ``network_type`` is ``p2p``, ``lan`` or ``loopback``. Metric
    and timers are those of level 2 where it has both; a passive interface has no timers.
    """

    name: str
    running: bool
    passive: bool
    network_type: str
    level: str
    metric: int | None = None
    hello: int | None = None
    multiplier: int | None = None
    prefixes: tuple[IPv4Network | IPv6Network, ...] = ()


@dataclass(frozen=True, slots=True)
class IsisSync:
    """One interface of ``show isis mpls ldp-sync``: what isisd makes of it.

    ``enabled``: isisd waits for LDP here, as it is configured and finds it possible. ``achieved``: it has
    what it waited for, and announces the link's own metric; ``None`` where nothing is said of it, as of an
    interface that is down.
    """

    interface: str
    enabled: bool
    achieved: bool | None


def _blocks(reading: Reading, heading: str) -> Iterator[tuple[Row, list[Row]]]:
    """The rows from one heading to the next, beside those that belong to none."""
    block: tuple[Row, list[Row]] | None = None
    for row in reading.rows:
        if row.kind in _OUTSIDE:
            continue
        if row.kind == heading:
            if block is not None:
                yield block
            block = (row, [])
        elif block is None:
            raise reading.error(row, f"it belongs to no {heading}")
        else:
            block[1].append(row)
    if block is not None:
        yield block


def _neighbors(reading: Reading) -> tuple[IsisNeighbor, ...]:
    neighbors = []
    for head, rows in _blocks(reading, "neighbor"):
        with reading.at(head):
            neighbors.append(_neighbor(head, rows))
    return tuple(neighbors)


def _neighbor(head: Row, rows: list[Row]) -> IsisNeighbor:
    state = _one(rows, "state")
    return IsisNeighbor(
        system=head["system"],
        interface=state["interface"],
        level=int(state["level"]),
        state=state["state"],
        areas=tuple(_values(rows, "areas")),
        addresses=tuple(map(IPv4Address, _values(rows, "addresses"))),
    )


def _values(rows: list[Row], heading: str) -> Iterator[str]:
    """The values below a heading."""
    above = ""
    for row in rows:
        if row.kind != "value":
            above = row.kind
        elif above == heading:
            yield row["value"]


def _interfaces(reading: Reading) -> tuple[IsisInterface, ...]:
    interfaces = []
    for head, rows in _blocks(reading, "interface"):
        with reading.at(head):
            interfaces.append(_interface(head, rows))
    return tuple(interfaces)


def _interface(head: Row, rows: list[Row]) -> IsisInterface:
    circuit = _one(rows, "type")
    at_level = {row.kind: row for row in rows}  # level 2 stands last
    timers = at_level.get("timers")
    return IsisInterface(
        name=head["interface"],
        running=head["state"] == "Up",
        passive=head["mode"] == "Passive",
        network_type=circuit["network_type"],
        level=circuit["level"],
        metric=int(at_level["metric"]["metric"]) if "metric" in at_level else None,
        hello=int(timers["hello"]) if timers else None,
        multiplier=int(timers["multiplier"]) if timers else None,
        prefixes=tuple(ip_network(row["prefix"], strict=False) for row in rows if row.kind == "prefix"),
    )


def _one(rows: list[Row], kind: str) -> Row:
    found = [row for row in rows if row.kind == kind]
    if len(found) != 1:
        raise ValueError(f"it has {len(found)} lines of {kind} instead of one")
    return found[0]


def _sync(rows: dict[str, Row]) -> IsisSync:
    name = rows["interface"]["interface"]
    if "down" in rows:
        return IsisSync(name, enabled=False, achieved=None)
    if not rows.keys() >= {"enabled", "state"}:
        raise ValueError("lines of this interface are missing")
    state = rows["state"]["state"]
    if rows["enabled"]["enabled"] == "no" or state.startswith("Sync not required"):
        return IsisSync(name, enabled=False, achieved=None)
    return IsisSync(name, enabled=True, achieved=state == "Sync achieved")


_OUTSIDE: Final = frozenset({"instance", "absent"})


@family(r"show isis(?: vrf (?P<vrf>\S+))? neighbor detail")
def isis_neighbors(vrf: str = DEFAULT_VRF) -> Command[tuple[IsisNeighbor, ...]]:
    """The neighbours in a VRF or in all; none where IS-IS is not enabled."""
    return Command(
        f"show isis{in_vrf(vrf)} neighbor detail",
        Table("isis_neighbor", _neighbors),
        Layout(re.compile(r" (?P<key>\S+) *")),
    )


@family(r"show isis(?: vrf (?P<vrf>\S+))? interface detail")
def isis_interfaces(vrf: str = DEFAULT_VRF) -> Command[tuple[IsisInterface, ...]]:
    """The interfaces in a VRF or in all."""
    return Command(
        f"show isis{in_vrf(vrf)} interface detail",
        Table("isis_interface", _interfaces),
        Layout(re.compile(r"  Interface: (?P<key>[^ ,]+), .*")),
    )


ISIS_NEIGHBORS: Final = isis_neighbors(ALL_VRFS)
ISIS_INTERFACES: Final = isis_interfaces(ALL_VRFS)
ISIS_SYNC: Final = Command(
    "show isis mpls ldp-sync",
    Table(
        "isis_ldp_sync",
        lambda reading: reading.blocks("interface", _sync, frozenset(("remark", "running", "disabled"))),
    ),
)
"""Nothing where isisd does not run."""
