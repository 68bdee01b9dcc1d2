"""Segment routing as an IGP's database has it: what each node has told all others (RFC 8665, RFC 8667)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from parsers.command import Command
from parsers.reading import Table

if TYPE_CHECKING:
    from parsers.reading import Reading


@dataclass(frozen=True, slots=True)
class PrefixSid:
    """A prefix segment that a node advertises: for a prefix an index into each node's SRGB.

    ``flags`` are IS-IS' in FRR's words (``NODE PHP``), empty where they are not shown. A SID that is a label
    and no index has ``absolute`` set.
    """

    prefix: IPv4Network
    index: int
    flags: str = ""
    absolute: bool = False


@dataclass(frozen=True, slots=True)
class SegmentNode:
    """What one node advertises of segment routing.

    ``name`` is the router ID with OSPF; with IS-IS the host name once that is known (RFC 5301), else the
    system ID. ``own``: it is the node that was asked. ``srgb`` is its first label and its last; ``None``
    where the node advertises none, as one without segment routing.
    """

    name: str
    own: bool
    srgb: tuple[int, int] | None = None
    sids: tuple[PrefixSid, ...] = ()


def _isis(reading: Reading) -> tuple[SegmentNode, ...]:
    """A node's LSPs are fragments of one; a pseudonode (of a LAN) advertises nothing of its own."""
    nodes: dict[str, SegmentNode] = {}
    name, prefix = "", None
    counted = 0
    for row in reading.rows:
        counted += row.kind == "lsp"
        if row.kind == "count":
            reading.check_count(row, row["count"], counted, "LSPs")
            counted = 0
        if row.kind not in _OF_LSPS:
            continue
        with reading.at(row):
            if row.kind == "lsp":
                name, prefix = row["lsp"].rpartition(".")[0], None
                nodes.setdefault(name, SegmentNode(name, own=row["own"].startswith("*")))
                continue
            if name not in nodes:
                raise ValueError("it belongs to no LSP")
            one = nodes[name]
            if row.kind == "srgb":
                first, size = int(row["first"]), int(row["size"])
                nodes[name] = SegmentNode(name, one.own, (first, first + size - 1), one.sids)
            elif row.kind == "prefix":
                prefix = IPv4Network(row["prefix"])
            elif prefix is not None:
                sid = PrefixSid(prefix, int(row["value"]), row["flags"].strip(), row["form"] == "Label")
                nodes[name] = SegmentNode(name, one.own, one.srgb, (*one.sids, sid))
    if counted:
        raise reading.error(reading.rows[-1], "the number of LSPs is missing after")
    return tuple(nodes.values())


_OF_LSPS: Final = frozenset({"lsp", "srgb", "prefix", "sid"})


def _ospf(reading: Reading) -> tuple[SegmentNode, ...]:
    nodes: list[SegmentNode] = []
    asked = ""
    for row in reading.rows:
        with reading.at(row):
            if row.kind == "header":
                asked = row["router"]
            elif row.kind.startswith("node"):
                srgb = None if row.get("first") is None else (int(row["first"]), int(row["last"]))
                nodes.append(SegmentNode(row["node"], row["node"] == asked, srgb))
            elif row.kind == "prefix":
                if not nodes:
                    raise ValueError("it belongs to no node")
                sid = PrefixSid(IPv4Network(row["prefix"].strip()), int(row["index"]))
                one = nodes[-1]
                nodes[-1] = SegmentNode(one.name, one.own, one.srgb, (*one.sids, sid))
    return tuple(nodes)


ISIS_SEGMENTS: Final = Command("show isis database detail", Table("isis_database", _isis))
"""Nothing where isisd has no process."""
OSPF_SEGMENTS: Final = Command(
    "show ip ospf database segment-routing",
    Table("ospf_segments", _ospf, frozenset({"header", "disabled"})),
)
"""Nothing where segment routing is off on the node that is asked, whatever the others advertise."""
