"""The topology table: all destinations of a process, each an `Entry` of DUAL, and what times active ones."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from eigrp import dual
from eigrp.dual import HERE_PEER, Entry, Kind, Message, Path, Peer
from eigrp.metric import INFINITY, Distance, KValues, VectorMetric, composite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Network

    from eigrp.tlv import Route

_MOST_QUESTIONS: Final = 3


@dataclass(slots=True)
class Activity:
    """How long a route has been active, and whom we asked whether they are stuck.

    Attributes:
        since: when it became active.
        asked: SIA queries sent, by neighbour.
        silent: neighbours whose SIA reply is outstanding.
        due: when to ask next.
    """

    since: float
    due: float
    asked: dict[Peer, int] = field(default_factory=dict)
    silent: set[Peer] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Stuck:
    """What has to be done about a route that is active too long."""

    ask: tuple[Peer, ...]
    reset: tuple[Peer, ...]


@dataclass(slots=True)
class Table:
    """The topology table of one process.

    Messages to send gather in `outbox`, destinations whose way has changed in `changed`; whoever calls
    takes them out.
    """

    k: KValues
    active_time: float
    entries: dict[IPv4Network, Entry] = field(default_factory=dict)
    activity: dict[IPv4Network, Activity] = field(default_factory=dict)
    peers: set[Peer] = field(default_factory=set)
    outbox: list[tuple[IPv4Network, Message]] = field(default_factory=list)
    changed: set[IPv4Network] = field(default_factory=set)

    # ---- distances -----------------------------------------------------------------------------

    def distance(self, route: Route) -> Distance:
        """How far a route is."""
        if not route.metric.reachable:
            return INFINITY
        return (0 if route.external is None else 1, composite(route.metric, self.k))

    def path(self, route: Route, link: VectorMetric) -> Path | None:
        """The way over a link to somebody who reports that route; None when that leads nowhere."""
        total = replace(route, metric=route.metric.across(link))
        if not (route.metric.reachable and total.metric.reachable):
            return None
        return Path(route, total, self.distance(route), self.distance(total))

    # ---- events --------------------------------------------------------------------------------

    def learn(self, prefix: IPv4Network, kind: Kind, peer: Peer, path: Path | None, now: float) -> None:
        """A neighbour said something of a destination."""
        self._step(prefix, dual.learn(self.entry(prefix), kind, peer, path, self.peers), now)

    def originate(
        self, prefix: IPv4Network, route: Route | None, now: float, *, yields: bool = False
    ) -> None:
        """This router itself has a destination (None: no longer); see `dual.Path` for `yields`."""
        path = None if route is None else dual.own_path(route, self.distance(route), yields=yields)
        known = self.entry(prefix).paths.get(HERE_PEER)
        if path != known:
            self.learn(prefix, Kind.UPDATE, HERE_PEER, path, now)

    def greet(self, peer: Peer) -> Iterator[tuple[IPv4Network, Route]]:
        """A neighbour came up: all that it is to be sent."""
        self.peers.add(peer)
        for prefix, entry in sorted(self.entries.items()):
            self.entries[prefix], route = dual.greet(entry, peer)
            if route is not None:
                yield prefix, route

    def lose(self, peer: Peer, now: float) -> None:
        """A neighbour went down."""
        self.peers.discard(peer)
        for activity in self.activity.values():
            activity.silent.discard(peer)
        for prefix in sorted(self.entries):
            self._step(prefix, dual.lose(self.entries[prefix], peer, self.peers), now)

    def remind(self, prefix: IPv4Network, peer: Peer, now: float) -> None:
        """A neighbour asks again for an answer that this router owes nobody: it gets the present one."""
        self._step(prefix, dual.remind(self.entry(prefix), peer, self.peers), now)

    def reprice(self, interface: str, link: VectorMetric, now: float) -> None:
        """What an interface adds to routes has changed."""
        for prefix in sorted(self.entries):
            for peer, path in list(self.entries[prefix].paths.items()):
                if peer.interface == interface:
                    self.learn(prefix, Kind.UPDATE, peer, self.path(path.reported, link), now)

    def _step(self, prefix: IPv4Network, step: dual.Step, now: float) -> None:
        before = self.entry(prefix)
        entry, messages = step
        self.outbox.extend((prefix, message) for message in messages)
        if _way(entry) != _way(before):
            self.changed.add(prefix)
        if entry.active and not before.active:
            self.activity[prefix] = Activity(now, now + self.active_time)
        elif not entry.active:
            self.activity.pop(prefix, None)
        if entry.idle:
            self.entries.pop(prefix, None)
        else:
            self.entries[prefix] = entry

    def entry(self, prefix: IPv4Network) -> Entry:
        """What is held of a destination."""
        return self.entries.get(prefix, Entry())

    # ---- stuck in active (RFC 7868 section 4.4.1) ----------------------------------------------

    def overdue(self, prefix: IPv4Network, now: float) -> Stuck:
        """A route has been active for long: whom to ask, and whom to give up.

        Who has not answered the last question, or has answered three and is still not done, is given up.
        """
        activity, entry = self.activity[prefix], self.entries[prefix]
        waiting = entry.awaiting & frozenset(self.peers)
        reset = {
            peer
            for peer in waiting
            if peer in activity.silent or activity.asked.get(peer, 0) >= _MOST_QUESTIONS
        }
        ask = tuple(sorted(waiting - reset))
        for peer in ask:
            activity.asked[peer] = activity.asked.get(peer, 0) + 1
        activity.silent = set(ask)
        activity.due = now + self.active_time
        return Stuck(ask, tuple(sorted(reset)))

    def still_active(self, prefix: IPv4Network, peer: Peer) -> None:
        """A neighbour answered that it is still waiting for others."""
        if prefix in self.activity:
            self.activity[prefix].silent.discard(peer)


def _way(entry: Entry) -> tuple[tuple[Peer, ...], Route | None]:
    return entry.next_hops(), entry.reported
