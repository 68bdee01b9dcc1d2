"""Whether the kernel has a route to a BGP next hop, asked by rtnetlink.

bgpd leaves out VPN routes whose next hop zebra cannot resolve, long before the BGP session to it is given up;
so must the speaker. As in zebra, a default route does not count.

When a link goes, the kernel takes its routes away without saying so: of the links and of the next hop objects
that zebra makes routes of it does speak, though perhaps before the routes are gone. So there is a second look
at a change, a moment later.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import TYPE_CHECKING, Final

from eigrp.netlink import DONE, ERROR, MESSAGE, drain, messages

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Address

_ROUTE: Final = struct.Struct("=8BI")
_NEW_ROUTE, _GET_ROUTE = 24, 26
_REQUEST: Final = 1
_DESTINATION: Final = 1
_FIB_MATCH: Final = 0x2000
_HOST_BITS: Final = 32
_UNICAST, _LOCAL = 1, 2
_GROUPS: Final = 0x1 | 0x40  # links, IPv4 routes
_SOL_NETLINK, _ADD_MEMBERSHIP, _NEXT_HOPS_GROUP = 270, 1, 32
SECOND_LOOK: Final = 0.5
"""Seconds after a change."""
_CHUNK: Final = 1 << 14


class CoreRoutes:
    """`socket` becomes readable when a route may have changed."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self.socket.bind((0, _GROUPS))
        with contextlib.suppress(OSError):  # kernels before 5.3 have no next hop objects
            self.socket.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, _NEXT_HOPS_GROUP)
        self.socket.settimeout(0)

    def drain(self) -> None:
        """Take what has been announced; what `reachable` then says is what counts."""
        drain(self.socket)

    def close(self) -> None:
        """Watch no longer."""
        self.socket.close()


def reachable(addresses: Iterable[IPv4Address]) -> frozenset[IPv4Address]:
    """Those of the addresses to which the main table has a way, other than a default route."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as line:
        line.bind((0, 0))
        return frozenset(each for each in addresses if _has_route(line, each))


def _has_route(line: socket.socket, address: IPv4Address) -> bool:
    body = _ROUTE.pack(socket.AF_INET, _HOST_BITS, 0, 0, 0, 0, 0, 0, _FIB_MATCH)
    body += struct.pack("=HH", 8, _DESTINATION) + address.packed
    line.send(MESSAGE.pack(MESSAGE.size + len(body), _GET_ROUTE, _REQUEST, 1, 0) + body)
    return any(matches(kind, part) for kind, part in messages(line.recv(_CHUNK)))


def matches(kind: int, body: bytes) -> bool:
    """Whether an answer of the kernel is a way, and no default route."""
    if kind in {DONE, ERROR} or kind != _NEW_ROUTE or len(body) < _ROUTE.size:
        return False
    _, bits, _, _, _, _, _, route_type, _ = _ROUTE.unpack_from(body)
    return bits > 0 and route_type in {_UNICAST, _LOCAL}
