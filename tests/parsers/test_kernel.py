"""Routes of one table of the kernel, which iproute2 prints without naming it."""

from __future__ import annotations

import pytest

from parsers import ParseError, parse
from parsers.facts import KernelRoute

OF_ONE_TABLE = """\
172.16.255.1 nhid 23 via 192.0.2.1 dev eth0 proto bgp metric 20
172.16.255.2 nhid 37  encap mpls  20 via 198.51.100.1 dev eth1 proto bgp metric 20
192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.2
"""
OF_ALL_TABLES = """\
172.16.255.1 via 192.0.2.1 dev red table 1001 proto bgp metric 20
192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.2
local 192.0.2.2 dev eth0 table local proto kernel scope host src 192.0.2.2
"""


def tables(command: str, output: str) -> list[int]:
    """The table of each route."""
    return [fact.table for fact in parse(command, output) if isinstance(fact, KernelRoute)]


@pytest.mark.parametrize(
    ("table", "number"), [("1001", 1001), ("254", 254), ("main", 254), ("local", 255), ("default", 253)]
)
def test_routes_of_one_table_are_of_the_one_that_was_asked_for(table: str, number: int) -> None:
    assert tables(f"ip route show table {table}", OF_ONE_TABLE) == [number] * 3
    assert tables(f"ip -4 route show table {table}", OF_ONE_TABLE) == [number] * 3


@pytest.mark.parametrize("table", ["all", "0", "unspec"])
def test_routes_of_all_tables_name_theirs_but_for_the_main_table(table: str) -> None:
    assert tables(f"ip route show table {table}", OF_ALL_TABLES) == [1001, 254, 255]


@pytest.mark.parametrize("table", ["red", "cache", "0x3e9", "-1", "1001x", "٣"])
def test_a_table_that_is_asked_for_by_name_is_refused(table: str) -> None:
    with pytest.raises(ParseError, match=rf"ip route show table {table}: the number .* is not known here"):
        parse(f"ip route show table {table}", OF_ONE_TABLE)


def test_a_route_of_another_table_is_not_taken_for_one_of_this() -> None:
    with pytest.raises(ParseError, match="it is a route of table 1001"):
        parse("ip route show table 1002", OF_ALL_TABLES)
