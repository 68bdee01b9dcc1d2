from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from eigrp.metric import (
    MAX_COMPOSITE,
    UNREACHABLE,
    KValues,
    VectorMetric,
    composite,
    link_metric,
    scaled_bandwidth,
    vector_of_composite,
)
from tests.eigrp.strategies import K_VALUES, VECTOR

FAST = link_metric(kbps=100_000, tens_of_microseconds=10, mtu=1500)


def test_a_connected_fast_ethernet_costs_what_frr_and_cisco_say() -> None:
    assert composite(FAST, KValues()) == 28160
    assert composite(FAST.across(FAST), KValues()) == 30720


def test_slow_links_and_the_other_weights() -> None:
    serial = link_metric(kbps=1544, tens_of_microseconds=2000, mtu=1500)
    assert composite(serial, KValues()) == 2169856
    assert composite(serial, KValues(1, 1, 1, 1, 1)) == (1657856 + 512000 + 1657856 // 255) // 256
    assert composite(replace(serial, load=255, reliability=0), KValues(0, 1, 0, 0, 1)) == 1657856


def test_the_composite_of_infinity_is_capped() -> None:
    assert composite(UNREACHABLE, KValues(255, 255, 255, 0, 0)) == MAX_COMPOSITE


def test_a_link_adds_delay_and_narrows_the_rest() -> None:
    far = VectorMetric(100, 200, mtu=9000, hop_count=3, reliability=100, load=9)
    link = VectorMetric(5, 900, mtu=1500, reliability=255, load=1)
    assert far.across(link) == VectorMetric(105, 900, 1500, 4, 100, 9)


def test_a_hundred_hops_are_the_end() -> None:
    assert replace(FAST, hop_count=100).reachable
    assert not replace(FAST, hop_count=100).across(FAST).reachable
    assert not UNREACHABLE.across(FAST).reachable


@given(vector=VECTOR, link=VECTOR, k=K_VALUES)
def test_no_link_brings_a_destination_nearer(vector: VectorMetric, link: VectorMetric, k: KValues) -> None:
    assert composite(vector.across(link), replace(k, k5=0)) >= composite(vector, replace(k, k5=0))


@given(st.integers(1, MAX_COMPOSITE), st.integers(1, 10_000_000))
def test_a_metric_comes_back_as_a_vector_of_that_metric(metric: int, kbps: int) -> None:
    vector = vector_of_composite(metric, kbps)
    assert composite(vector, KValues()) == metric
    assert vector.bandwidth == min(scaled_bandwidth(kbps), metric - 1)
