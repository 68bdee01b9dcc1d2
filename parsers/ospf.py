"""OSPF as ospfd shows it: neighbours, interfaces, their keys, and what they know of LDP."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface
from typing import TYPE_CHECKING, Final

from parsers.command import ALL_VRFS, DEFAULT_VRF, Command, family, in_vrf
from parsers.excerpt import Layout
from parsers.reading import Table
from parsers.running_config import configured
from parsers.uptime import parse_uptime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from parsers.reading import Output, Reading
    from parsers.template import Row


@dataclass(frozen=True, slots=True)
class OspfNeighbor:
    """One row of ``show ip ospf neighbor``.

    ``state`` is the neighbour state (``Full``, ``2-Way``, ``Init``, ...), ``role`` the neighbour's part on a
    broadcast network (``DR``, ``Backup``, ``DROther``) or ``-`` on a point-to-point link. ``router_id`` is
    ``None`` for a configured NBMA neighbour that has not sent a hello yet. ``up_for`` counts from the last
    state change, ``dead_in`` is ``None`` when no dead timer runs.
    """

    vrf: str
    router_id: IPv4Address | None
    priority: int
    state: str
    role: str
    address: IPv4Address
    interface: str
    local_address: IPv4Address | None
    up_for: timedelta
    dead_in: timedelta | None
    retransmissions: int
    requests: int
    summaries: int


@dataclass(frozen=True, slots=True)
class OspfInterface:
    """One interface of ``show ip ospf interface``.

    ``running`` is false for an interface that is down or that OSPF is not enabled on; all that OSPF would
    know about it is then ``None``. ``area_type`` is ``""`` for a normal area, else ``Stub`` or ``NSSA``.
    ``hello`` and ``dead`` are seconds; ``authentication`` is ``None`` when the interface sets none.
    """

    vrf: str
    name: str
    up: bool
    mtu: int
    running: bool
    address: IPv4Interface | None = None
    area: IPv4Address | None = None
    area_type: str = ""
    mtu_check: bool | None = None
    router_id: IPv4Address | None = None
    network_type: str | None = None
    cost: int | None = None
    state: str | None = None
    priority: int | None = None
    hello: float | None = None
    dead: int | None = None
    passive: bool = False
    neighbors: int = 0
    adjacent: int = 0
    authentication: str | None = None


@dataclass(frozen=True, slots=True)
class OspfKey:
    """A key of an interface in ospfd's running configuration; ``key_id`` is ``None`` for a plain password."""

    interface: str
    key_id: int | None
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OspfSync:
    """One interface of ``show ip ospf mpls ldp-sync``: what ospfd makes of it.

    ``enabled``: ospfd waits for LDP here, as it is configured and finds it possible. ``achieved``: it has
    what it waited for, and announces the link's own cost rather than 65535; ``None`` where nothing is said
    of it, as of an interface that is down.
    """

    interface: str
    enabled: bool
    achieved: bool | None


def _neighbors(reading: Reading) -> tuple[OspfNeighbor, ...]:
    neighbors = []
    for heading, row in reading.under("vrf"):
        if row.kind == "neighbor":
            with reading.at(row):
                neighbors.append(_neighbor(row, _vrf(heading)))
    return tuple(neighbors)


def _neighbor(row: Row, vrf: str) -> OspfNeighbor:
    return OspfNeighbor(
        vrf=vrf,
        router_id=None if row["router_id"] == "-" else IPv4Address(row["router_id"]),
        priority=int(row["priority"]),
        state=row["state"],
        role=row["role"],
        address=IPv4Address(row["address"]),
        interface=row["interface"],
        local_address=IPv4Address(row["local_address"]),
        up_for=parse_uptime(row["up_for"]),
        dead_in=None if row["dead_in"] == "inactive" else parse_uptime(row["dead_in"]),
        retransmissions=int(row["retransmissions"]),
        requests=int(row["requests"]),
        summaries=int(row["summaries"]),
    )


def _interfaces(reading: Reading) -> tuple[OspfInterface, ...]:
    blocks: list[_Block] = []
    for heading, row in reading.under("vrf"):
        with reading.at(row):
            if row.kind == "interface":
                blocks.append(_Block(_vrf(heading), row))
            elif row.kind in _OUTSIDE:
                continue
            elif not blocks:
                raise reading.error(row, "it belongs to no interface")
            elif row.kind in _ADDRESSES and blocks[-1].rows.keys() & _ADDRESSES:
                blocks.append(blocks[-1].of_further_address(row))
            else:
                blocks[-1].add(row)
    interfaces = []
    for block in blocks:
        with reading.at(block.head):
            interfaces.append(_interface(block))
    return tuple(interfaces)


def _sync(rows: dict[str, Row]) -> OspfSync:
    name = rows["interface"]["interface"].strip()
    if "down" in rows:
        return OspfSync(name, enabled=False, achieved=None)
    if not rows.keys() >= {"enabled", "state"}:
        raise ValueError("lines of this interface are missing")
    state = rows["state"]["state"]
    if rows["enabled"]["enabled"] == "no" or state.startswith("Sync not required"):
        return OspfSync(name, enabled=False, achieved=None)
    return OspfSync(name, enabled=True, achieved=state == "Sync achieved")


