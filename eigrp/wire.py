"""Raw sockets: one for each interface that takes part, bound to it, IP protocol 88."""

from __future__ import annotations

import socket
import struct
from ipaddress import IPv4Address
from typing import Final

PROTOCOL: Final = 88
GROUP: Final = IPv4Address("224.0.0.10")
_TTL: Final = 2
_INTERNETWORK_CONTROL: Final = 0xC0
_BIND_TO_DEVICE: Final = 25
_LARGEST: Final = 1 << 16
_SHORTEST_HEADER: Final = 20


def open_socket(interface: str, index: int) -> socket.socket:
    """A socket for EIGRP on one interface, member of 224.0.0.10 there; works for ports of a VRF.

    Raises:
        OSError: no privilege, or no such interface.
    """
    line = socket.socket(socket.AF_INET, socket.SOCK_RAW, PROTOCOL)
    try:
        line.setsockopt(socket.SOL_SOCKET, _BIND_TO_DEVICE, interface.encode() + b"\0")
        membership = struct.pack("=4s4si", GROUP.packed, bytes(4), index)
        line.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        line.setsockopt(
            socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("=4s4si", bytes(4), bytes(4), index)
        )
        line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _TTL)
        line.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, _TTL)
        line.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, _INTERNETWORK_CONTROL)
        line.settimeout(0)
    except OSError:
        line.close()
        raise
    return line


def send(line: socket.socket, destination: IPv4Address | None, data: bytes) -> None:
    """Send an IP payload to a neighbour or (None) to all.

    Raises:
        OSError: the interface cannot, just now.
    """
    line.sendto(data, (str(destination or GROUP), 0))


def receive(line: socket.socket) -> tuple[IPv4Address, bytes] | None:
    """The next packet as (source, IP payload); None where there is none.

    Raises:
        OSError: the interface has gone.
    """
    try:
        data = line.recv(_LARGEST)
    except BlockingIOError:
        return None
    header = (data[0] & 0xF) * 4 if data else 0
    if header < _SHORTEST_HEADER or len(data) < header:
        return None
    return IPv4Address(data[12:16]), data[header:]
