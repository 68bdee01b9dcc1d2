"""Routes and the label forwarding table as zebra shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from parsers.command import ALL_VRFS, DEFAULT_VRF, Command, family, in_vrf
from parsers.excerpt import NETWORK, Layout
from parsers.reading import Table, each
from parsers.uptime import parse_uptime
from parsers.values import Address, Label, Network, address, ipv4_network, ipv6_network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from parsers.reading import Reading
    from parsers.template import Row


@dataclass(frozen=True, slots=True)
class Hop:
    """One next hop of a route in zebra's table.

    ``vrf`` is set when the next hop lies in another VRF than the route. A ``recursive`` hop (a BGP next hop)
    is followed by the ``resolver`` hops that it resolves to; only these are forwarded to. ``fib``: this hop
    is in the kernel. ``active``: zebra found it usable. ``blackhole`` is set instead of a gateway or an
    interface: ``reject``, ``prohibited``, ``blackhole`` or ``unspecified``.
    """

    gateway: Address | None
    interface: str | None
    vrf: str | None
    labels: tuple[Label, ...]
    active: bool
    recursive: bool
    resolver: bool
    fib: bool
    onlink: bool
    blackhole: str | None
    weight: int | None


@dataclass(frozen=True, slots=True)
class Route:
    """One route in zebra's table (``show ip route``), all candidates of a prefix, not only the best.

    ``protocol`` is zebra's name (``connected``, ``ospf``, ``bgp``, ...). ``selected``: the best route of its
    prefix (``>``). ``fib``: installed in the kernel (``*``). ``rejected``: the kernel refused it (``r``).
    ``queued``: not yet handed to the kernel (``q``).
    """

    vrf: str
    prefix: Network
    protocol: str
    distance: int
    metric: int
    selected: bool
    fib: bool
    rejected: bool
    queued: bool
    hops: tuple[Hop, ...]
    age: timedelta


@dataclass(frozen=True, slots=True)
class LfibEntry:
    """One next hop of one incoming label in ``show mpls table``.

    Either ``nexthop`` is set, or ``interface``: then the label is popped and the packet is routed in what
    this device belongs to (a VRF device, for a per-VRF VPN label). ``out_labels`` is the stack that replaces
    ``in_label``, outermost first; implicit null means pop. It is empty where FRR prints ``-``.
    """

    in_label: Label
    protocol: str
    nexthop: Address | None
    interface: str | None
    out_labels: tuple[Label, ...]


# zebra's names behind the letters of the legend (lib/route_types.txt)
_PROTOCOLS: Final[Mapping[str, str]] = {
    "K": "kernel",
    "C": "connected",
    "L": "local",
    "S": "static",
    "R": "rip",
    "O": "ospf",
    "I": "isis",
    "B": "bgp",
    "E": "eigrp",
    "N": "nhrp",
    "T": "table",
    "v": "vnc",
    "V": "vnc-direct",
    "A": "babel",
    "F": "pbr",
    "f": "openfabric",
    "t": "table-direct",
    "D": "sharp",
}


def _routes(reading: Reading, prefix: Callable[[str], Network]) -> tuple[Route, ...]:
    """Routes above any heading are of the VRF `default`, which FRR 8.4.4 does not name."""
    if any(row.kind == "route" for row in reading.rows) and reading.rows[0].kind != "legend":
        raise reading.error(reading.rows[0], "the legend is missing above it")
    found: list[tuple[Route, list[Hop]]] = []
    column = 0
    for heading, row in reading.under("vrf"):
        with reading.at(row):
            if row.kind == "route":
                column = row.text.index(row["hop"], _PREFIX_COLUMN)
                route = _route(row, heading["vrf"] if heading else DEFAULT_VRF, prefix(row["prefix"]))
                found.append((route, [*route.hops]))
            elif row.kind == "hop":
                if not found:
                    raise reading.error(row, "it belongs to no route")
                # One that is indented deeper resolves a recursive hop above it.
                hop, _ = _hop(row, resolver=row.text.index(row["hop"]) > column)
                found[-1][1].append(hop)
    return tuple(replace(route, hops=tuple(hops), fib=any(hop.fib for hop in hops)) for route, hops in found)


_PREFIX_COLUMN: Final = 4


def _route(row: Row, vrf: str, prefix: Network) -> Route:
    distance, metric = row["preference"].strip(" []").split("/") if row["preference"] else (0, 0)
    hop, age = _hop(row, resolver=False)
    return Route(
        vrf=vrf,
        prefix=prefix,
        protocol=_protocol(row["code"]),
        distance=int(distance),
        metric=int(metric),
        selected=row["selected"] == ">",
        fib=hop.fib,
        rejected=row["status"] == "r",
        queued=row["status"] == "q",
        hops=(hop,),
        age=age,
    )


def _protocol(code: str) -> str:
    if code not in _PROTOCOLS:
        raise ValueError(f"no protocol has the code {code!r}")
    return _PROTOCOLS[code]


_HOP: Final = re.compile(
    r"""(?: via\ (?P<gateway>[0-9a-f.:]+)(?:,\ (?P<device>[^\s,]+))?
          | is\ directly\ connected,\ (?P<connected>[^\s,]+)
          | (?P<unreachable>unreachable)
            (?:\ \((?P<blackhole>ICMP\ unreachable|ICMP\ admin-prohibited|blackhole)\))? )
        (?:\ \(vrf\ (?P<vrf>[^)]+)\))?
        (?P<inactive>\ inactive)?
        (?P<onlink>\ onlink)?
        (?:\ linkdown)?
        (?P<recursive>\ \(recursive\))?
        (?:\ \(dup\))?  # FRR 10.7: by two route reflectors, say; the first one is in the kernel
        (?:,\ (?:rmapsrc|src)\ [0-9a-f.:]+)*
        (?:,\ SR-TE\ color\ [0-9]+)?
        (?:,\ label\ (?P<labels>[^,]+))?
        (?:,\ weight\ (?P<weight>[0-9]+))?""",
    re.VERBOSE,
)
_AGE: Final = re.compile(r"[0-9a-z:]+")
_BLACKHOLES: Final[Mapping[str | None, str]] = {
    "ICMP unreachable": "reject",
    "ICMP admin-prohibited": "prohibited",
    "blackhole": "blackhole",
    None: "unspecified",
}


def _hop(row: Row, *, resolver: bool) -> tuple[Hop, timedelta]:
    way, _, age = row["hop"].rstrip().rpartition(", ")
    if not _AGE.fullmatch(age):
        raise ValueError(_NO_HOP)
    return _way(way, fib=row["status"] == "*", resolver=resolver), _uptime(age)


_NO_HOP: Final = "its next hop is not understood"
_uptime: Final = lru_cache(parse_uptime)


@lru_cache(maxsize=1024)
def _way(text: str, *, fib: bool, resolver: bool) -> Hop:
    """Where a next hop leads to. The routes of a table have few different ones, and share them."""
    match = _HOP.fullmatch(text)
    if match is None:
        raise ValueError(_NO_HOP)
    return Hop(
        gateway=address(match["gateway"]) if match["gateway"] else None,
        interface=match["device"] or match["connected"],
        vrf=match["vrf"],
        labels=Label.stack(match["labels"]) if match["labels"] else (),
        active=not match["inactive"],
        recursive=bool(match["recursive"]),
        resolver=resolver,
        fib=fib,
        onlink=bool(match["onlink"]),
        blackhole=_BLACKHOLES[match["blackhole"]] if match["unreachable"] else None,
        weight=int(match["weight"]) if match["weight"] else None,
    )


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
        return address(text)
    except ValueError:
        return None


_RIB: Final = Layout(
    re.compile(rf"[A-Za-z][ >*a-z]{{0,4}} *{NETWORK} .*"),
    re.compile(r"(?:IPv[46] unicast )?VRF (?P<key>\S+):"),
)

_OF_IPV4: Final = Table("route", partial(_routes, prefix=ipv4_network))
_OF_IPV6: Final = Table("route", partial(_routes, prefix=ipv6_network))


@family(r"show ip route(?: vrf (?P<vrf>\S+))?")
def ip_routes(vrf: str = DEFAULT_VRF) -> Command[tuple[Route, ...]]:
    """All candidates of a VRF or of all, in the order shown; a table without routes prints nothing at all."""
    return Command(f"show ip route{in_vrf(vrf)}", _OF_IPV4, _RIB)


@family(r"show ipv6 route(?: vrf (?P<vrf>\S+))?")
def ipv6_routes(vrf: str = DEFAULT_VRF) -> Command[tuple[Route, ...]]:
    """The same of IPv6; those of links alone (fe80::/64) among them."""
    return Command(f"show ipv6 route{in_vrf(vrf)}", _OF_IPV6, _RIB)


ROUTES: Final = ip_routes(ALL_VRFS)
IPV6_ROUTES: Final = ipv6_routes(ALL_VRFS)
LFIB: Final = Command("show mpls table", Table("mpls_table", each("entry", _entry)))
"""The labels that zebra asked the kernel for; a node without labels prints nothing at all."""
