from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.eigrp.wire_model import Network, Weather, changed, settings
from tests.trying import tries

TRIANGLE = {(0, 1): 10, (1, 2): 10, (0, 2): 50}
SQUARE = {(0, 1): 10, (1, 2): 20, (2, 3): 10, (0, 3): 40}
BAD = Weather(loss=0.1, repeat=0.1, delay=0.3)
LINKS = {"triangle": TRIANGLE, "square": SQUARE}


def network(seed: int, links: dict[tuple[int, int], int], weather: Weather) -> Network:
    net = Network(Random(seed), weather)
    for number in sorted({end for link in links for end in link}):
        delays = {(a if b == number else b): delay for (a, b), delay in links.items() if number in (a, b)}
        net.router(number, settings(number, delays))
    for link in links:
        net.connect(*link)
    return net


@pytest.mark.parametrize("links", LINKS.values(), ids=LINKS)
def test_it_converges_within_a_second_and_fails_over_without_a_pause(
    links: dict[tuple[int, int], int],
) -> None:
    net = network(1, links, Weather())
    net.run(1)
    net.settled()
    net.cut(0, 1)
    net.run(0.5)
    net.settled()
    net.connect(0, 1)
    net.run(1)
    net.settled()


@pytest.mark.parametrize("links", LINKS.values(), ids=LINKS)
def test_a_silent_loss_is_noticed_after_the_hold_time(links: dict[tuple[int, int], int]) -> None:
    net = network(1, links, Weather())
    net.run(2)
    net.silence(0, 1)
    net.run(9)
    assert not any("holding time expired" in line for line in net.log)
    net.run(7)
    assert sum("holding time expired" in line for line in net.log) == 2
    net.settled()


@given(seed=st.integers(0, 2**32), links=st.sampled_from(list(LINKS.values())))
@tries(0.2)
def test_bad_links_make_no_loop_and_nothing_stays_active(
    seed: int, links: dict[tuple[int, int], int]
) -> None:
    net = network(seed, links, BAD)
    for _ in range(net.random.randint(1, 8)):
        net.run(net.random.uniform(0, 8))
        link = net.random.choice(sorted(links))
        what = net.random.random()
        if link not in net.up:
            net.connect(*link)
        elif what < 0.5:
            net.cut(*link)
        else:
            a, b = link
            delay = net.random.randint(1, 60)
            for me, other in ((a, b), (b, a)):
                process = net.routers[me]
                process.reconfigure(changed(process, f"to{other}", delay=delay), net.now)
    net.weather = Weather()
    net.run(60)
    net.settled()
