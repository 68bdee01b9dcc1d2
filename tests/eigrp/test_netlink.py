from __future__ import annotations

import socket
import struct
from ipaddress import IPv4Interface

from eigrp.netlink import Kernel, Snapshot, read
from eigrp.settings import Link


def attribute(kind: int, value: bytes) -> bytes:
    length = 4 + len(value)
    return struct.pack("=HH", length, kind) + value + bytes(-length % 4)


def link(index: int, name: str, *, up: bool = True, master: int = 0, kind: str = "") -> bytes:
    flags = 0x11043 if up else 0x1002
    body = struct.pack("=BxHiII", 0, 1, index, flags, 0)
    body += attribute(3, name.encode() + b"\0") + attribute(4, struct.pack("=I", 1500))
    if master:
        body += attribute(10, struct.pack("=I", master))
    return body + (attribute(18, attribute(1, kind.encode() + b"\0")) if kind else b"")


def address(index: int, interface: str) -> bytes:
    parsed = IPv4Interface(interface)
    head = struct.pack("=BBBBI", socket.AF_INET, parsed.network.prefixlen, 0, 0, index)
    return head + attribute(1, parsed.packed) + attribute(2, parsed.packed)


def test_links_with_their_vrf_and_addresses() -> None:
    links = [
        link(1, "lo"),
        link(2, "eth0", up=False),
        link(3, "eth1", master=10, kind="veth"),
        link(10, "red", kind="vrf"),
    ]
    addresses = [
        address(1, "127.0.0.1/8"),
        address(1, "10.255.0.1/32"),
        address(2, "192.0.2.1/24"),
        address(3, "10.0.1.1/30"),
        address(3, "10.0.2.1/30"),
    ]
    assert read(links, addresses) == Snapshot(
        vrfs={"default": 0, "red": 10},
        links={
            "lo": ("default", Link("lo", 1, 1500, (IPv4Interface("10.255.0.1/32"),))),
            "eth1": (
                "red",
                Link("eth1", 3, 1500, (IPv4Interface("10.0.1.1/30"), IPv4Interface("10.0.2.1/30"))),
            ),
            "red": ("default", Link("red", 10, 1500, ())),
        },
    )


def test_this_kernel_can_be_asked() -> None:
    kernel = Kernel()
    try:
        kernel.drain()
        assert kernel.snapshot().vrfs["default"] == 0
    finally:
        kernel.close()
