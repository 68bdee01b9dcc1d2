"""The kernel's own view, as iproute2 and sysctl print it: routes, rules, labels, devices, settings."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Address, ip_address, ip_interface, ip_network
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from parsers.attributes import parse_attributes
from parsers.errors import ParseError
from parsers.facts import (
    DeviceAddress,
    DeviceFact,
    InterfaceAddress,
    KernelHop,
    KernelMplsRoute,
    KernelRoute,
    Label,
    Network,
    PolicyRule,
    Qdisc,
    Sysctl,
    Tunnel,
)
from parsers.reading import Command, Reading, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from parsers.attributes import Attributes
    from parsers.template import Row

_MPLS: Final = Command("ip -M route", "kernel_mpls")
_ROUTES: Final = "ip route show table"
_LINK: Final = Command("ip -d link", "link")
_ADDRESS: Final = Command("ip -o addr", "address")
_SYSCTL: Final = Command("sysctl", "sysctl")
_RULE: Final = Command("ip rule", "rule", frozenset({"rule"}))
_QDISC: Final = Command("tc qdisc show", "qdisc", frozenset({"qdisc"}))

_HOP_KEYS: Final = frozenset({"via", "dev", "weight", "nhid", "encap mpls", "as to", "ttl"})
_HOP_FLAGS: Final = frozenset(
    {"onlink", "linkdown", "dead", "pervasive", "offload", "trap", "rt_trap", "offload_failed"}
)
_ROUTE_KEYS: Final = (
    _HOP_KEYS
    | {"table", "proto", "metric", "src", "scope", "pref", "error", "expires"}
    | {"mtu", "advmss", "realm", "tos", "hoplimit"}
)
_TABLES: Final[Mapping[str, int]] = {"unspec": 0, "default": 253, "main": 254, "local": 255}


def parse_kernel_mpls(text: str, version: str = "") -> tuple[KernelMplsRoute, ...]:
    """Read ``ip -M route``: the kernel's label forwarding table. An empty table prints nothing.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    reading = read(_MPLS, text, version)
    routes: list[KernelMplsRoute] = []
    for _, row in _under_destination(reading):
        with reading.at(row):
            if row.kind == "route":
                routes.append(_mpls_route(row))
            else:
                routes[-1] = replace(routes[-1], hops=(*routes[-1].hops, _further_hop(row)))
    return tuple(routes)


def _mpls_route(row: Row) -> KernelMplsRoute:
    attributes = parse_attributes(row["attributes"], keys=_ROUTE_KEYS, flags=_HOP_FLAGS)
    return KernelMplsRoute(Label(int(row["in_label"])), attributes.get("proto"), _hops(attributes))


def parse_kernel_routes(text: str, version: str = "", table: str = "all") -> tuple[KernelRoute, ...]:
    """Read ``ip route show table all``: the routes of every table, those of VRFs included.

    Without ``-4`` iproute2 shows the MPLS table, too: it is checked and left to ``ip -M route``.

    Args:
        text: The output.
        version: The FRR version, for error messages.
        table: The table that was asked for, ``all`` or its number. iproute2 names the table of a route only
            where it shows all of them, but for the table ``main``, which it never names.

    Raises:
        ParseError: A line was not understood, this is not the command's output, or the table was asked for
            by a name, which only the node knows the number of.
    """
    command = Command(f"{_ROUTES} {table}", "kernel_route")
    asked = _asked_table(command, version, table)
    reading = read(command, text, version)
    routes: list[KernelRoute] = []
    for heading, row in _under_destination(reading):
        with reading.at(row):
            if heading.kind == "label":
                parse_attributes(row["attributes"], keys=_ROUTE_KEYS, flags=_HOP_FLAGS)
            elif row.kind == "route":
                routes.append(_kernel_route(row, asked))
            else:
                routes[-1] = replace(routes[-1], hops=(*routes[-1].hops, _further_hop(row)))
    return tuple(routes)


def _asked_table(command: Command, version: str, table: str) -> int | None:
    """The number of the one table that was asked for, None for all tables."""
    if table == "all":
        return None
    if table in _TABLES:
        return _TABLES[table] or None
    if re.fullmatch("[0-9]{1,10}", table):
        return int(table) or None
    why = f"the number of the table {table!r} is not known here; ask for it by number, or for all"
    raise ParseError(why, command=command.name, version=version)


def _under_destination(reading: Reading) -> Iterator[tuple[Row, Row]]:
    """Give each row with the row of the destination that it belongs to, itself for a first row."""
    heading: Row | None = None
    for row in reading.rows:
        if row.kind != "hop":
            heading = row
        elif heading is None:
            raise reading.error(row, "it belongs to no destination")
        yield heading, row


def _kernel_route(row: Row, asked: int | None) -> KernelRoute:
    attributes = parse_attributes(row["attributes"], keys=_ROUTE_KEYS, flags=_HOP_FLAGS)
    source = attributes.get("src")
    return KernelRoute(
        kind=row["type"].strip() or "unicast",
        prefix=_prefix(row["prefix"], ipv6=attributes.get("pref") is not None),
        table=_table(attributes.get("table"), asked),
        protocol=attributes.get("proto"),
        metric=attributes.number("metric"),
        source=ip_address(source) if source else None,
        hops=_hops(attributes),
    )


def _table(named: str | None, asked: int | None) -> int:
    if named is None:
        return _TABLES["main"] if asked is None else asked
    table = _TABLES[named] if named in _TABLES else int(named)
    if asked not in {None, table}:
        raise ValueError(f"it is a route of table {table}")
    return table


