"""FRR's own layouts, written from its sources, to be read back by the parsers."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from parsers.bgp import BgpPeer
from parsers.values import Label
from parsers.zebra import Hop, LfibEntry, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

labels = st.integers(0, 2**20 - 1).map(Label)
stacks = st.lists(labels, min_size=1, max_size=3).map(tuple)
# Linux allows 15 characters; FRR prints names as they are.
interfaces = st.from_regex(r"[a-z][a-z0-9._-]{0,14}", fullmatch=True)
spans = st.integers(0, 86399).map(lambda seconds: timedelta(seconds=seconds))


def clock(span: timedelta) -> str:
    """``frrtime_to_interval`` for less than a day."""
    seconds = int(span.total_seconds())
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@st.composite
def lfib_entries(draw: st.DrawFn) -> LfibEntry:
    via = draw(st.booleans())
    return LfibEntry(
        in_label=draw(labels),
        protocol=draw(st.sampled_from(["LDP", "BGP", "Static", "SR (OSPF)", "SR (IS-IS)", "SR-TE"])),
        nexthop=draw(st.ip_addresses(v=4)) if via else None,
        interface=None if via else draw(interfaces),
        out_labels=draw(stacks) if via else (),
    )


def mpls_table(entries: Iterable[LfibEntry]) -> str:
    """``zebra_mpls_print_lsp_table``."""
    table = [("Inbound Label", "Type", "Nexthop", "Outbound Label")]
    for entry in entries:
        nexthop = entry.interface if entry.nexthop is None else str(entry.nexthop)
        out = "/".join(map(str, entry.out_labels)) or "-"
        table.append((str(entry.in_label.value), entry.protocol, nexthop or "", out))
    if len(table) == 1:
        return ""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [
        " " + "".join(f"{cell:{width}}  " for cell, width in zip(row, widths, strict=True)) for row in table
    ]
    return "\n".join([lines[0], " " + "-" * (len(lines[0]) - 1), *lines[1:], ""]) + "\n"


@st.composite
def hops(draw: st.DrawFn, vrf: str, *, recursive: bool, resolver: bool, fib: bool) -> Hop:
    kind = "via" if recursive or resolver else draw(st.sampled_from(["via", "connected", "blackhole"]))
    active = fib or recursive or resolver or draw(st.booleans())
    return Hop(
        gateway=draw(st.ip_addresses(v=4)) if kind == "via" else None,
        interface=None if recursive or kind == "blackhole" else draw(interfaces),
        vrf=draw(st.sampled_from([None, *{"default", "red"} - {vrf}])),
        labels=draw(stacks | st.just(())) if kind == "via" else (),
        active=active,
        recursive=recursive,
        resolver=resolver,
        fib=fib and not recursive,
        onlink=kind == "via" and not recursive and draw(st.booleans()),
        blackhole=draw(st.sampled_from(list(_BLACKHOLES))) if kind == "blackhole" else None,
        weight=draw(st.none() | st.integers(1, 255)),
    )


@st.composite
def routes(draw: st.DrawFn, vrf: str) -> Route:
    status = draw(st.sampled_from("*rq "))
    fib = status == "*"
    protocol = draw(st.sampled_from(list(_CODES)))
    groups = draw(st.lists(st.booleans(), min_size=1, max_size=3))
    found: list[Hop] = []
    for recursive in groups:
        found.append(draw(hops(vrf, recursive=recursive, resolver=False, fib=fib)))
        if recursive:
            found.append(draw(hops(vrf, recursive=False, resolver=True, fib=fib)))
    plain = protocol in {"connected", "local"}
    return Route(
        vrf=vrf,
        prefix=draw(st.builds(_network, st.integers(0, 2**32 - 1), st.integers(0, 32))),
        protocol=protocol,
        distance=0 if plain else draw(st.integers(0, 255)),
        metric=0 if plain else draw(st.integers(0, 2**32 - 1)),
        selected=draw(st.booleans()),
        fib=fib,
        rejected=status == "r",
        queued=status == "q",
        hops=tuple(found),
        age=draw(spans),
    )


def _network(address: int, length: int) -> IPv4Network:
    return IPv4Network((address, length), strict=False)


_CODES = {"kernel": "K", "connected": "C", "local": "L", "static": "S", "ospf": "O", "bgp": "B", "eigrp": "E"}
_BLACKHOLES = {
    "reject": " (ICMP unreachable)",
    "prohibited": " (ICMP admin-prohibited)",
    "blackhole": " (blackhole)",
    "unspecified": "",
}
_LEGEND = """\
Codes: K - kernel route, C - connected, L - local, S - static,
       R - RIP, O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,
       > - selected route, * - FIB route, q - queued, r - rejected, b - backup
       t - trapped, o - offload failure
