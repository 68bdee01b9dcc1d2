"""Route distinguishers and route targets as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.rd_rt import Administered, RouteDistinguisher, RouteTarget

if TYPE_CHECKING:
    from ipaddress import IPv4Address

TWO_OCTETS = st.integers(0, 0xFFFF)
ADMINISTERED = st.one_of(
    st.tuples(st.integers(1, 0xFFFF), st.integers(0, 0xFFFFFFFF)),
    st.tuples(st.integers(0x10000, 0xFFFFFFFF), TWO_OCTETS),
    st.tuples(st.ip_addresses(v=4), TWO_OCTETS),
)


@given(ADMINISTERED)
def test_what_is_printed_is_read_back(parts: tuple[int | IPv4Address, int]) -> None:
    for kind in (RouteDistinguisher, RouteTarget):
        value = kind(*parts)
        assert kind.parse(str(value)) == value


@given(st.text())
def test_any_text_is_a_value_or_a_value_error(text: str) -> None:
    try:
        value = RouteTarget.parse(text)
    except ValueError as error:
        assert "\n" not in str(error).replace(text, "")  # noqa: PT017  # both outcomes are right
    else:
        assert RouteTarget.parse(str(value)) == value


BAD = """
65000 65000: :1 65000:-1 65000:1:1 1.2.3:1 65000:\uff11 a:1 0:1 1:4294967296 65536:65536 4294967296:1
10.0.0.1:65536
"""


@pytest.mark.parametrize(
    "text", ["", " ", *BAD.split(), "1" * 50 + ":1", "1:" + "1" * 5000], ids=lambda text: text[:20] or "empty"
)
def test_bad_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        Administered.parse(text)


def test_a_distinguisher_is_no_target() -> None:
    values: set[Administered] = {RouteDistinguisher(65000, 1), RouteTarget(65000, 1)}
    assert len(values) == 2


def test_an_as_number_with_a_dot_is_the_one_without() -> None:
    """RFC 5396."""
    assert RouteTarget.parse("65000.1:7") == RouteTarget(65000 * 65536 + 1, 7)
    assert RouteDistinguisher.parse("0.65000:100000") == RouteDistinguisher(65000, 100000)
    with pytest.raises(ValueError, match="not ASN:number"):
        RouteTarget.parse("65536.1:7")
