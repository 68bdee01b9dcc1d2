"""The kernel's own view, as iproute2 and sysctl print it: routes, rules, labels, devices, settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import IPv4Address, ip_interface
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from parsers.attributes import parse_attributes
from parsers.command import Command, family
from parsers.excerpt import Layout
from parsers.reading import Reading, Table, each
from parsers.values import Address, InterfaceAddress, Label, Network, address, network

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from parsers.attributes import Attributes
    from parsers.template import Row


@dataclass(frozen=True, slots=True)
class KernelHop:
    """One next hop of a kernel route; ``labels`` are what it pushes or swaps to, outermost first.

    ``flags`` are the kernel's remarks, such as ``linkdown``, ``dead`` or ``onlink``.
    """

    gateway: Address | None
    device: str | None
    labels: tuple[Label, ...]
    weight: int | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KernelMplsRoute:
    """One entry of the kernel's LFIB (``ip -M route``); a hop without labels pops."""

    in_label: Label
    protocol: str | None
    hops: tuple[KernelHop, ...]


@dataclass(frozen=True, slots=True)
class KernelRoute:
    """One route of ``ip route show table all``.

    ``kind`` is ``unicast``, ``local``, ``broadcast``, ``unreachable``, ``blackhole``, ...; ``table`` the
    number of the table (main is 254, local is 255). ``protocol`` is ``None`` where iproute2 leaves it out.
    """

    kind: str
    prefix: Network
    table: int
    protocol: str | None
    metric: int | None
    source: Address | None
    hops: tuple[KernelHop, ...]


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The ends of a GRE tunnel, and the device by whose VRF its packets are routed, if any."""

    local: IPv4Address
    remote: IPv4Address
    device: str | None


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """One network device from ``ip -d link`` or ``ip -d addr``.

    ``up`` is the administrative state, ``lower_up`` the carrier, ``operstate`` the kernel's summary.
    ``kind`` is what iproute2 calls the type (``vrf``, ``veth``, ``dummy``, ``gre``, ...), ``loopback`` or
    ``ether`` for a device without one. ``vrf_table`` is the table of a VRF device, for an enslaved one that
    of its master. ``tunnel`` is set for a GRE tunnel with a fixed far end. ``addresses`` is empty for
    ``ip -d link``, which does not show them.
    """

    index: int
    name: str
    peer: str | None
    up: bool
    lower_up: bool
    operstate: str
    mtu: int
    master: str | None
    kind: str
    vrf_table: int | None
    mac: str | None
    alias: str | None
    addresses: tuple[InterfaceAddress, ...]
    tunnel: Tunnel | None = None


@dataclass(frozen=True, slots=True)
class Sysctl:
    """One kernel setting; ``value`` is ``None`` where this kernel has no such key (no MPLS, no device)."""

    key: str
    value: str | None


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule of policy routing: ``selector`` is all that ``ip rule`` prints behind the preference."""

    preference: int
    selector: str


@dataclass(frozen=True, slots=True)
class Qdisc:
    """One queueing discipline of a device. The kernel's own has no handle, which is printed as ``0:``."""

    device: str
    discipline: str
    own: bool


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


def _lfib(reading: Reading) -> tuple[KernelMplsRoute, ...]:
    routes: list[KernelMplsRoute] = []
    for _, row in _under_destination(reading):
        with reading.at(row):
            if row.kind == "route":
                routes.append(_mpls_route(row))
            else:
                routes[-1] = replace(routes[-1], hops=(*routes[-1].hops, _further_hop(row["attributes"])))
    return tuple(routes)


def _mpls_route(row: Row) -> KernelMplsRoute:
    attributes = parse_attributes(row["attributes"], keys=_ROUTE_KEYS, flags=_HOP_FLAGS)
    return KernelMplsRoute(Label(int(row["in_label"])), attributes.get("proto"), _hops(attributes))


def _routes(reading: Reading) -> tuple[KernelRoute, ...]:
    routes: list[KernelRoute] = []
    for heading, row in _under_destination(reading):
        with reading.at(row):
            if heading.kind == "label":
                parse_attributes(row["attributes"], keys=_ROUTE_KEYS, flags=_HOP_FLAGS)
            elif row.kind == "route":
                routes.append(_kernel_route(row))
            else:
                routes[-1] = replace(routes[-1], hops=(*routes[-1].hops, _further_hop(row["attributes"])))
    return tuple(routes)