"""


def ip_route(tables: Sequence[Sequence[Route]]) -> str:
    """``do_show_route_helper`` and ``vty_show_ip_route`` of 10.3; one table a VRF."""
    sections = [
        f"IPv4 unicast VRF {table[0].vrf}:\n" + "".join(map(_route, table)) for table in tables if table
    ]
    return f"{_LEGEND}\n" + "\n".join(sections) if sections else ""


def _route(route: Route) -> str:
    selected = ">" if route.selected else " "
    head = f"{_CODES[route.protocol]}{selected}{_status(route, route.hops[0])} {route.prefix}"
    if route.protocol not in {"connected", "local"}:
        head += f" [{route.distance}/{route.metric}]"
    lines = [f"{head} {_hop(route.hops[0])}, {clock(route.age)}\n"]
    for hop in route.hops[1:]:
        indent = " " * (len(head) - 3 + 2 * hop.resolver)
        lines.append(f"  {_status(route, hop)}{indent} {_hop(hop)}, {clock(route.age)}\n")
    return "".join(lines)


def _status(route: Route, hop: Hop) -> str:
    if route.rejected or route.queued:
        return "r" if route.rejected else "q"
    return "*" if hop.fib else " "


def _hop(hop: Hop) -> str:
    if hop.blackhole is not None:
        text = "unreachable" + _BLACKHOLES[hop.blackhole]
    elif hop.gateway is None:
        text = f"is directly connected, {hop.interface}"
    else:
        text = f"via {hop.gateway}" + (f", {hop.interface}" if hop.interface else "")
    text += f" (vrf {hop.vrf})" if hop.vrf else ""
    text += "" if hop.active else " inactive"
    text += " onlink" if hop.onlink else ""
    text += " (recursive)" if hop.recursive else ""
    text += f", label {'/'.join(map(str, hop.labels))}" if hop.labels else ""
    return text + (f", weight {hop.weight}" if hop.weight else "")


_COLUMNS = "V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc"
_STATES = ["Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Clearing", "Deleted"]


@st.composite
def peers(draw: st.DrawFn, vrf: str) -> BgpPeer:
    up = draw(st.booleans())
    state = "Established" if up else draw(st.sampled_from(_STATES))
    reasons = ["", "Policy", "NoNeg"] if up else ["", "Admin", "PfxCt"]
    reason = draw(st.sampled_from(reasons if up or state == "Idle" else [""]))
    counts = st.integers(0, 2**32 - 1)
    peer = draw(st.ip_addresses() | st.from_regex(r"eth[0-9]{1,3}", fullmatch=True))
    return BgpPeer(
        vrf=vrf,
        afi="ipv4",
        safi="unicast",
        router_id=draw(st.shared(st.builds(IPv4Address, st.integers(0, 2**32 - 1)), key="router_id")),
        local_as=draw(st.shared(st.integers(1, 2**32 - 1), key="local_as")),
        peer=peer,
        remote_as=draw(st.integers(1, 2**32 - 1)),
        state=state,
        reason=reason,
        prefixes_received=draw(counts) if up and not reason else None,
        prefixes_sent=draw(counts) if up and not reason else None,
        up_for=draw(spans) if up else draw(st.none() | spans),
        dynamic=draw(st.booleans()),
        description=draw(st.from_regex(r"(|[a-z]([a-z0-9 ]{0,18}[a-z0-9])?)", fullmatch=True)),
    )


def bgp_summary(found: Sequence[BgpPeer]) -> str:
    """``bgp_show_summary`` of 10.3 for the IPv4 unicast peers of one VRF."""
    if not found:
        return "% No BGP neighbors found in VRF red\n"
    first = found[0]
    width = max(16, *(len(_name(peer)) + 1 for peer in found))
    lines = [
        "",
        "IPv4 Unicast Summary:",
        f"BGP router identifier {first.router_id}, local AS number {first.local_as} VRF {first.vrf} vrf-id 5",
        "BGP table version 4",
        "RIB entries 7, using 896 bytes of memory",
        f"Peers {len(found)}, using 23 KiB of memory",
        "",
        f"{'Neighbor':{width}}{_COLUMNS}",
        *(_peer(peer, width) for peer in found),
        "",
        f"Total number of neighbors {len(found)}",
    ]
    if dynamic := sum(peer.dynamic for peer in found):
        lines += ["* - dynamic neighbor", f"{dynamic} dynamic neighbor(s), limit 100"]
    return "\n".join(lines) + "\n"


def _name(peer: BgpPeer) -> str:
    return f"{'*' if peer.dynamic else ''}{peer.peer}"


def _peer(peer: BgpPeer, width: int) -> str:
    if peer.state == "Established":
        received = {"Policy": "(Policy)", "NoNeg": "NoNeg"}.get(peer.reason, str(peer.prefixes_received))
        sent = {"Policy": "(Policy)", "NoNeg": "NoNeg"}.get(peer.reason, str(peer.prefixes_sent))
    else:
        received, sent = f"{peer.state} ({peer.reason})" if peer.reason else peer.state, "0"
    up = "never" if peer.up_for is None else clock(peer.up_for)
    return (
        f"{_name(peer):{width}}4 {peer.remote_as:10} {9:9} {9:9} {0:8} {0:4} {0:4} {up:>8}"
        f" {received:>12} {sent:>8} {peer.description or 'N/A'}"
    )
