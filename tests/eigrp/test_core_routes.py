from __future__ import annotations

import struct
from ipaddress import IPv4Address

import pytest

from eigrp.core_routes import CoreRoutes, matches, reachable
from eigrp.netlink import DONE, ERROR

NEW_ROUTE = 24
UNICAST, LOCAL, BLACKHOLE = 1, 2, 6


def answer(bits: int, kind: int) -> bytes:
    return struct.pack("=8BI", 2, bits, 0, 0, 254, 0, 0, kind, 0)


@pytest.mark.parametrize(
    ("kind", "body", "way"),
    [
        (NEW_ROUTE, answer(32, UNICAST), True),
        (NEW_ROUTE, answer(24, UNICAST), True),
        (NEW_ROUTE, answer(32, LOCAL), True),
        (NEW_ROUTE, answer(0, UNICAST), False),
        (NEW_ROUTE, answer(32, BLACKHOLE), False),
        (NEW_ROUTE, b"", False),
        (ERROR, answer(32, UNICAST), False),
        (DONE, b"", False),
    ],
)
def test_what_the_kernel_answers(kind: int, body: bytes, *, way: bool) -> None:
    assert matches(kind, body) == way


def test_the_real_kernel_is_asked() -> None:
    assert reachable([IPv4Address("127.0.0.1")]) == {IPv4Address("127.0.0.1")}
    assert reachable([IPv4Address("203.0.113.77")]) == set()  # a default route does not count
    watch = CoreRoutes()
    watch.drain()
    watch.close()