def _under_destination(reading: Reading) -> Iterator[tuple[Row, Row]]:
    """Give each row with the row of the destination that it belongs to, itself for a first row."""
    heading: Row | None = None
    for row in reading.rows:
        if row.kind != "hop":
            heading = row
        elif heading is None:
            raise reading.error(row, "it belongs to no destination")
        yield heading, row


def _kernel_route(row: Row) -> KernelRoute:
    way = _way(row["attributes"])
    return KernelRoute(
        kind=row["type"].strip() or "unicast",
        prefix=_prefix(row["prefix"], ipv6=way.ipv6),
        table=way.table,
        protocol=way.protocol,
        metric=way.metric,
        source=way.source,
        hops=way.hops,
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """All of a route but its destination."""

    ipv6: bool
    table: int
    protocol: str | None
    metric: int | None
    source: Address | None
    hops: tuple[KernelHop, ...]


@lru_cache(maxsize=1024)
def _way(text: str) -> _Way:
    """Read a route's attributes. The routes of a table have few different ones, and share them."""
    attributes = parse_attributes(text, keys=_ROUTE_KEYS, flags=_HOP_FLAGS)
    source = attributes.get("src")
    return _Way(
        ipv6=attributes.get("pref") is not None,
        table=_table(attributes.get("table") or "main"),
        protocol=attributes.get("proto"),
        metric=attributes.number("metric"),
        source=address(source) if source else None,
        hops=_hops(attributes),
    )


def _table(name: str) -> int:
    return _TABLES[name] if name in _TABLES else int(name)


def _prefix(text: str, *, ipv6: bool) -> Network:
    """Read a destination; iproute2 adds a router preference to IPv6 routes only."""
    if text == "default":
        return network("::/0" if ipv6 else "0.0.0.0/0")
    return network(text)


@lru_cache(maxsize=1024)
def _further_hop(text: str) -> KernelHop:
    hops = _hops(parse_attributes(text, keys=_HOP_KEYS, flags=_HOP_FLAGS))
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
            gateway=address(gateway) if gateway else None,
            device=device,
            labels=Label.stack(labels) if labels else (),
            weight=attributes.number("weight"),
            flags=attributes.flags,
        ),
    )


def _devices(reading: Reading) -> tuple[DeviceFact, ...]:
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


def _settings(reading: Reading) -> tuple[Sysctl, ...]:
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


def _rule(row: Row) -> PolicyRule:
    return PolicyRule(int(row["preference"]), " ".join(row["words"].split()))


def _qdisc(row: Row) -> Qdisc:
    return Qdisc(row["device"], row["discipline"], own=row["handle"] == "0:")


@family(r"sysctl(?: (?P<keys>.+))?")
def sysctls(keys: str = "") -> Command[tuple[Sysctl, ...]]:
    """Settings by their names, with a blank between; one that this kernel lacks has the value None."""
    return Command(f"sysctl {keys}".rstrip(), Table("sysctl", _settings))


KERNEL_LFIB: Final = Command(
    "ip -M route", Table("kernel_mpls", _lfib), Layout(re.compile(r"(?P<key>[0-9]+) .*"))
)
"""The kernel's label forwarding table; an empty one prints nothing."""
KERNEL_ROUTES: Final = Command(
    "ip route show table all",
    Table("kernel_route", _routes),
    Layout(
        re.compile(r"(?:[a-z]+ )?(?P<key>default|[0-9.]+(?:/[0-9]+)?)(?=(?:.* table (?P<under>\S+))?) .*"),
        above="main",
    ),
)
"""The routes of every table, those of VRFs included.

Without `-4` iproute2 shows the MPLS table, too: it is checked and left to `KERNEL_LFIB`.
"""
DEVICES: Final = Command(
    "ip -d addr", Table("link", _devices), Layout(re.compile(r"\d+: (?P<key>[^:@]+)[:@].*"))
)
"""Every device with its VRF, MTU, state, alias and addresses."""
RULES: Final = Command("ip rule", Table("rule", each("rule", _rule), frozenset({"rule"})))
"""What decides in which table a packet is looked up."""
QDISCS: Final = Command("tc qdisc show", Table("qdisc", each("qdisc", _qdisc), frozenset({"qdisc"})))
"""The queueing disciplines of all devices."""
