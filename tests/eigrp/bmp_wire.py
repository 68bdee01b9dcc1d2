"""What bgpd would send by BMP: the other direction of `eigrp.bmp`."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from eigrp.community import ROUTE_TARGET, SITE_OF_ORIGIN, Community

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from eigrp.bmp import Nlri, VpnPath


def whole(kind: int, body: bytes) -> bytes:
    return struct.pack("!BIB", 3, 6 + len(body), kind) + body


def peer_header(address: IPv4Address, *, kind: int = 0, flags: int = 0x40) -> bytes:
    return struct.pack("!BB8x12x4s", kind, flags, address.packed) + bytes(16)


def monitoring(paths: tuple[VpnPath, ...] = (), withdrawn: tuple[Nlri, ...] = ()) -> bytes:
    """An UPDATE with paths that share all but their key and label."""
    attributes = b""
    if paths:
        first = paths[0]
        nlris = b"".join(_nlri(path.nlri, path.label) for path in paths)
        reach = struct.pack("!HBB8x4sx", 1, 128, 12, first.next_hop.packed) + nlris
        attributes += _attribute(14, reach)
        if first.med is not None:
            attributes += _attribute(4, first.med.to_bytes(4))
        marks = [target.packed(ROUTE_TARGET) for target in sorted(first.route_targets)]
        if first.site is not None:
            marks.append(first.site.packed(SITE_OF_ORIGIN))
        attributes += _attribute(16, b"".join(marks))
        attributes += _attribute(32, b"".join(struct.pack("!III", *each) for each in first.large))
    if withdrawn:
        attributes += _attribute(
            15, struct.pack("!HB", 1, 128) + b"".join(_nlri(one, 0) for one in withdrawn)
        )
    body = struct.pack("!HH", 0, len(attributes)) + attributes
    return b"\xff" * 16 + struct.pack("!HB", 19 + len(body), 2) + body


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!BBH", 0x90, kind, len(value)) + value


def _nlri(nlri: Nlri, label: int) -> bytes:
    size = -(-nlri.prefix.prefixlen // 8)
    rd = Community.parse(nlri.rd)
    return (
        bytes([88 + nlri.prefix.prefixlen])
        + (label << 4 | 1).to_bytes(3)
        + rd.kind.to_bytes(2)
        + rd.packed(0)[2:]
        + nlri.prefix.network_address.packed[:size]
    )
