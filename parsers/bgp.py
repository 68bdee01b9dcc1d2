"""BGP as bgpd shows it: sessions by address family, and the VPNv4 table (RFC 4271, 4364)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import TYPE_CHECKING, Final

from parsers.facts import Address, BgpPeer, BgpRoute, Label, VpnRoute
from parsers.reading import Command, Reading, read
from parsers.uptime import parse_uptime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.template import Row

_SUMMARY: Final = Command("show bgp summary", "bgp_summary", frozenset({"instance", "none"}))
_VPN_SUMMARY: Final = Command("show bgp ipv4 vpn summary", "bgp_summary", frozenset({"instance", "none"}))
_UNICAST: Final = Command("show bgp ipv4 unicast", "bgp_vpn", frozenset({"header", "none"}))
# bgpd prints nothing at all if nothing is sent.
_ADVERTISED: Final = Command("show bgp ipv4 unicast neighbors PEER advertised-routes", "bgp_vpn")
_VPN: Final = Command("show bgp ipv4 vpn", "bgp_vpn", frozenset({"header", "none"}))


def parse_bgp_summary(text: str, version: str = "") -> tuple[BgpPeer, ...]:
    """Read ``show bgp summary`` or ``show bgp vrf NAME|all summary``: the peers of each address family.

    Raises:
        ParseError: A line was not understood, a count differs, or this is not the command's output.
    """
    return _peers(read(_SUMMARY, text, version), family=None)


def parse_bgp_vpn_summary(text: str, version: str = "") -> tuple[BgpPeer, ...]:
    """Read ``show bgp ipv4 vpn summary``, which does not print the name of its address family.

    Raises:
        ParseError: A line was not understood, a count differs, or this is not the command's output.
    """
    return _peers(read(_VPN_SUMMARY, text, version), family="IPv4 VPN")


@dataclass(slots=True)
class _Section:
    """One address family of one BGP instance, while it is read."""

    vrf: str
    family: str
    router_id: IPv4Address
    local_as: int
    peers: list[BgpPeer] = field(default_factory=list)


def _peers(reading: Reading, family: str | None) -> tuple[BgpPeer, ...]:
    sections: list[_Section] = []
    title: Row | None = None
    for row in reading.rows:
        with reading.at(row):
            if row.kind == "title":
                title = row
            elif row.kind == "instance":
                sections.append(_section(row, title, family))
            elif row.kind in {"peer", "total"}:
                if not sections:
                    raise reading.error(row, "it stands before any BGP instance")
                if row.kind == "peer":
                    sections[-1].peers.append(_peer(row, sections[-1]))
                else:
                    reading.check_count(row, row["total"], len(sections[-1].peers), "neighbors")
    return tuple(peer for section in sections for peer in section.peers)


def _section(row: Row, title: Row | None, family: str | None) -> _Section:
    name = title["family"] if title else family
    vrf = row.get("vrf") or (title and title.get("vrf")) or "default"
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
    return ip_address(text) if "." in text or ":" in text else text


def parse_asn(text: str) -> int:
    """Read an AS number, plain or ``high.low`` (RFC 5396).

    Raises:
        ValueError: The text is no AS number.
    """
    high, dot, low = text.rpartition(".")
    return (int(high) << 16) + int(low) if dot else int(text)


def parse_bgp_vpn(text: str, version: str = "") -> tuple[VpnRoute, ...]:
    """Read ``show bgp ipv4 vpn``: every path of every VPNv4 prefix, with its label and communities.

    Raises:
        ParseError: A line was not understood, a count differs, or this is not the command's output.
    """
    reading = read(_VPN, text, version)
    routes = []
    for path in _paths(reading):
        with reading.at(path.row):
            routes.append(_vpn_route(path))
    _check_counts(reading, len(routes), len({(route.rd, route.prefix) for route in routes}))
    return tuple(routes)


def parse_bgp_unicast(text: str, version: str = "") -> tuple[BgpRoute, ...]:
    """Read ``show bgp ipv4 unicast``, of the default instance or ``vrf NAME``: every path of every prefix.

    It is laid out as the VPNv4 table is, without route distinguishers and details.

    Raises:
        ParseError: A line was not understood, a count differs, or this is not the command's output.
    """
    return _unicast_routes(read(_UNICAST, text, version))


def parse_bgp_advertised(text: str, version: str = "") -> tuple[BgpRoute, ...]:
    """Read ``show bgp ipv4 unicast neighbors PEER advertised-routes``, of the default instance or a VRF.

    These are the table's paths of each prefix that is sent, not what is sent: next hop, local preference and
    AS path are those before outbound policy and as-override (FRR 10.3).

    Raises:
        ParseError: A line was not understood, a count differs, or this is not the command's output.
    """
    return _unicast_routes(read(_ADVERTISED, text, version))


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


def _vpn_route(path: _Path) -> VpnRoute:
    columns = path.columns
    nexthop = _NEXTHOP.fullmatch(columns["nexthop"].strip())
    details = _DETAILS.fullmatch(path.details or "")
    if nexthop is None:
        raise ValueError(f"{columns['nexthop'].strip()!r} is no next hop")
    if details is None:
        raise ValueError(f"its details are missing or not understood: {path.details!r}")
    if not path.rd:
        raise ValueError("no route distinguisher stands above it")
    label, vrf_id = details["label"], nexthop["vrf_id"]
    return VpnRoute(
        rd=path.rd,
        prefix=IPv4Network(columns["prefix"].strip()),
        valid=_valid(columns["status"]),
        best=">" in columns["status"],
        multipath="=" in columns["status"],
        internal="i" in columns["status"],
        nexthop=ip_address(nexthop["address"]),
        nexthop_vrf_id=int(vrf_id) if vrf_id and vrf_id != "-" else None,
        label=Label(int(label)) if label and label.isdigit() else None,
        communities=tuple((details["communities"] or "").split()),
        med=_number(columns["med"]),
        local_pref=_number(columns["local_pref"]),
        weight=int(columns["weight"]),
        as_path=tuple(columns["as_path"].split()),
        origin=columns["origin"],
    )


def _unicast_route(path: _Path) -> BgpRoute:
    columns = path.columns
    nexthop = _NEXTHOP.fullmatch(columns["nexthop"].strip())
    if nexthop is None:
        raise ValueError(f"{columns['nexthop'].strip()!r} is no next hop")
    if path.rd or path.details is not None:
        raise ValueError("route distinguishers and details belong to the VPNv4 table")
    return BgpRoute(
        prefix=IPv4Network(columns["prefix"].strip()),
        valid=_valid(columns["status"]),
        best=">" in columns["status"],
        multipath="=" in columns["status"],
        internal="i" in columns["status"],
        nexthop=ip_address(nexthop["address"]),
        med=_number(columns["med"]),
        local_pref=_number(columns["local_pref"]),
        weight=int(columns["weight"]),
        as_path=tuple(columns["as_path"].split()),
        origin=columns["origin"],
    )


def _number(column: str) -> int | None:
    return int(column) if column.strip() else None
