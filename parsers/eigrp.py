"""EIGRP as the speaker of this repository shows it: neighbours, interfaces, topology, redistribution."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Final, TypeAlias

from parsers.command import Command, family
from parsers.excerpt import Layout
from parsers.reading import Table
from parsers.uptime import parse_uptime
from parsers.values import Label

if TYPE_CHECKING:
    from parsers.reading import Output, Reading
    from parsers.template import Row


@dataclass(frozen=True, slots=True)
class EigrpKey:
    """The key of an interface in the configuration of the EIGRP speaker."""

    interface: str
    key_id: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EigrpNeighbor:
    """One row of the EIGRP speaker's ``show neighbors``.

    ``state`` is ``pending`` until both have each other's topology, then ``up``. ``hold_in`` is the time in
    which it must send again.
    """

    asn: int
    vrf: str
    address: IPv4Address
    interface: str
    hold_in: timedelta
    up_for: timedelta
    srtt_ms: int
    rto_ms: int
    queued: int
    sequence: int
    state: str


@dataclass(frozen=True, slots=True)
class EigrpRefusal:
    """Somebody whose packets the EIGRP speaker refuses, and why, in its own words."""

    asn: int
    vrf: str
    address: IPv4Address
    interface: str
    reason: str
    count: int
    ago: timedelta


@dataclass(frozen=True, slots=True)
class EigrpInterface:
    """One row of the EIGRP speaker's ``show interfaces``, with what stands above all of the process's.

    ``bandwidth`` is in kbit/s, ``delay`` in tens of microseconds, ``hello`` and ``hold`` in seconds.
    ``address`` is ``None`` while the interface is down; ``key`` the number of the MD5 key; ``site`` marks
    what is received there (site of origin).
    """

    asn: int
    vrf: str
    router_id: IPv4Address
    k: tuple[int, ...]
    name: str
    up: bool
    address: IPv4Interface | None
    bandwidth: int
    delay: int
    peers: int
    hello: int
    hold: int
    passive: bool
    key: int | None
    site: str | None


@dataclass(frozen=True, slots=True)
class EigrpExternal:
    """Where an external EIGRP route came into EIGRP: from which AS, by which router, with which tag."""

    asn: int
    tag: int
    router: IPv4Address


@dataclass(frozen=True, slots=True)
class EigrpPath:
    """One path to a destination in the EIGRP topology table.

    ``via`` is the neighbour; ``None`` for the router itself, which ``origin`` then says more of
    (``connected``, ``redistributed``, ``vpnv4``); a VPN route has the far PE as ``next_hop``, and its ``rd``.
    ``distance`` is the composite metric, ``reported`` the neighbour's own, ``site`` the site of origin.
    """

    via: IPv4Address | None
    origin: str | None
    interface: str | None
    distance: int
    reported: int
    successor: bool
    feasible: bool
    external: EigrpExternal | None
    next_hop: IPv4Address | None
    rd: str | None
    site: str | None


@dataclass(frozen=True, slots=True)
class EigrpDestination:
    """One prefix of the EIGRP topology table; ``feasible_distance`` is ``None`` where it is unreachable."""

    asn: int
    vrf: str
    prefix: IPv4Network
    active: bool
    successors: int
    feasible_distance: int | None
    paths: tuple[EigrpPath, ...]


@dataclass(frozen=True, slots=True)
class EigrpSource:
    """One protocol that the EIGRP speaker redistributes from, and how it stands with zebra."""

    asn: int
    vrf: str
    zebra: str
    source: str
    kind: str
    routes: tuple[EigrpOffer, ...]


@dataclass(frozen=True, slots=True)
class EigrpOffer:
    """A redistributed route: its metric and tag in zebra; ``announced`` is ``None`` where it is not used."""

    prefix: IPv4Network
    metric: int
    tag: int
    announced: int | None


@dataclass(frozen=True, slots=True)
class EigrpVpnRoute:
    """A VPN-IPv4 route as bgpd sent it to the EIGRP speaker of a PE (BMP), and what EIGRP makes of it.

    ``origin`` is ``AS 100 int`` or ``AS 100 ext`` by the large community, ``BGP`` without one. ``used``
    routes are brought into EIGRP; ``internal`` says how. ``label`` is ``None`` where bgpd does not say it
    (FRR 8.4).
    """

    asn: int
    vrf: str
    prefix: IPv4Network
    rd: str
    next_hop: IPv4Address
    med: int | None
    label: Label | None
    origin: str
    site: str | None
    used: bool
    internal: bool
    reachable: bool


EigrpFact: TypeAlias = (
    EigrpNeighbor | EigrpRefusal | EigrpInterface | EigrpDestination | EigrpSource | EigrpVpnRoute
)

_HEADINGS: Final = frozenset({"neighbors", "interfaces", "topology", "redistribution", "vpn"})
_UNREACHABLE: Final = 0xFFFFFFFF


def _facts_if_running(output: Output) -> tuple[EigrpFact, ...]:
    absent = output.text.startswith(("eigrp: no speaker answers", "python3: can't open file"))
    return () if absent else _SHOW(output)


def _facts(reading: Reading) -> tuple[EigrpFact, ...]:
    facts: list[EigrpFact] = []
    heading: Row | None = None
    for row in reading.rows:
        with reading.at(row):
            if row.kind in _HEADINGS:
                heading = row
            elif row.kind not in {"columns", "absent", "waiting"}:
                if heading is None or row.kind not in _UNDER[heading.kind]:
                    raise reading.error(row, "it stands under no heading of its kind")
                _take(facts, heading, row)
    return tuple(facts)


_UNDER: Final = {
    "neighbors": {"neighbor", "refusal"},
    "interfaces": {"interface"},
    "topology": {"destination", "path"},
    "redistribution": {"source", "offer"},
    "vpn": {"route"},
}


def _take(facts: list[EigrpFact], heading: Row, row: Row) -> None:
    last = facts[-1] if facts else None
    match row.kind:
        case "neighbor":
            facts.append(_neighbor(heading, row))
        case "refusal":
            facts.append(_refusal(heading, row))
        case "interface":
            facts.append(_interface(heading, row))
        case "destination":
            facts.append(_destination(heading, row))
        case "route":
            facts.append(_vpn_route(heading, row))
        case "source":
            zebra, kind = heading["zebra"], row["as"]
            facts.append(EigrpSource(int(heading["asn"]), heading["vrf"], zebra, row["source"], kind, ()))
        case "path" if isinstance(last, EigrpDestination):
            facts[-1] = replace(last, paths=(*last.paths, _path(row["path"])))
        case "offer" if isinstance(last, EigrpSource):
            facts[-1] = replace(last, routes=(*last.routes, _offer(row)))
        case _:
            raise ValueError("it belongs to nothing above it")


def _neighbor(heading: Row, row: Row) -> EigrpNeighbor:
    return EigrpNeighbor(
        asn=int(heading["asn"]),
        vrf=heading["vrf"],
        address=IPv4Address(row["address"]),
        interface=row["interface"],
        hold_in=timedelta(seconds=int(row["hold_in"])),
        up_for=parse_uptime(row["up_for"]),
        srtt_ms=int(row["srtt"]),
        rto_ms=int(row["rto"]),
        queued=int(row["queued"]),
        sequence=int(row["sequence"]),
        state=row["state"],
    )


def _refusal(heading: Row, row: Row) -> EigrpRefusal:
    return EigrpRefusal(
        asn=int(heading["asn"]),
        vrf=heading["vrf"],
        address=IPv4Address(row["address"]),
        interface=row["interface"],
        reason=row["reason"],
        count=int(row["count"]),
        ago=timedelta(seconds=int(row["ago"])),
    )


_NOTE: Final = re.compile(r"passive|md5 key (?P<key>[0-9]+)|SoO (?P<site>[0-9.]+:[0-9]+)")


def _interface(heading: Row, row: Row) -> EigrpInterface:
    notes = [_NOTE.fullmatch(note) for note in row["notes"].strip().split(", ") if note]
    if not all(notes):
        raise ValueError(f"a note is not understood: {row['notes'].strip()}")
    keys = [int(note["key"]) for note in notes if note is not None and note["key"] is not None]
    sites = [note["site"] for note in notes if note is not None and note["site"] is not None]
    return EigrpInterface(
        asn=int(heading["asn"]),
        vrf=heading["vrf"],
        router_id=IPv4Address(heading["router_id"]),
        k=tuple(map(int, heading["k"].split())),
        name=row["name"],
        up=row["state"] == "up",
        address=None if row["address"] == "-" else IPv4Interface(row["address"]),
        bandwidth=int(row["bandwidth"]),
        delay=int(row["delay"]),
        peers=int(row["peers"]),
        hello=int(row["hello"]),
        hold=int(row["hold"]),
        passive=any(note is not None and note[0] == "passive" for note in notes),
        key=keys[0] if keys else None,
        site=sites[0] if sites else None,
    )


def _destination(heading: Row, row: Row) -> EigrpDestination:
    distance = int(row["distance"])
    return EigrpDestination(
        asn=int(heading["asn"]),
        vrf=heading["vrf"],
        prefix=IPv4Network(row["prefix"]),
        active=row["code"] == "A",
        successors=int(row["successors"]),
        feasible_distance=None if distance == _UNREACHABLE else distance,
        paths=(),
    )


_PATH: Final = re.compile(
    r"""(?:(?P<mark>[sf])\ )?\ *via\ (?:(?P<via>[0-9.]+)|(?P<origin>[A-Z][A-Za-z0-9]+))
        (?:\ \((?P<next_hop>[0-9.]+),\ RD\ (?P<rd>[0-9.]+:[0-9]+)\))?
        \ \((?P<distance>[0-9]+)/(?P<reported>[0-9]+)\)
        (?:,\ (?P<interface>(?:(?!\ (?:E\ AS|SoO)\ ).)+))?
        (?:\ E\ AS\ (?P<asn>[0-9]+)\ tag\ (?P<tag>[0-9]+)\ by\ (?P<router>[0-9.]+))?
        (?:\ SoO\ (?P<site>[0-9.]+:[0-9]+))?""",
    re.VERBOSE,
)


def _path(text: str) -> EigrpPath:
    found = _PATH.fullmatch(text.strip())
    if found is None:
        raise ValueError("the path is not understood")
    external = found["asn"] and EigrpExternal(
        int(found["asn"]), int(found["tag"]), IPv4Address(found["router"])
    )
    return EigrpPath(
        via=IPv4Address(found["via"]) if found["via"] else None,
        origin=found["origin"].lower() if found["origin"] else None,
        interface=found["interface"],
        distance=int(found["distance"]),
        reported=int(found["reported"]),
        successor=found["mark"] == "s",
        feasible=found["mark"] in {"s", "f"},
        external=external or None,
        next_hop=IPv4Address(found["next_hop"]) if found["next_hop"] else None,
        rd=found["rd"],
        site=found["site"],
    )


def _offer(row: Row) -> EigrpOffer:
    announced = row["announced"]
    return EigrpOffer(
        prefix=IPv4Network(row["prefix"]),
        metric=int(row["metric"]),
        tag=int(row["tag"]),
        announced=None if announced == "None" else int(announced),
    )


_VPN_ROUTE: Final = re.compile(
    r"""(?P<used>[* ])(?P<kind>[IE])(?P<reach>[u ])\ (?P<prefix>\S+)\ +(?P<rd>\S+)\ +(?P<next_hop>\S+)\ +
        (?P<med>[0-9]+|-)\ +(?P<label>[0-9]+|-)\ +(?P<origin>BGP|AS\ [0-9]+\ (?:int|ext))\ +
        (?P<site>[0-9.]+:[0-9]+|-)""",
    re.VERBOSE,
)


def _vpn_route(heading: Row, row: Row) -> EigrpVpnRoute:
    found = _VPN_ROUTE.fullmatch(row.text.rstrip())
    if found is None:
        raise ValueError("the route is not understood")
    return EigrpVpnRoute(
        asn=int(heading["asn"]),
        vrf=heading["vrf"],
        prefix=IPv4Network(found["prefix"]),
        rd=found["rd"],
        next_hop=IPv4Address(found["next_hop"]),
        med=None if found["med"] == "-" else int(found["med"]),
        label=None if found["label"] == "-" else Label(int(found["label"])),
        origin=found["origin"],
        site=None if found["site"] == "-" else found["site"],
        used=found["used"] == "*",
        internal=found["kind"] == "I",
        reachable=found["reach"] != "u",
    )


def _keys(output: Output) -> tuple[EigrpKey, ...]:
    keys, interface = [], ""
    for line in output.text.splitlines():
        if port := _INTERFACE.fullmatch(line):
            interface = port[1]
        elif digest := _DIGEST.fullmatch(line):
            keys.append(EigrpKey(interface, int(digest[1]), digest[2]))
    return tuple(keys)


_INTERFACE: Final = re.compile(r" interface (\S+)")
_DIGEST: Final = re.compile(r"  authentication md5 ([0-9]{1,10}) (\S+)")
_SHOW: Final = Table("eigrp", _facts, _HEADINGS | {"absent"})


@family(r"(?:python3 /var/lib/frr/)?eigrp show (?P<what>.+)")
def eigrp(what: str) -> Command[tuple[EigrpFact, ...]]:
    """Whatever of neighbors, interfaces, topology, redistribute and vpn is asked for.

    Nothing where the speaker is not there or does not answer.
    """
    return Command(
        f"python3 /var/lib/frr/eigrp show {what}",
        _facts_if_running,
        Layout(
            re.compile(r"(?:[0-9]+ +|[PA] +)(?P<key>[0-9.]+(?:/[0-9]+)?),? .*"),
            re.compile(r"EIGRP .* VRF\((?P<key>\S+)\).*"),
        ),
    )


EIGRP: Final = eigrp("neighbors interfaces topology vpn")
EIGRP_KEYS: Final = Command("cat /etc/frr/eigrp.conf 2>/dev/null || true", _keys)
"""The keys in the file that the speaker follows; none where there is no file."""