def _prefix(text: str, *, ipv6: bool) -> Network:
    """Read a destination; iproute2 adds a router preference to IPv6 routes only."""
    if text == "default":
        return ip_network("::/0" if ipv6 else "0.0.0.0/0")
    return ip_network(text)


def _further_hop(row: Row) -> KernelHop:
    hops = _hops(parse_attributes(row["attributes"], keys=_HOP_KEYS, flags=_HOP_FLAGS))
    if not hops:
        raise ValueError("a next hop without gateway and device")
    return hops[0]


def _hops(attributes: Attributes) -> tuple[KernelHop, ...]:
    """Return the hop of this line, none where its hops follow on lines of their own."""
    gateway, device = attributes.get("via"), attributes.get("dev")
    if gateway is None and device is None:
        return ()
    labels = attributes.get("encap mpls") or attributes.get("as to")
    return (
        KernelHop(
            gateway=ip_address(gateway) if gateway else None,
            device=device,
            labels=Label.stack(labels) if labels else (),
            weight=attributes.number("weight"),
            flags=attributes.flags,
        ),
    )


def parse_devices(text: str, version: str = "") -> tuple[DeviceFact, ...]:
    """Read ``ip -d link`` or ``ip -d addr``: every device with its VRF, MTU, state and alias.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    reading = read(_LINK, text, version)
    blocks: list[list[Row]] = []
    for row in reading.rows:
        if row.kind == "device":
            blocks.append([row])
        elif blocks:
            blocks[-1].append(row)
        elif row.kind != "remark":
            raise reading.error(row, "it belongs to no device")
    devices = []
    for block in blocks:
        with reading.at(block[0]):
            devices.append(_device(block))
    return tuple(devices)


def _device(block: Sequence[Row]) -> DeviceFact:
    head = block[0]
    flags = frozenset(head["flags"].split(","))
    words = head["attributes"].split()
    after = dict(pairwise(words))
    links = [row for row in block if row.kind == "link"]
    details = [row for row in block if row.kind == "detail"]
    if len(links) != 1:
        raise ValueError("the line with its link type is missing")
    link = links[0]
    kinds = [row["type"] for row in details if not row["type"].endswith("_slave")]
    if len(kinds) > 1:
        raise ValueError(f"it cannot be {' and '.join(kinds)} at once")
    return DeviceFact(
        index=int(head["index"]),
        name=head["name"],
        peer=head["peer"].removeprefix("@") or None,
        up="UP" in flags,
        lower_up="LOWER_UP" in flags,
        operstate=after.get("state", "UNKNOWN"),
        mtu=int(head["mtu"]),
        master=after.get("master"),
        kind=kinds[0] if kinds else link["type"],
        vrf_table=_vrf_table(details),
        mac=link["attributes"].split()[0] if link["type"] == "ether" else None,
        alias=next((row["alias"] for row in block if row.kind == "alias"), None),
        addresses=tuple(_interface_address(row["address"]) for row in block if row.kind == "address"),
        tunnel=_tunnel(details),
    )


def _vrf_table(details: Sequence[Row]) -> int | None:
    for row in details:
        words = row["attributes"].split()
        if row["type"] in {"vrf", "vrf_slave"} and words[:1] == ["table"]:
            return int(words[1])
    return None


def _tunnel(details: Sequence[Row]) -> Tunnel | None:
    for row in details:
        words = dict(pairwise(row["attributes"].split()))
        ends = words.get("local", "any"), words.get("remote", "any")
        if row["type"] == "gre" and "any" not in ends:
            return Tunnel(IPv4Address(ends[0]), IPv4Address(ends[1]), words.get("dev"))
    return None


def _interface_address(text: str) -> InterfaceAddress:
    return ip_interface(text)


def parse_addresses(text: str, version: str = "") -> tuple[DeviceAddress, ...]:
    """Read ``ip -o addr``: one address a line.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    return read(_ADDRESS, text, version).facts("address", _address)


def _address(row: Row) -> DeviceAddress:
    return DeviceAddress(row["device"], _interface_address(row["address"]), row["scope"])


def parse_sysctl(text: str, version: str = "") -> tuple[Sysctl, ...]:
    """Read ``sysctl KEY...``; a key that this kernel lacks is one whose value is ``None``.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    reading = read(_SYSCTL, text, version)
    settings = []
    for row in reading.rows:
        if row.kind == "setting":
            settings.append(Sysctl(row["key"], row["value"].strip()))
        else:
            settings.append(Sysctl(_key(row["path"]), None))
    return tuple(settings)


def _key(path: str) -> str:
    """Turn the path of a setting into its key; a dot in a device's name is written as a slash there."""
    return path.translate(str.maketrans("/.", "./"))


def parse_rules(text: str, version: str = "") -> tuple[PolicyRule, ...]:
    """Read ``ip rule``: what decides in which table a packet is looked up.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    return read(_RULE, text, version).facts(
        "rule", lambda row: PolicyRule(int(row["preference"]), " ".join(row["words"].split()))
    )


def parse_qdiscs(text: str, version: str = "") -> tuple[Qdisc, ...]:
    """Read ``tc qdisc show``: the queueing disciplines of all devices.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    return read(_QDISC, text, version).facts(
        "qdisc", lambda row: Qdisc(row["device"], row["discipline"], own=row["handle"] == "0:")
    )
