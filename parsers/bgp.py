"""BGP as bgpd shows it: sessions by address family, and its tables (RFC 4271, 4364)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Final

from parsers.command import ALL_VRFS, DEFAULT_VRF, Command, family, in_vrf
from parsers.excerpt import NETWORK, Layout
from parsers.reading import Output, Reading, Table
from parsers.uptime import parse_uptime
from parsers.values import Address, Label, address, ipv4_network

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from parsers.template import Row


@dataclass(frozen=True, slots=True)
class BgpPeer:
    """One neighbour in one address family, from a BGP summary.

    ``state`` is the session state (``Established``, ``Idle``, ``Active``, ...); ``reason`` is what FRR adds
    to it: ``Admin`` (shut down), ``PfxCt`` (maximum-prefix), ``Policy`` (eBGP without a policy: nothing is
    accepted, RFC 8212), ``NoNeg`` (this address family was not negotiated), else ``""``.
    ``prefixes_received`` and ``prefixes_sent`` are ``None`` where FRR prints one of these instead of a number
    or the session is not up. ``peer`` is a string for an unnumbered session (the interface name).
    ``up_for`` counts from the last change of state, ``None``: it has never been up. ``description`` is the
    configured one, else what FRR 10 shows in its place, the neighbour's software version.
    """

    vrf: str
    afi: str
    safi: str
    router_id: IPv4Address
    local_as: int
    peer: Address | str
    remote_as: int
    state: str
    reason: str
    prefixes_received: int | None
    prefixes_sent: int | None
    up_for: timedelta | None
    dynamic: bool
    description: str


@dataclass(frozen=True, slots=True)
class VpnRoute:
    """One path of one VPNv4 prefix in ``show bgp ipv4 vpn`` (RFC 4364).

    ``nexthop_vrf_id`` is set for a route that this node exported itself from the VRF with that id.
    ``communities`` are the extended communities as FRR prints them in ``EC{...}``, in which a route target
    cannot be distinguished from a site of origin. ``valid`` includes stale paths, which FRR goes on using.
    ``as_path`` holds the segments as printed, nearest AS first. ``origin`` is ``i`` (IGP), ``e`` (EGP) or
    ``?`` (incomplete).
    """

    rd: str
    prefix: IPv4Network
    valid: bool
    best: bool
    multipath: bool
    internal: bool
    nexthop: Address
    nexthop_vrf_id: int | None
    label: Label | None
    communities: tuple[str, ...]
    med: int | None
    local_pref: int | None
    weight: int
    as_path: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class BgpRoute:
    """One path of one prefix in ``show bgp ipv4 unicast``; the fields are those of :class:`VpnRoute`."""

    prefix: IPv4Network
    valid: bool
    best: bool
    multipath: bool
    internal: bool
    nexthop: Address
    med: int | None
    local_pref: int | None
    weight: int
    as_path: tuple[str, ...]
    origin: str


@dataclass(slots=True)
class _Section:
    """One address family of one BGP instance, while it is read."""

    vrf: str
    family: str
    router_id: IPv4Address
    local_as: int
    peers: list[BgpPeer] = field(default_factory=list)


def _peers(reading: Reading, unnamed: str | None = None) -> tuple[BgpPeer, ...]:
    sections: list[_Section] = []
    title: Row | None = None
    for row in reading.rows:
        with reading.at(row):
            if row.kind == "title":
                title = row
            elif row.kind == "instance":
                sections.append(_section(row, title, unnamed))
            elif row.kind in {"peer", "total"}:
                if not sections:
                    raise reading.error(row, "it stands before any BGP instance")
                if row.kind == "peer":
                    sections[-1].peers.append(_peer(row, sections[-1]))
                else:
                    reading.check_count(row, row["total"], len(sections[-1].peers), "neighbors")
    return tuple(peer for section in sections for peer in section.peers)


def _section(row: Row, title: Row | None, unnamed: str | None) -> _Section:
    name = title["family"] if title else unnamed
    vrf = row.get("vrf") or (title and title.get("vrf")) or DEFAULT_VRF
    if name is None:
        raise ValueError("no address family is named above it")
    return _Section(vrf, name, IPv4Address(row["router_id"]), parse_asn(row["local_as"]))


def _peer(row: Row, section: _Section) -> BgpPeer:
    afi, safi = section.family.lower().split(" ", 1)
    state, reason, received = _session(row["state"])
    sent = row["prefixes_sent"]
    return BgpPeer(
        vrf=section.vrf,
        afi=afi,
        safi=safi,
        router_id=section.router_id,
        local_as=section.local_as,
        peer=_peer_name(row["peer"].removeprefix("*")),
        remote_as=parse_asn(row["remote_as"]),
        state=state,
        reason=reason,
        prefixes_received=received,
        prefixes_sent=int(sent) if sent.isdigit() and state == "Established" else None,
        up_for=None if row["up_for"] == "never" else parse_uptime(row["up_for"]),
        dynamic=row["peer"].startswith("*"),
        description="" if row["description"] == "N/A" else row["description"].strip(),
    )


def _session(column: str) -> tuple[str, str, int | None]:
    """Read ``State/PfxRcd``: a number, or a word instead of one, means that the session is up."""
    if column.isdigit():
        return "Established", "", int(column)
    if column in {"(Policy)", "NoNeg"}:
        return "Established", column.strip("()"), None
    state, _, reason = column.partition(" ")
    return state, reason.strip("()"), None


def _peer_name(text: str) -> Address | str:
    """Read a neighbour: an address, ``hostname(address)``, or the interface of an unnumbered session."""
    if match := re.fullmatch(r"[^(]+\((.+)\)", text):
        text = match[1]
    return address(text) if "." in text or ":" in text else text


def parse_asn(text: str) -> int:
    """Read an AS number, plain or ``high.low`` (RFC 5396).

    Raises:
        ValueError: The text is no AS number.
    """
    high, dot, low = text.rpartition(".")
    return (int(high) << 16) + int(low) if dot else int(text)


def _vpn_routes(reading: Reading) -> tuple[VpnRoute, ...]:
    routes = []
    for path in _paths(reading):
        with reading.at(path.row):
            routes.append(_vpn_route(path))
    _check_counts(reading, len(routes), len({(route.rd, route.prefix) for route in routes}))
    return tuple(routes)


def _unicast_routes(reading: Reading) -> tuple[BgpRoute, ...]:
    routes = []
    for path in _paths(reading):
        with reading.at(path.row):
            routes.append(_unicast_route(path))
    _check_counts(reading, len(routes), len({route.prefix for route in routes}))
    return tuple(routes)


def _check_counts(reading: Reading, paths: int, prefixes: int) -> None:
    for row in reading.rows:
        if row.kind == "displayed":
            reading.check_count(row, row["paths"], paths, "paths")
            reading.check_count(row, row["routes"], prefixes, "routes")
        elif row.kind == "advertised":
            reading.check_count(row, row["routes"], prefixes, "prefixes")


@dataclass(slots=True)
class _Path:
    """One path, its columns gathered from the one to four lines that it takes."""

    row: Row
    rd: str
    columns: dict[str, str]
    details: str | None = None

    @property
    def complete(self) -> bool:
        return "origin" in self.columns


_PATH_KINDS: Final = frozenset({"path", "long_network", "long_nexthop", "metrics"})


def _paths(reading: Reading) -> Iterator[_Path]:
    """Join wrapped rows, repeat the network where a further path leaves it out, add the line of details."""
    path: _Path | None = None
    for heading, row in reading.under("rd"):
        if row.kind == "details":
            if path is None or not path.complete or path.details is not None:
                raise reading.error(row, "it belongs to no path")
            path.details = row["details"]
        elif row.kind in _PATH_KINDS:
            if path is not None and not path.complete:
                path.columns |= _continuation(reading, row)
                continue
            if path is not None:
                yield path
            path = _Path(row, heading["rd"] if heading else "", _first_columns(reading, row, path))
    if path is not None:
        if not path.complete:
            raise reading.error(path.row, "the rest of this row is missing")
        yield path


def _first_columns(reading: Reading, row: Row, before: _Path | None) -> dict[str, str]:
    if row.kind == "metrics":
        raise reading.error(row, "it continues no row")
    columns = dict(row.fields)
    if not columns["prefix"].strip():
        if before is None:
            raise reading.error(row, "no network stands above it")
        columns["prefix"] = before.columns["prefix"]
    return columns


def _continuation(reading: Reading, row: Row) -> dict[str, str]:
    columns = {name: value for name, value in row.fields.items() if name not in {"status", "prefix"}}
    if (row.get("status") or "").strip() or (row.get("prefix") or "").strip():
        raise reading.error(row, "the rest of the row above is missing")
    return columns


_NEXTHOP: Final = re.compile(r"(?P<address>[0-9a-f.:]+)(?:\([^)]*\))?(?:@(?P<vrf_id>[0-9]+|-))?<?")
_DETAILS: Final = re.compile(
    r"(?:UN=\S+)?(?: EC\{(?P<communities>[^}]*)\})?(?: label=(?P<label>[0-9]+|VRF2VRF))?"
    r"(?: sid=\S+)?(?: sid_structure=\S+)?(?: life=[0-9]+)? type=\S+, subtype=[0-9]+\s*"
)


def _valid(status: str) -> bool:
    """A stale path has `S` in the place of `*`; during a route refresh a path in use is stale, too."""
    return not {"*", "S"}.isdisjoint(status)


@lru_cache(maxsize=1024)
def _next_hop(column: str) -> tuple[Address, int | None]:
    """A next hop, and the VRF that it is looked up in, if the table names one. Few serve a whole table."""
    found = _NEXTHOP.fullmatch(column.strip())
    if found is None:
        raise ValueError(f"{column.strip()!r} is no next hop")
    vrf_id = found["vrf_id"]
    return address(found["address"]), int(vrf_id) if vrf_id and vrf_id != "-" else None


@lru_cache(maxsize=1024)
def _details(text: str | None) -> tuple[Label | None, tuple[str, ...]]:
    """The label and the extended communities of a path; those of one VRF have the same."""
    found = _DETAILS.fullmatch(text or "")
    if found is None:
        raise ValueError(f"its details are missing or not understood: {text!r}")
    label = found["label"]
    return Label(int(label)) if label and label.isdigit() else None, _words(found["communities"] or "")


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _vpn_route(path: _Path) -> VpnRoute:
    columns = path.columns
    nexthop, vrf_id = _next_hop(columns["nexthop"])
    label, communities = _details(path.details)
    if not path.rd:
        raise ValueError("no route distinguisher stands above it")
    return VpnRoute(
        rd=path.rd,
        prefix=ipv4_network(columns["prefix"].strip()),
        valid=_valid(columns["status"]),
        best=">" in columns["status"],
        multipath="=" in columns["status"],
        internal="i" in columns["status"],
        nexthop=nexthop,
        nexthop_vrf_id=vrf_id,
        label=label,
        communities=communities,
        med=_number(columns["med"]),
        local_pref=_number(columns["local_pref"]),
        weight=int(columns["weight"]),
        as_path=_words(columns["as_path"]),
        origin=columns["origin"],
    )


def _unicast_route(path: _Path) -> BgpRoute:
    columns = path.columns
    nexthop, _ = _next_hop(columns["nexthop"])
    if path.rd or path.details is not None:
        raise ValueError("route distinguishers and details belong to the VPNv4 table")
    return BgpRoute(
        prefix=ipv4_network(columns["prefix"].strip()),
        valid=_valid(columns["status"]),
        best=">" in columns["status"],
        multipath="=" in columns["status"],
        internal="i" in columns["status"],
        nexthop=nexthop,
        med=_number(columns["med"]),
        local_pref=_number(columns["local_pref"]),
        weight=int(columns["weight"]),
        as_path=_words(columns["as_path"]),
        origin=columns["origin"],
    )


def _number(column: str) -> int | None:
    return int(column) if column.strip() else None


_SESSIONS: Final = Layout(
    re.compile(r"\*?(?P<key>[0-9][0-9.]+) +4 .*"),
    # FRR 8.4 names the VRF in the title, 10 in the line below it.
    re.compile(r".* \(?VRF (?P<key>[^\s)]+)(?: vrf-id \S+|\):)"),
)
_PATHS: Final = Layout(
    re.compile(rf"[ *>=a-zA-Z]{{3,5}}{NETWORK}(?: .*)?"), re.compile(r"Route Distinguisher: (?P<key>\S+)")
)
_SUMMARY: Final = frozenset({"instance", "none"})
_TABLE: Final = frozenset({"header", "none"})
_PEERS: Final = Table("bgp_summary", _peers, _SUMMARY)


def _peers_if_running(output: Output) -> tuple[BgpPeer, ...]:
    return () if output.text.strip() == "bgpd is not running" else _PEERS(output)


@family(r"show bgp(?: vrf (?P<vrf>\S+))? summary")
def bgp_peers(vrf: str = DEFAULT_VRF) -> Command[tuple[BgpPeer, ...]]:
    """The peers of a VRF or of all, by address family."""
    return Command(f"show bgp{in_vrf(vrf)} summary", _PEERS, _SESSIONS)


@family(r"show bgp(?: vrf (?P<vrf>\S+))? ipv4 unicast")
def bgp_routes(vrf: str = DEFAULT_VRF) -> Command[tuple[BgpRoute, ...]]:
    """Every path of every prefix in BGP's table of a VRF; a CE has its routes in the default one.

    It is laid out as the VPNv4 table is, without route distinguishers and details.
    """
    return Command(f"show bgp{in_vrf(vrf)} ipv4 unicast", Table("bgp_table", _unicast_routes, _TABLE), _PATHS)


@family(r"show bgp(?: vrf (?P<vrf>\S+))? ipv4 unicast neighbors (?P<peer>\S+) advertised-routes")
def bgp_advertised(peer: IPv4Address, vrf: str = DEFAULT_VRF) -> Command[tuple[BgpRoute, ...]]:
    """The table's paths of each prefix that is sent to a neighbour; bgpd prints nothing if nothing is sent.

    They are not what is sent: next hop, local preference and AS path are those before outbound policy and
    as-override (FRR 10.3).
    """
    return Command(
        f"show bgp{in_vrf(vrf)} ipv4 unicast neighbors {peer} advertised-routes",
        Table("bgp_table", _unicast_routes),
        _PATHS,
    )


BGP_PEERS: Final = bgp_peers(ALL_VRFS)
BGP_PEERS_IF_ANY: Final = Command(
    f"if pgrep -x bgpd >/dev/null; then vtysh -c '{BGP_PEERS.text}'; else echo bgpd is not running; fi",
    _peers_if_running,
    _SESSIONS,
    short=BGP_PEERS.text,
)
"""For nodes that need no BGP: vtysh reports a daemon that is not there on standard error, out of step with
its prompt, so it is not asked then."""
VPN_PEERS: Final = Command(
    "show bgp ipv4 vpn summary",
    Table("bgp_summary", lambda reading: _peers(reading, "IPv4 VPN"), _SUMMARY),
    _SESSIONS,
)
"""It does not print the name of its address family."""
BGP_ROUTES: Final = bgp_routes()
VPN_ROUTES: Final = Command("show bgp ipv4 vpn", Table("bgp_table", _vpn_routes, _TABLE), _PATHS)
"""Every path of every VPNv4 prefix, with its label and communities."""
