from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigrp import zapi
from eigrp.errors import ZebraError
from eigrp.origins import Offer
from eigrp.zapi import DIALECTS, Hop, Redistributed, RibRoute, dialect_of

OLD, NEW = DIALECTS["8.4"], DIALECTS["10.3"]
PREFIX = IPv4Network("172.16.1.0/24")


@pytest.mark.parametrize(
    ("text", "version", "dialect"),
    [
        ("FRRouting 8.4.4 (pe1) on Linux(6.1).", "8.4.4", OLD),
        ("FRRouting 10.3 (pe1) on Linux(7.2.7).", "10.3", NEW),
        ("\r\nFRRouting 10.7.1 (pe1) on Linux(7.2.7).\r\nCopyright", "10.7.1", NEW),
    ],
)
def test_the_version_decides(text: str, version: str, dialect: zapi.Dialect) -> None:
    assert dialect_of(text) == (version, dialect)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Quagga 1.2", "zebra does not say which version of FRRouting it is"),
        (
            "FRRouting 11.0-dev (x)",
            "FRRouting 11.0-dev: its zebra protocol is not known here (known: " + ", ".join(DIALECTS) + ")",
        ),
    ],
)
def test_an_unknown_version_is_an_error(text: str, says: str) -> None:
    with pytest.raises(ZebraError) as error:
        dialect_of(text)
    assert str(error.value) == says


def test_hello_byte_by_byte() -> None:
    assert zapi.hello(OLD).hex(" ") == "00 13 fe 06 00 00 00 00 00 12 0b 00 00 00 00 00 00 00 00"
    assert zapi.hello(NEW).hex(" ") == "00 12 fe 06 00 00 00 00 00 13 0c 00 00 00 00 00 00 00"


def test_a_route_byte_by_byte() -> None:
    route = RibRoute(PREFIX, (Hop(IPv4Address("10.0.1.1"), 5),), 30720, 90, 0)
    assert zapi.route_add(NEW, 10, route).hex(" ") == (
        "00 34 fe 06 00 00 00 0a 00 09 0c 00 00 00 00 00 00 00 00 00 07 01 02 18 ac 10 01 "
        "00 01 00 00 00 0a 03 00 0a 00 01 01 00 00 00 05 5a 00 00 78 00"
    ).replace("00 34", f"00 {len(zapi.route_add(NEW, 10, route)):02x}")
    assert zapi.route_delete(OLD, 0, PREFIX)[8:10] == b"\0\x09"


def redistributed(dialect: zapi.Dialect, *, label: bool) -> bytes:
    """A BGP route as zebra streams it: one next hop with a weight, labelled or not, then its metric."""
    flags = 0x04 | (0x02 if label else 0)
    hop = bytes.fromhex("0000000a 03") + bytes([flags]) + bytes.fromhex("0a000102 00000005")
    if label:
        hop += b"\1" + (b"\2" if dialect.label_type else b"") + bytes.fromhex("00000050")
    hop += (1).to_bytes(dialect.weight)
    head = bytes([dialect.types["bgp"]]) + bytes.fromhex("0000 00000000 0000000f 01 02 18 ac1001 0001")
    return head + hop + bytes.fromhex("14 00008200 00000007")


@pytest.mark.parametrize("dialect", [OLD, NEW], ids=["8.4", "10.3"])
@pytest.mark.parametrize("label", [True, False])
def test_what_zebra_redistributes(dialect: zapi.Dialect, label: bool) -> None:  # noqa: FBT001 -- a column
    body = redistributed(dialect, label=label)
    said = zapi.read_redistributed(dialect, dialect.redistributed, 10, body)
    assert said == Redistributed(10, "bgp", PREFIX, Offer(33280, 7))
    gone = zapi.read_redistributed(dialect, dialect.unredistributed, 10, body)
    assert gone == Redistributed(10, "bgp", PREFIX, None)


def test_other_messages_and_families_say_nothing() -> None:
    assert zapi.read_redistributed(NEW, NEW.hello, 0, b"whatever") is None
    six = redistributed(NEW, label=False).replace(b"\x01\x02\x18", b"\x01\x0a\x18")
    assert zapi.read_redistributed(NEW, NEW.redistributed, 0, six) is None


@given(body=st.binary(max_size=80), at=st.integers(0, 60), flip=st.integers(0, 255))
def test_any_body_is_read_or_a_zebra_error(body: bytes, at: int, flip: int) -> None:
    damaged = bytearray(redistributed(NEW, label=True))
    damaged[at % len(damaged)] ^= flip
    for candidate in (body, bytes(damaged)):
        try:
            zapi.read_redistributed(NEW, NEW.redistributed, 0, candidate)
        except ZebraError:
            continue


@given(cuts=st.lists(st.integers(0, 60), max_size=5))
def test_messages_are_found_however_the_stream_is_cut(cuts: list[int]) -> None:
    whole = zapi.hello(NEW) + zapi.redistribute(NEW, 7, "bgp", wanted=True) + zapi.hello(NEW)
    data, found = bytearray(), []
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    for begin, end in pairwise(edges):
        data += whole[begin:end]
        found += [(command, vrf) for command, vrf, _ in zapi.split(data)]
    assert found == [(19, 0), (12, 7), (19, 0)]
    assert not data


def test_another_protocol_is_refused() -> None:
    with pytest.raises(ZebraError, match="version 5"):
        list(zapi.split(bytearray(b"\0\x0a\xfe\x05\0\0\0\0\0\0")))
