"""Coverage-guided fuzzing of the decoder and of a session, by hand.

    python -m tests.eigrp.fuzz CORPUS -max_len=4096 -max_total_time=300

Needs the package `atheris`, which the tests do not. The input is a row of packets, each behind a byte with
its length and one that says how it arrives: checksum right or not, from a neighbour or from a stranger, time
passing after it. An input that begins with 3 is what bgpd says by BMP instead: as it is, and then each UPDATE
in it once more behind headers in order. Whatever arrives, nothing may be raised, and within minutes nothing
may be active any more. An empty CORPUS is filled with sessions that make sense.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from itertools import permutations
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["eigrp"]):
    from eigrp import bmp
    from eigrp import packet as packets
    from eigrp.errors import DecodeError
    from eigrp.metric import UNREACHABLE, VectorMetric
    from eigrp.packet import Flag, Opcode, Packet
    from eigrp.tlv import External, Route, RouteTlv
    from tests.eigrp.bmp_wire import peer_header, whole
    from tests.eigrp.test_bmp import ANNOUNCED, WITHDRAWN
    from tests.eigrp.test_hostile import HELLO, Stranger, network
    from tests.eigrp.test_site_of_origin import PE2, row

_MOST_PACKETS: Final = 24
_MEND, _RELIABLY, _HELLO = 1, 2, 4
_BMP: Final = b"\3"
_MARKER: Final = b"\xff" * 16


def one(data: bytes) -> None:
    """One input."""
    if data[:1] == _BMP:
        _from_bgpd(data)
        return
    with contextlib.suppress(DecodeError):
        packets.decode(data)
    net = network()
    stranger = Stranger(net)
    if data[:1] >= b"\x40":
        stranger.befriend()
    at = 1
    for _ in range(_MOST_PACKETS):
        if at + 2 > len(data):
            break
        length, how = data[at], data[at + 1]
        _arrives(stranger, data[at + 2 : at + 2 + length], how)
        at += 2 + length
        net.run((how >> 4) * 1.0)
    for _ in range(30):
        if not any(process.table.activity for process in net.routers.values()):
            return
        stranger.send(HELLO)
        net.run(14)
    raise AssertionError("stuck in active")


def _from_bgpd(data: bytes) -> None:
    net = row()
    process = net.routers[1]
    repaired = [whole(0, peer_header(PE2) + _MARKER + each) for each in data.split(_MARKER)[1:]]
    buffer = bytearray(data)
    with contextlib.suppress(DecodeError):
        repaired += bmp.split(buffer)
    for raw in repaired:
        with contextlib.suppress(DecodeError):
            message = bmp.decode(raw)
            if message is not None:
                process.receive_vpn(message, net.now)
        process.vpn_changed(process.vpn.reach(process.vpn.next_hops, process.vpn.next_hops), net.now)
        net.run(0.1)
    net.run(5)
    assert not any(router.table.activity for router in net.routers.values()), "stuck in active"
    process.end_vpn(0, "over", net.now)
    net.run(5)
    assert not process.vpn.paths
    known = {prefix for router in net.routers.values() for prefix in router.table.entries}
    assert known == {prefix for router in row().routers.values() for prefix in router.table.entries}


def _arrives(stranger: Stranger, raw: bytes, how: int) -> None:
    if how & _MEND:
        raw = packets.with_checksum(b"\2" + raw[1:].ljust(19, b"\0"))
    if not how & _RELIABLY:
        stranger.raw(raw)
        return
    with contextlib.suppress(DecodeError):
        stranger.reliably(packets.decode(raw))
    if how & _HELLO:
        stranger.send(HELLO)


def sessions() -> list[bytes]:
    """Inputs to begin with: three packets about the same destinations, in all orders."""
    own, far = IPv4Network("172.16.1.0/24"), IPv4Network("198.51.100.0/24")
    metric = VectorMetric(2560, 25600)
    routes = (RouteTlv(own, Route(metric)), RouteTlv(far, Route(metric, External(IPv4Address(9), 7))))
    gone = tuple(replace(each, route=Route(UNREACHABLE, each.route.external)) for each in routes)
    said = [
        Packet(Opcode.UPDATE, 100, routes),
        Packet(Opcode.UPDATE, 100, gone, Flag.EOT),
        Packet(Opcode.QUERY, 100, gone),
        Packet(Opcode.REPLY, 100, routes),
        Packet(Opcode.SIA_QUERY, 100, gone),
        Packet(Opcode.SIA_REPLY, 100, gone),
        replace(HELLO, tlvs=()),
    ]
    rows = []
    for three in permutations(said, 3):
        row = b"\xff"
        for packet in three:
            raw = packets.encode(packet)
            row += bytes([len(raw), _MEND | _RELIABLY | _HELLO | 0x10]) + raw
        rows.append(row)
    updates = [bytes.fromhex(each) for each in (ANNOUNCED, WITHDRAWN)]
    announced = [whole(0, peer_header(PE2) + update) for update in updates]
    announced += [whole(kind, peer_header(PE2)) for kind in (2, 3)]
    rows += [b"".join(three) for three in permutations(announced, 3)]
    return rows


def main() -> None:
    """Run until stopped, or until something is wrong."""
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    if not any(corpus.iterdir()):
        for number, row in enumerate(sessions()):
            (corpus / f"session-{number}").write_bytes(row)
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
