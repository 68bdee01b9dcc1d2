from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigrp.metric import VectorMetric
from tests.eigrp.dual_model import Model
from tests.trying import tries

SEEDS = st.integers(0, 2**32)
TRIANGLE = ((0, 1), (1, 2), (0, 2))
SQUARE = ((0, 1), (1, 2), (2, 3), (0, 3))


def link(random: Random, *, one_bandwidth: bool) -> VectorMetric:
    bandwidth = 25600 if one_bandwidth else 25600 * random.randint(1, 20)
    # Few different delays make equal costs frequent.
    return VectorMetric(delay=256 * random.randint(1, 5), bandwidth=bandwidth)


def built(random: Random, size: int, edges: tuple[tuple[int, int], ...], *, one_bandwidth: bool) -> Model:
    model = Model(size, {edge: link(random, one_bandwidth=one_bandwidth) for edge in edges})
    model.originate(0)
    for edge in edges:
        model.connect(*edge)
        model.some(random, random.randint(0, 5))
    return model


def trouble(random: Random, model: Model, *, one_bandwidth: bool) -> None:
    """Something happens to the network while earlier news is still under way."""
    edge = random.choice(sorted(model.cost))
    what = random.random()
    if what < 0.6:
        (model.cut if edge in model.up else model.connect)(*edge)
    elif what < 0.85:
        model.reprice(*edge, link(random, one_bandwidth=one_bandwidth))
    else:
        owner = random.randrange(model.size)
        (model.withdraw if owner in model.owners else model.originate)(owner)
    model.some(random, random.randint(0, 12))


@pytest.mark.parametrize("edges", [TRIANGLE, SQUARE], ids=["triangle", "square"])
@given(seed=SEEDS)
@tries(0.6)
def test_small_rings_never_loop_and_find_the_shortest_paths(
    edges: tuple[tuple[int, int], ...], seed: int
) -> None:
    random = Random(seed)
    model = built(random, 1 + max(max(edge) for edge in edges), edges, one_bandwidth=True)
    for _ in range(random.randint(0, 25)):
        trouble(random, model, one_bandwidth=True)
    model.quiesce(random)
    model.settled()


def random_graph(random: Random) -> tuple[int, tuple[tuple[int, int], ...]]:
    size = random.randint(3, 8)
    pairs = list(combinations(range(size), 2))
    return size, tuple(sorted(random.sample(pairs, random.randint(size - 1, len(pairs)))))


@given(seed=SEEDS)
@tries(1.2)
def test_random_graphs_never_loop_and_find_the_shortest_paths(seed: int) -> None:
    random = Random(seed)
    model = built(random, *random_graph(random), one_bandwidth=True)
    for _ in range(random.randint(0, 25)):
        trouble(random, model, one_bandwidth=True)
    model.quiesce(random)
    model.settled()


@given(seed=SEEDS)
@tries(1.2)
def test_with_unequal_bandwidths_it_still_never_loops_and_comes_to_rest(seed: int) -> None:
    """The composite is not isotonic then, so the rest is where no neighbour offers anything nearer."""
    random = Random(seed)
    model = built(random, *random_graph(random), one_bandwidth=False)
    for _ in range(random.randint(0, 25)):
        trouble(random, model, one_bandwidth=False)
    model.quiesce(random)
    model.stable()
