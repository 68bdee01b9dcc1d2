"""The VPN and backdoors between its sites: whatever happens, routes come to rest, and where they should."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.eigrp.vpn_model import Provider, lan, ring
from tests.eigrp.wire_model import changed
from tests.trying import tries

MOST_PER_EVENT = 30
"""Packets and messages for each router that an event may cost; without a guard there is no such number."""


def trouble(net: Provider, sites: int) -> None:
    """Something happens while earlier news may still be under way."""
    site = net.random.randint(1, sites)
    what = net.random.choice(["lan", "link", "backdoor", "core", "delay"])
    if what == "lan":
        if lan(site) in net.routers[site].origins.subnets:
            net.routers[site].link_gone("lan", net.now)
        else:
            net.routers[site].link_is(net.lan(site), net.now)
    elif what == "core":
        pe = 10 + site
        (net.mend_core if pe in net.cut_off else net.cut_core)(pe)
    elif what == "delay":
        delay = net.random.choice([1, 5, 1000, 2000])
        for me, other in ((site, site + 1), (site + 1, site)):
            if me <= sites and other <= sites:
                process = net.routers[me]
                process.reconfigure(changed(process, f"to{other}", delay=delay), net.now)
    else:
        other = 10 + site if what == "link" else site % sites + 1
        ends = (min(site, other), max(site, other))
        if ends[1] - ends[0] in {1, 10}:
            (net.cut if ends in net.up else net.connect)(*ends)


@pytest.mark.parametrize("sites", [2, pytest.param(3, marks=pytest.mark.thorough)])
@given(seed=st.integers(0, 2**32))
@tries(0.15)
def test_no_lasting_loop_no_counting_and_the_right_end(sites: int, seed: int) -> None:
    net = ring(Random(seed), sites)
    net.at_rest()
    net.delay = net.random.choice([0.05, 0.5, 2.0])
    before = net.news + net.updates
    events = net.random.randint(1, 12)
    for _ in range(events):
        trouble(net, sites)
        net.run(net.random.uniform(0, 3))
    net.run(20)  # ten times the slowest message
    net.at_rest()
    assert net.news + net.updates - before <= MOST_PER_EVENT * events * len(net.routers)
    quiet = net.news + net.updates
    net.run(15)
    assert net.news + net.updates == quiet


def test_the_backdoor_takes_over_and_gives_back() -> None:
    net = ring(Random(1), 2)

    def hops(ce: int, target: int) -> list[int]:
        return net.hops(ce, lan(target))

    assert (hops(1, 2), hops(2, 1)) == ([11], [12])
    net.cut_core(12)
    net.run(2)
    net.at_rest()
    assert (hops(1, 2), hops(2, 1)) == ([2], [1])
    assert net.routers[12].installed[lan(1)].tag == 2 << 1
    net.mend_core(12)
    net.run(2)
    net.at_rest()
    assert (hops(1, 2), hops(2, 1)) == ([11], [12])
    assert lan(1) not in net.routers[12].installed


def test_a_backdoor_as_near_from_both_sides_does_not_swing() -> None:
    net = ring(Random(1), 2)
    quiet = net.updates
    net.run(30)
    assert net.updates == quiet


@pytest.mark.parametrize("guarded", [True, False])
def test_without_site_of_origin_it_counts(*, guarded: bool) -> None:
    """What the guard is for: a network that is gone keeps being announced, ever farther away."""
    net = ring(Random(1), 3, guarded=guarded)
    net.delay = 2
    net.cut_core(12)
    net.run(5)
    net.mend_core(12)
    net.routers[1].link_gone("lan", net.now)
    net.run(15)
    before = net.news + net.updates
    net.run(5)
    assert (net.news + net.updates > before + MOST_PER_EVENT) != guarded
