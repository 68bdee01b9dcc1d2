"""OSPF as ospfd shows it: neighbours and interfaces."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface
from typing import TYPE_CHECKING, Final

from parsers.facts import OspfInterface, OspfNeighbor, OspfSync
from parsers.reading import Command, read
from parsers.uptime import parse_uptime

if TYPE_CHECKING:
    from parsers.template import Row

_NEIGHBOR: Final = Command("show ip ospf neighbor", "ospf_neighbor", frozenset({"header", "absent"}))
_SYNC: Final = Command("show ip ospf mpls ldp-sync", "ospf_ldp_sync")
_INTERFACE: Final = Command("show ip ospf interface", "ospf_interface")


def parse_ospf_neighbors(text: str, version: str = "") -> tuple[OspfNeighbor, ...]:
    """Read ``show ip ospf neighbor``, with or without ``vrf NAME|all``.

    Without neighbours, and in a VRF that OSPF is not enabled in, there are none.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    reading = read(_NEIGHBOR, text, version)
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


def parse_ospf_interfaces(text: str, version: str = "") -> tuple[OspfInterface, ...]:
    """Read ``show ip ospf interface``, with or without ``vrf NAME|all``: one fact an interface and address.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    reading = read(_INTERFACE, text, version)
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


def parse_ospf_sync(text: str, version: str = "") -> tuple[OspfSync, ...]:
    """Read ``show ip ospf mpls ldp-sync``; where ospfd does not synchronise there is nothing.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    return read(_SYNC, text, version).blocks("interface", _sync, frozenset(("remark", "disabled")))


def _sync(rows: dict[str, Row]) -> OspfSync:
    name = rows["interface"]["interface"].strip()
    if "down" in rows:
        return OspfSync(name, enabled=False, achieved=None)
    if not rows.keys() >= {"enabled", "state"}:
        raise ValueError("lines of this interface are missing")
    state = rows["state"]["state"]
    return OspfSync(name, enabled=rows["enabled"]["enabled"] == "yes", achieved=state == "Sync achieved")


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
    return "default" if heading is None else heading["vrf"]