_OUTSIDE: Final = frozenset({"instance", "absent"})
_ADDRESSES: Final = frozenset({"address", "unnumbered"})
_RUNNING: Final = frozenset({"mtu_check", "network", "state", "timers", "neighbors"})


@dataclass(slots=True)
class _Block:
    """The lines of one interface and one address, by their kind, while they are read."""

    vrf: str
    head: Row
    rows: dict[str, Row] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        if row.kind in self.rows and row.kind != "remark":
            raise ValueError("it stands there twice")
        self.rows[row.kind] = row

    def of_further_address(self, row: Row) -> _Block:
        """Begin the block of a further address; OSPF runs on each of its own, the first lines are common."""
        return _Block(self.vrf, self.head, {"device": self.rows["device"], row.kind: row})


def _interface(block: _Block) -> OspfInterface:
    rows, name, up = block.rows, block.head["interface"], block.head["state"] == "up"
    if "device" not in rows:
        raise ValueError("the line with its MTU is missing")
    mtu = int(rows["device"]["mtu"])
    if "stopped" in rows:
        return OspfInterface(vrf=block.vrf, name=name, up=up, mtu=mtu, running=False)
    where = rows.get("address") or rows.get("unnumbered")
    if where is None or not rows.keys() >= _RUNNING:
        raise ValueError("lines of this interface are missing")
    network, state, timers, neighbors = (rows[kind] for kind in ("network", "state", "timers", "neighbors"))
    return OspfInterface(
        vrf=block.vrf,
        name=name,
        up=up,
        mtu=mtu,
        running=True,
        address=IPv4Interface(where["address"]) if where.kind == "address" else None,
        area=IPv4Address(where["area"]),
        area_type=where["area_type"].strip(" []"),
        mtu_check=rows["mtu_check"]["mtu_check"] == "enabled",
        router_id=IPv4Address(network["router_id"]),
        network_type=network["network_type"],
        cost=int(network["cost"]),
        state=state["state"],
        priority=int(state["priority"]),
        hello=_seconds(timers["hello"]),
        dead=int(timers["dead"]),
        passive="passive" in rows,
        neighbors=int(neighbors["neighbors"]),
        adjacent=int(neighbors["adjacent"]),
        authentication=rows["authentication"]["authentication"] if "authentication" in rows else None,
    )


def _seconds(hello: str) -> float:
    """Read a hello interval: ``10s``, or ``250ms`` with several hellos a second."""
    return int(hello.removesuffix("ms")) / 1000 if hello.endswith("ms") else float(hello.removesuffix("s"))


def _vrf(heading: Row | None) -> str:
    return DEFAULT_VRF if heading is None else heading["vrf"]


_INTERFACE: Final = re.compile(r"interface (\S+)")
_DIGEST: Final = re.compile(r" ip ospf message-digest-key ([0-9]{1,3}) md5 (\S+)")
_PLAIN: Final = re.compile(r" ip ospf authentication-key (\S+)")


def _keys(output: Output) -> Iterator[OspfKey]:
    for block, line in configured(output):
        if (interface := _INTERFACE.fullmatch(block)) is None:
            continue
        if digest := _DIGEST.match(line):
            yield OspfKey(interface[1], int(digest[1]), digest[2])
        elif password := _PLAIN.match(line):
            yield OspfKey(interface[1], None, password[1])


_VRF: Final = re.compile(r"VRF Name: (?P<key>\S+)")


@family(r"show ip ospf(?: vrf (?P<vrf>\S+))? neighbor")
def ospf_neighbors(vrf: str = DEFAULT_VRF) -> Command[tuple[OspfNeighbor, ...]]:
    """The neighbours in a VRF or in all; none where OSPF is not enabled."""
    return Command(
        f"show ip ospf{in_vrf(vrf)} neighbor",
        Table("ospf_neighbor", _neighbors, frozenset({"header", "absent"})),
        Layout(re.compile(r"[0-9.]+ +\d+ \S+ .* (?P<key>[0-9.]+) +\S+:[0-9.]+ .*"), _VRF),
    )


@family(r"show ip ospf(?: vrf (?P<vrf>\S+))? interface(?: (?P<name>\S+))?")
def ospf_interfaces(vrf: str = DEFAULT_VRF, name: str = "") -> Command[tuple[OspfInterface, ...]]:
    """The interfaces in a VRF or in all, or the one of a name: one fact an interface and address."""
    return Command(
        f"show ip ospf{in_vrf(vrf)} interface {name}".rstrip(),
        Table("ospf_interface", _interfaces),
        Layout(re.compile(r"(?P<key>\S+) is (?:up|down).*"), _VRF),
    )


OSPF_NEIGHBORS: Final = ospf_neighbors(ALL_VRFS)
OSPF_INTERFACES: Final = ospf_interfaces(ALL_VRFS)
OSPF_KEYS: Final = Command("show running-config ospfd", lambda output: tuple(_keys(output)))
OSPF_SYNC: Final = Command(
    "show ip ospf mpls ldp-sync",
    Table(
        "ospf_ldp_sync", lambda reading: reading.blocks("interface", _sync, frozenset(("remark", "disabled")))
    ),
)
"""Nothing where ospfd does not synchronise."""
