"""Whole EIGRP processes on point-to-point links that lose, repeat, delay and reorder, in virtual time."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from functools import partial
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import count
from typing import TYPE_CHECKING

from eigrp.dual import HERE_PEER
from eigrp.effects import Install, Note, Remove, Transmit
from eigrp.process import Process
from eigrp.settings import InterfaceSettings, Link, ProcessSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad the links are: probabilities, and the most seconds that a packet may take."""

    loss: float = 0.0
    repeat: float = 0.0
    delay: float = 0.01


@dataclass(slots=True)
class Network:
    """Routers by number; a link between a and b is interface `to<b>` at a and `to<a>` at b."""

    random: Random
    weather: Weather = field(default_factory=Weather)
    now: float = 0.0
    routers: dict[int, Process] = field(default_factory=dict)
    up: set[tuple[int, int]] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
    taps: list[Callable[[int, Transmit], None]] = field(default_factory=list)
    _arrivals: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    # ---- making it ---------------------------------------------------------------------------

    def router(self, number: int, settings: ProcessSettings) -> Process:
        self.routers[number] = Process(settings, epoch=1_000_000)
        self.routers[number].link_is(self.lan(number), self.now)
        return self.routers[number]

    def lan(self, number: int) -> Link:
        return Link("lan", 1, 1500, (IPv4Interface(f"172.16.{number}.1/24"),))

    def connect(self, a: int, b: int) -> None:
        self.up.add((min(a, b), max(a, b)))
        for me, other in ((a, b), (b, a)):
            self.routers[me].link_is(self.link(me, other), self.now)
            self._collect(me)

    def link(self, me: int, other: int) -> Link:
        low, high = min(me, other), max(me, other)
        own = IPv4Interface(f"10.{low}.{high}.{1 if me == low else 2}/30")
        return Link(f"to{other}", 10 + other, 1500, (own,))

    def cut(self, a: int, b: int) -> None:
        """Both ends see the carrier go."""
        self.silence(a, b)
        for me, other in ((a, b), (b, a)):
            self.routers[me].link_gone(f"to{other}", self.now)
            self._collect(me)

    def silence(self, a: int, b: int) -> None:
        """Packets are lost from now on, and nobody notices."""
        self.up.discard((min(a, b), max(a, b)))

    def address(self, me: int, other: int) -> IPv4Address:
        return self.link(me, other).addresses[0].ip

    # ---- running it --------------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        for me in self.routers:  # what they have received from outside has consequences
            self._collect(me)
        while True:
            arrival = self._arrivals[0][0] if self._arrivals else float("inf")
            due, me = min((process.deadline(), number) for number, process in self.routers.items())
            if min(arrival, due) > end:
                break
            if arrival <= due:
                self.now, _, arrive = heapq.heappop(self._arrivals)
                arrive()
            else:
                self.now = max(self.now, due)
                self.routers[me].tick(self.now)
                self._collect(me)
            self.check()
        self.now = end

    def later(self, at: float, act: Callable[[], None]) -> None:
        """Something will happen."""
        heapq.heappush(self._arrivals, (at, next(self._numbers), act))

    def _arrive(self, source: int, target: int, data: bytes) -> None:
        if (min(source, target), max(source, target)) in self.up:
            self.routers[target].receive(f"to{source}", self.address(source, target), data, self.now)
            self._collect(target)

    def _collect(self, me: int) -> None:
        outputs, self.routers[me].outputs = self.routers[me].outputs, []
        for output in outputs:
            if isinstance(output, Transmit):
                self._send(me, output)
            elif isinstance(output, Note):
                self.log.append(f"{self.now:9.3f} r{me} {output.text}")
            else:
                self.rib_changed(me, output)

    def rib_changed(self, me: int, change: Install | Remove) -> None:
        """A router gives its RIB a route or takes it back; nobody cares here."""

    def _send(self, me: int, packet: Transmit) -> None:
        for tap in self.taps:
            tap(me, packet)
        if packet.interface == "lan":
            return
        target = int(packet.interface.removeprefix("to"))
        if packet.destination not in {None, self.address(target, me)}:
            return  # nobody has that address
        for _ in range(2 if self.random.random() < self.weather.repeat else 1):
            if self.random.random() >= self.weather.loss:
                at = self.now + self.random.uniform(0.001, self.weather.delay)
                self.later(at, partial(self._arrive, me, target, packet.data))

    # ---- what must hold ----------------------------------------------------------------------

    def check(self) -> None:
        """No destination loops, at this instant."""
        for prefix in {prefix for process in self.routers.values() for prefix in process.table.entries}:
            done: set[int] = set()
            for start in self.routers:
                self._walk(prefix, start, (), done)

    def _walk(self, prefix: IPv4Network, at: int, trail: tuple[int, ...], done: set[int]) -> None:
        assert at not in trail, f"{prefix} loops: {[*trail, at]}"
        if at in done:
            return
        for hop in self.hops(at, prefix):
            self._walk(prefix, hop, (*trail, at), done)
        done.add(at)

    def hops(self, at: int, prefix: IPv4Network) -> list[int]:
        hops = self.routers[at].table.entry(prefix).next_hops()
        numbers = [int(hop.interface.removeprefix("to")) for hop in hops if hop != HERE_PEER]
        return [number for number in numbers if (min(at, number), max(at, number)) in self.up]

    def settled(self) -> None:
        """Nothing active, all LANs known at the distance that Dijkstra finds."""
        for me, process in self.routers.items():
            active = [prefix for prefix, entry in process.table.entries.items() if entry.active]
            assert not active, f"router {me} is stuck in active for {active}"
        for target in self.routers:
            expected = self.shortest(target)
            for me, process in self.routers.items():
                entry = process.table.entry(IPv4Network(f"172.16.{target}.0/24"))
                delay = entry.reported.metric.delay if entry.reported else None
                assert delay == expected.get(me), f"router {me} to LAN of {target}"

    def shortest(self, target: int) -> dict[int, int]:
        """Scaled delay to a router's LAN from everywhere."""
        best: dict[int, int] = {}
        own = IPv4Network(f"172.16.{target}.0/24") in self.routers[target].origins.subnets
        heap = [(self._delay(target, "lan"), target)] if own else []
        while heap:
            delay, at = heapq.heappop(heap)
            if at in best:
                continue
            best[at] = delay
            for (a, b), cost in self.edges().items():
                if at in (a, b):
                    heapq.heappush(heap, (delay + cost, a if b == at else b))
        return best

    def edges(self) -> dict[tuple[int, int], int]:
        """Scaled delays of the links; the same at both ends."""
        return {(a, b): self._delay(a, f"to{b}") for a, b in self.up}

    def _delay(self, me: int, interface: str) -> int:
        return self.routers[me].settings.interfaces[interface].delay * 256


def settings(number: int, others: dict[int, int], asn: int = 100) -> ProcessSettings:
    """Settings of a router whose links to others have these delays."""
    interfaces = {f"to{other}": InterfaceSettings(delay=delay) for other, delay in others.items()}
    interfaces["lan"] = InterfaceSettings(passive=True)
    return ProcessSettings(asn, router_id=IPv4Address(number + 1), interfaces=interfaces)


def changed(process: Process, interface: str, **values: object) -> ProcessSettings:
    """The settings of a process with one interface changed."""
    interfaces = dict(process.settings.interfaces)
    interfaces[interface] = replace(interfaces[interface], **values)  # type: ignore[arg-type]  # by name
    return replace(process.settings, interfaces=interfaces)
