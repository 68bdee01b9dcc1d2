"""Where the hosts of prefixes are that lie in each other."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import EVERYTHING, STAND_INS, host_ranges, hosts_in, may_have_default, stand_in
from tests.unit.model.labs import small

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab


@pytest.mark.parametrize(
    ("prefix", "inner", "hosts"),
    [
        ("172.16.0.0/16", (), "172.16.0.0/16"),
        ("172.16.0.0/16", ("172.16.0.0/24",), "172.16.1.0/24"),
        ("172.16.0.0/16", ("172.16.2.0/24",), "172.16.0.0/23"),
        ("172.16.0.0/24", ("172.16.0.0/25",), "172.16.0.128/25"),
        ("172.16.0.0/23", ("172.16.0.0/24", "172.16.1.0/24"), None),
        ("10.53.53.53/32", (), "10.53.53.53/32"),
    ],
)
def test_hosts_lie_in_no_more_specific_prefix(prefix: str, inner: tuple[str, ...], hosts: str | None) -> None:
    found = hosts_in(IPv4Network(prefix), map(IPv4Network, inner))
    assert (str(found) if found else None) == hosts


PREFIXES = st.builds(
    lambda number, length: IPv4Network((0x0A000000 | number << 8 & 0xFF0000, length), strict=False),
    st.integers(0, 0xFFFF),
    st.integers(8, 28),
)


@given(st.sets(PREFIXES, max_size=8))
def test_no_host_of_a_prefix_is_another_prefixs(prefixes: set[IPv4Network]) -> None:
    found = host_ranges({"red": prefixes})
    assert {prefix for _, prefix in found} == prefixes
    for (_, prefix), hosts in found.items():
        others = [one for one in prefixes if one != prefix and one.subnet_of(prefix)]
        assert hosts is None or hosts.subnet_of(prefix)
        assert hosts is None or not any(hosts.overlaps(one) for one in others)
        assert hosts is not None or sum(one.num_addresses for one in others) >= prefix.num_addresses


def test_a_default_route_has_the_hosts_of_a_range_that_nobody_uses() -> None:
    assert stand_in(()) == STAND_INS[0]
    assert stand_in([IPv4Network("203.0.0.0/8", strict=False)]) == STAND_INS[1]
    assert stand_in(STAND_INS) is None


INTERNET = """
    provider: {asn: 65000}
    vpns:
      red:
        sites:
          red1: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24, 0.0.0.0/0]}
          red2: {protocol: static, prefixes: [172.16.2.0/24]}
    """


@pytest.fixture
def internet(tmp_path: Path) -> Lab:
    return small(INTERNET).load(tmp_path)


def test_the_ce_with_the_way_out_has_an_address_of_that_range(internet: Lab) -> None:
    _, out = internet.interfaces_of("red1", InterfaceKind.LAN)
    assert (str(out.address), out.stands_for, out.prefix) == ("203.0.113.1/24", EVERYTHING, EVERYTHING)
    assert all(may_have_default(internet, vrf) for vrf in internet.vrfs)
