from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigrp import packet as packets
from eigrp.errors import DecodeError
from eigrp.metric import KValues, VectorMetric
from eigrp.packet import Flag, Opcode, Packet, checksum, decode, encode, with_checksum
from eigrp.tlv import Parameters, Route, RouteTlv, SoftwareVersion, Unknown
from tests.eigrp.strategies import PACKET

EIGRPD = [
    bytes.fromhex(line.split()[1])
    for line in Path(__file__).with_name("eigrpd-10.3.hex").read_text().splitlines()
    if not line.startswith("#")
]
HELLO = EIGRPD[0]


def body(*parts: str) -> bytes:
    """An update with these TLVs in hexadecimal, and a right checksum."""
    head = packets.HEADER.pack(2, Opcode.UPDATE, 0, 0, 1, 0, 0, 100)
    return with_checksum(head + bytes.fromhex("".join(parts).replace(" ", "")))


def test_a_hello_as_frr_sends_it() -> None:
    packet = decode(HELLO)
    assert packet == Packet(Opcode.HELLO, 100, (Parameters(KValues(), 15), SoftwareVersion((10, 3), (1, 2))))
    assert encode(packet) == HELLO


@pytest.mark.parametrize("data", EIGRPD, ids=lambda data: Opcode(data[1]).name)
def test_what_eigrpd_sends_survives_byte_for_byte(data: bytes) -> None:
    assert encode(decode(data)) == data


def test_an_internal_route_byte_by_byte() -> None:
    route = RouteTlv(IPv4Network("172.16.1.0/24"), Route(VectorMetric(2560, 25600, 1500, 0, 255, 1)))
    data = encode(Packet(Opcode.UPDATE, 100, (route,), Flag.EOT, sequence=7, ack=3))
    assert data[20:].hex(" ") == (
        "01 02 00 1c 00 00 00 00 00 00 0a 00 00 00 64 00 00 05 dc 00 ff 01 00 00 18 ac 10 01"
    )
    assert data[4:20].hex() == "00000008000000070000000300000064"
    assert checksum(data) == 0


@given(packet=PACKET)
def test_packets_survive_the_wire(packet: Packet) -> None:
    assert decode(encode(packet)) == packet


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "0 bytes are no EIGRP header"),
        (bytes(19), "19 bytes are no EIGRP header"),
        (with_checksum(b"\x01" + HELLO[1:]), "EIGRP version 1"),
        (with_checksum(HELLO[:1] + b"\x09" + HELLO[2:]), "opcode 9"),
        (HELLO[:-1] + b"\x07", "bad checksum"),
        (body("0001"), "2 bytes after the last TLV"),
        (body("0102 0003"), "TLV 0x0102 says 3 bytes, 4 are there"),
        (body("0102 00ff 00000000"), "TLV 0x0102 says 255 bytes, 8 are there"),
        (body("0001 000b 01000100000000"), "parameter TLV with 7 bytes of value instead of 8"),
        (body("0102 0018", "00" * 20), "route TLV of 20 bytes ends before its prefix"),
        (body("0102 001a", "00" * 20, "21 0a"), "prefix length 33"),
        (body("0102 001a", "00" * 20, "ff 0a"), "prefix length 255"),
        (body("0102 001a", "00" * 20, "18 0a"), "prefix of length 24 in 1 bytes"),
        (body("0102 001c", "00" * 20, "17 0a0001"), "prefix of length 23 with bits set behind it"),
        (body("0102 0019", "00" * 20, "00"), "prefix of length 0 in 0 bytes"),
        (body("0103 001c", "00" * 20, "18 0a0001"), "route TLV of 24 bytes ends before its prefix"),
        (body("0002 0008 0003 0020"), "authentication TLV with 4 bytes of value instead of 36"),
        (body("0003 0006 0410"), "sequence TLV is not a list of IPv4 addresses"),
        (body("0003 0004"), "sequence TLV is not a list of IPv4 addresses"),
        (body("0007 0009 1000000000"), "peer termination TLV without an IPv4 address"),
    ],
)
def test_what_is_no_packet_is_refused_with_its_reason(data: bytes, says: str) -> None:
    with pytest.raises(DecodeError) as error:
        decode(data)
    assert str(error.value) == says


def test_a_tlv_of_an_unknown_type_is_kept() -> None:
    assert decode(body("0602 0006 beef")).tlvs == (Unknown(0x0602, b"\xbe\xef"),)


def test_the_default_route_carries_one_byte_of_address() -> None:
    route = RouteTlv(IPv4Network("0.0.0.0/0"), Route(VectorMetric(1, 1)), IPv4Address("10.0.0.9"))
    data = encode(Packet(Opcode.UPDATE, 1, (route,)))
    assert data[-2:] == b"\0\0"
    assert decode(data).tlvs == (route,)


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_packet_or_a_decode_error(data: bytes) -> None:
    for candidate in (data, with_checksum(data.ljust(20, b"\2"))):
        try:
            decode(candidate)
        except DecodeError:
            continue


@given(packet=PACKET, at=st.integers(0, 400), flip=st.integers(1, 255), cut=st.integers(0, 400))
def test_a_damaged_packet_is_a_packet_or_a_decode_error(packet: Packet, at: int, flip: int, cut: int) -> None:
    data = bytearray(encode(packet))
    data[at % len(data)] ^= flip
    for candidate in (bytes(data), with_checksum(bytes(data)), with_checksum(bytes(data[: max(4, cut)]))):
        try:
            decode(candidate)
        except DecodeError:
            continue
