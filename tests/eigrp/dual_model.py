"""A network of DUAL routers for one destination; a random scheduler decides whose message arrives next.

Links keep the order of messages, as the reliable transport does; everything else may happen at any time.
After every single step the routes of all routers together must be free of loops.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from eigrp import dual
from eigrp.dual import HERE_PEER, Entry, Kind, Message, Path, Peer
from eigrp.metric import KValues, VectorMetric, composite
from eigrp.tlv import Route

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

K = KValues()
ORIGIN = VectorMetric(delay=256, bandwidth=25600)


def peer(me: int, other: int) -> Peer:
    return Peer(f"to{other}", IPv4Address((10 << 24) + (me << 8) + other))


@dataclass(slots=True)
class Model:
    """Routers 0..n-1; costs by link; messages under way by direction."""

    size: int
    cost: dict[tuple[int, int], VectorMetric]
    up: set[tuple[int, int]] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    wires: dict[tuple[int, int], deque[Message]] = field(default_factory=dict)
    owners: set[int] = field(default_factory=set)
    steps: int = 0

    def __post_init__(self) -> None:
        self.entries = [Entry() for _ in range(self.size)]

    # ---- events ------------------------------------------------------------------------------

    def connect(self, a: int, b: int) -> None:
        self.up.add((min(a, b), max(a, b)))
        for me, other in ((a, b), (b, a)):
            self.wires[me, other] = deque()
            entry, route = dual.greet(self.entries[me], peer(me, other))
            self.entries[me] = entry
            if route is not None:
                self.wires[me, other].append(Message(Kind.UPDATE, peer(me, other), route))
        self.check()

    def cut(self, a: int, b: int) -> None:
        self.up.discard((min(a, b), max(a, b)))
        for me, other in ((a, b), (b, a)):
            del self.wires[me, other]
        for me, other in ((a, b), (b, a)):
            self.apply(me, dual.lose(self.entries[me], peer(me, other), self.peers(me)))

    def reprice(self, a: int, b: int, metric: VectorMetric) -> None:
        self.cost[min(a, b), max(a, b)] = metric
        if (min(a, b), max(a, b)) not in self.up:
            return
        for me, other in ((a, b), (b, a)):
            known = self.entries[me].paths.get(peer(me, other))
            if known is not None:
                path = self.path(me, other, known.reported)
                self.apply(
                    me, dual.learn(self.entries[me], Kind.UPDATE, peer(me, other), path, self.peers(me))
                )

    def originate(self, me: int) -> None:
        self.owners.add(me)
        path = dual.own_path(Route(ORIGIN), (0, composite(ORIGIN, K)))
        self.apply(me, dual.learn(self.entries[me], Kind.UPDATE, HERE_PEER, path, self.peers(me)))

    def withdraw(self, me: int) -> None:
        self.owners.discard(me)
        self.apply(me, dual.learn(self.entries[me], Kind.UPDATE, HERE_PEER, None, self.peers(me)))

    def deliver(self, source: int, target: int) -> None:
        message = self.wires[source, target].popleft()
        path = None if message.route is None else self.path(target, source, message.route)
        self.apply(
            target,
            dual.learn(self.entries[target], message.kind, peer(target, source), path, self.peers(target)),
        )

    # ---- running ----------------------------------------------------------------------------

    def busy(self) -> list[tuple[int, int]]:
        return sorted(ends for ends, wire in self.wires.items() if wire)

    def some(self, random: Random, most: int) -> None:
        for _ in range(most):
            busy = self.busy()
            if not busy:
                return
            self.deliver(*random.choice(busy))

    def quiesce(self, random: Random) -> None:
        for _ in range(20_000):
            if not self.busy():
                return
            self.some(random, 1)
        raise AssertionError("messages without end")

    def apply(self, me: int, step: dual.Step) -> None:
        self.entries[me], messages = step
        for message in messages:
            other = int(message.peer.address) & 0xFF
            self.wires[me, other].append(message)
        self.check()

    def peers(self, me: int) -> frozenset[Peer]:
        ends = (a if b == me else b for a, b in self.up if me in (a, b))
        return frozenset(peer(me, other) for other in ends)

    def path(self, me: int, other: int, reported: Route) -> Path:
        total = reported.metric.across(self.cost[min(me, other), max(me, other)])
        return Path(reported, Route(total), (0, composite(reported.metric, K)), (0, composite(total, K)))

    # ---- what must hold ----------------------------------------------------------------------

    def check(self) -> None:
        """No loop, at this instant, over all equal-cost next hops."""
        self.steps += 1
        done: set[int] = set()
        for start in range(self.size):
            self._walk(start, (), done)

    def _walk(self, at: int, trail: tuple[int, ...], done: set[int]) -> None:
        assert at not in trail, f"loop {[*trail, at]} after {self.steps} steps"
        if at in done:
            return
        for hop in self.hops(at):
            self._walk(hop, (*trail, at), done)
        done.add(at)

    def hops(self, me: int) -> Iterator[int]:
        """Where packets go; a link that has been cut carries none, whether its ends know already or not."""
        for hop in self.entries[me].next_hops():
            other = int(hop.address) & 0xFF
            if hop != HERE_PEER and (min(me, other), max(me, other)) in self.up:
                yield other

    def settled(self) -> None:
        """Nothing active, and every router at the distance that Dijkstra finds (equal bandwidths)."""
        assert not [entry for entry in self.entries if entry.active], "stuck in active"
        expected = self.shortest()
        for me, entry in enumerate(self.entries):
            metric = entry.reported.metric if entry.reported else None
            assert (metric.delay if metric else None) == expected.get(me), f"router {me}"
            assert bool(entry.next_hops()) == (me in expected)

    def stable(self) -> None:
        """Nothing active, and every router at the least distance that its neighbours' reports allow."""
        for me, entry in enumerate(self.entries):
            assert not entry.active, "stuck in active"
            distances = [(0, composite(ORIGIN, K))] if me in self.owners else []
            for other in range(self.size):
                reported = self.entries[other].reported
                uses_me = me in self.hops(other)
                if (min(me, other), max(me, other)) in self.up and reported and not uses_me:
                    distances.append(self.path(me, other, reported).distance)
            mine = (0, composite(entry.reported.metric, K)) if entry.reported else None
            assert mine == min(distances, default=None), f"router {me}"

    def shortest(self) -> dict[int, int]:
        best: dict[int, int] = {}
        heap = [(ORIGIN.delay, owner) for owner in self.owners]
        while heap:
            delay, at = heapq.heappop(heap)
            if at in best:
                continue
            best[at] = delay
            for a, b in self.up:
                if at in (a, b):
                    heapq.heappush(heap, (delay + self.cost[a, b].delay, a if b == at else b))
        return best
