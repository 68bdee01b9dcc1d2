"""DUAL, the diffusing update algorithm, for one destination (RFC 7868 section 3; Garcia-Luna-Aceves 1993).

A pure function of state and event: an `Entry` is what a router holds of one destination, `learn`, `lose` and
`greet` give the next entry and the messages to send. It relies on messages between two neighbours arriving
once and in order, which is the transport's business.

Passive: the successor is the neighbour with the least distance, and it met the feasibility condition, that
its reported distance is below the feasible distance (FD), the least distance since the last diffusing
computation. So no neighbour that could lead back here is ever chosen. When the least distance is offered by a
neighbour that does not meet the condition, the route becomes active: the successor is frozen, all neighbours
are asked, and only when all have answered may FD rise. The origin of the computation decides what happens
then.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final, TypeAlias

from eigrp.metric import HERE, INFINITY, Distance

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from eigrp.community import Community
    from eigrp.tlv import External, Route


@dataclass(frozen=True, slots=True, order=True)
class Peer:
    """A neighbour, known by the interface it is met on and its address there.

    Attributes:
        interface: name of the interface here.
        address: the neighbour's address.
        eigrpd: it is FRR's eigrpd, which (up to 10.7) skips external routes and answers no query for them:
            it is advertised to none and queried of none.
        site: site of origin of what is on that interface: a route of that site is not advertised there.
    """

    interface: str
    address: IPv4Address
    eigrpd: bool = field(default=False, compare=False)
    site: Community | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.address} ({self.interface})"


HERE_PEER: Final = Peer("", IPv4Address(0))
"""Stands for this very router as the origin of a destination: connected or redistributed."""


class Kind(Enum):
    """Kinds of messages that concern one destination."""

    UPDATE = "update"
    QUERY = "query"
    REPLY = "reply"


class Origin(IntEnum):
    """What an active route's computation goes back to; the numbers are the RFC's query origin flag."""

    OWN_THEN_INCREASE = 0
    """Begun here, and the distance through the successor grew while it ran."""
    OWN = 1
    """Begun here: a loss, a worse metric, or a better neighbour that is not feasible."""
    SUCCESSOR_THEN_INCREASE = 2
    """The successor asks, and the distance through it grew, while a computation ran."""
    SUCCESSOR = 3
    """Begun by a query of the successor."""


@dataclass(frozen=True, slots=True)
class Path:
    """The way through one neighbour.

    Attributes:
        reported: the route as the neighbour sees it.
        total: the same from here.
        reported_distance: distance of `reported` (RD).
        distance: distance of `total` (computed distance).
        yields: an origin here that gives way to a neighbour at the same distance (a route of the VPN).
    """

    reported: Route
    total: Route
    reported_distance: Distance
    distance: Distance
    yields: bool = False


def own_path(route: Route, distance: Distance, *, yields: bool = False) -> Path:
    """The path of a destination that this router originates: always feasible."""
    return Path(route, route, HERE, distance, yields)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known and under way for one destination.

    Attributes:
        paths: by neighbour, reachable ones only.
        successor: the neighbour chosen; frozen while active.
        feasible_distance: FD.
        reported: what this router reports to others; None when unreachable. Frozen while active.
        origin: None when passive.
        awaiting: neighbours whose reply is outstanding.
        announced: what each neighbour was last sent, unreachable being None.
    """

    paths: Mapping[Peer, Path] = field(default_factory=dict)
    successor: Peer | None = None
    feasible_distance: Distance = INFINITY
    reported: Route | None = None
    origin: Origin | None = None
    awaiting: frozenset[Peer] = frozenset()
    announced: Mapping[Peer, Route | None] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        """Whether a diffusing computation runs."""
        return self.origin is not None

    @property
    def idle(self) -> bool:
        """Whether there is nothing left to remember."""
        return not (self.active or self.paths) and not any(self.announced.values())

    def next_hops(self) -> tuple[Peer, ...]:
        """Where packets for it may go, loop-free: all feasible neighbours at the least distance.

        While active only the frozen successor counts, as long as it has not become worse.
        """
        if self.successor is None or self.successor not in self.paths:
            return ()
        best = self.paths[self.successor].distance
        if self.active:
            return (self.successor,) if self.reported and best <= self.feasible_distance else ()
        return tuple(sorted(self.nearest(best)))

    def nearest(self, best: Distance) -> list[Peer]:
        """Feasible neighbours at that distance."""
        found = [peer for peer, path in self.paths.items() if path.distance == best and self.feasible(path)]
        firm = [peer for peer in found if not self.paths[peer].yields]
        return firm or found

    def drawn(self, best: Distance) -> bool:
        """Whether somebody at that distance would win over the origin that yields, were it but feasible."""
        level = [path for path in self.paths.values() if path.distance == best]
        return any(path.yields for path in level) and any(not path.yields for path in level)

    def feasible(self, path: Path) -> bool:
        """The feasibility condition."""
        return path.reported_distance < self.feasible_distance

    def feasible_successors(self) -> tuple[Peer, ...]:
        """Neighbours that could take over without asking anyone, nearest first; the successors among them."""
        good = [peer for peer, path in self.paths.items() if self.feasible(path)]
        return tuple(sorted(good, key=lambda peer: (self.paths[peer].distance, peer)))


@dataclass(frozen=True, slots=True)
class Message:
    """Something to send one neighbour of this destination.

    Attributes:
        route: None says "unreachable".
        shape: origin of the route being withdrawn, so that it is withdrawn as what it was announced as.
    """

    kind: Kind
    peer: Peer
    route: Route | None
    shape: External | None = None


Step: TypeAlias = "tuple[Entry, tuple[Message, ...]]"
"""The next state and what to send, in this order."""


def learn(entry: Entry, kind: Kind, peer: Peer, path: Path | None, peers: Collection[Peer]) -> Step:
    """A neighbour (or `HERE_PEER`, always as an update) says what it knows; `path` None is "unreachable".

    Args:
        entry: the state before.
        kind: how it says so.
        peer: who.
        path: the way through it.
        peers: all neighbours whose adjacency is up.
    """
    entry = _with_path(entry, peer, path)
    asker = peer if kind is Kind.QUERY else None
    if not entry.active:
        return _decide(entry, asker, peers)
    if asker is not None:
        if peer == entry.successor:
            return replace(entry, origin=_ORIGIN_WHEN_SUCCESSOR_ASKS[entry.origin or 0]), ()
        return _answer(entry, asker, peers)
    distance = INFINITY if path is None else path.distance
    if peer == entry.successor and distance > entry.feasible_distance:
        entry = replace(entry, origin=_ORIGIN_WHEN_DISTANCE_GROWS[entry.origin or 0])
    if kind is Kind.REPLY and peer in entry.awaiting:
        return _answered(entry, peer, peers)
    return entry, ()


def lose(entry: Entry, peer: Peer, peers: Collection[Peer]) -> Step:
    """The adjacency with a neighbour has gone; it is no longer among `peers`."""
    was_successor = peer == entry.successor
    entry = replace(
        _with_path(entry, peer, None),
        # Should it come back at once, it is a new neighbour, not the successor whose distance was frozen.
        successor=None if was_successor else entry.successor,
        announced={other: route for other, route in entry.announced.items() if other != peer},
    )
    if not entry.active:
        return _decide(entry, None, peers)
    if was_successor:
        entry = replace(entry, origin=Origin.OWN_THEN_INCREASE)
    if peer in entry.awaiting:
        return _answered(entry, peer, peers)
    return entry, ()


def greet(entry: Entry, peer: Peer) -> tuple[Entry, Route | None]:
    """A new neighbour is sent the whole table: the entry that remembers it, and the route (None: nothing).

    An active route is sent when it has become passive again.
    """
    route = None if entry.active else _view(entry, peer)
    return (entry if route is None else _having_announced(entry, peer, route)), route


def remind(entry: Entry, peer: Peer, peers: Collection[Peer]) -> Step:
    """Answer a neighbour once more with what is reported at present."""
    return _answer(entry, peer, peers)


# ---- passive -----------------------------------------------------------------------------------------


def _decide(entry: Entry, asker: Peer | None, peers: Collection[Peer]) -> Step:
    """Choose the nearest neighbour if that is feasible, else start asking."""
    chosen = _nearest_feasible(entry)
    if chosen is None and entry.feasible_distance != INFINITY:
        origin = Origin.SUCCESSOR if asker is not None and asker == entry.successor else Origin.OWN
        return _ask(entry, origin, asker, peers)
    return _settle(entry, chosen, asker, peers)


def _nearest_feasible(entry: Entry) -> Peer | None:
    """The neighbour at the least distance, when one at that distance is feasible; the successor if equal.

    Where an origin that yields meets a neighbour as near that is not feasible, there is none: the others have
    to be asked before the neighbour may win.
    """
    if not entry.paths:
        return None
    best = min(path.distance for path in entry.paths.values())
    nearest = entry.nearest(best)
    if entry.drawn(best) and all(entry.paths[peer].yields for peer in nearest):
        return None
    if entry.successor in nearest:
        return entry.successor
    return min(nearest, default=None)


def _settle(entry: Entry, chosen: Peer | None, asker: Peer | None, peers: Collection[Peer]) -> Step:
    """Be passive with this successor: answer who asked, update everybody for whom something changed."""
    path = None if chosen is None else entry.paths[chosen]
    entry = replace(
        entry,
        successor=chosen,
        feasible_distance=INFINITY if path is None else min(entry.feasible_distance, path.distance),
        reported=None if path is None else path.total,
        origin=None,
        awaiting=frozenset(),
    )
    entry, answers = _answer(entry, asker, peers)
    news = [peer for peer in sorted(peers) if _view(entry, peer) != entry.announced.get(peer)]
    entry, updates = _announce(entry, Kind.UPDATE, news)
    return entry, answers + updates


# ---- active ------------------------------------------------------------------------------------------

_ORIGIN_WHEN_SUCCESSOR_ASKS: Final = (
    Origin.SUCCESSOR_THEN_INCREASE,
    Origin.SUCCESSOR_THEN_INCREASE,
    Origin.SUCCESSOR_THEN_INCREASE,
    Origin.SUCCESSOR,
)
_ORIGIN_WHEN_DISTANCE_GROWS: Final = (
    Origin.OWN_THEN_INCREASE,
    Origin.OWN_THEN_INCREASE,
    Origin.SUCCESSOR_THEN_INCREASE,
    Origin.SUCCESSOR_THEN_INCREASE,
)


def _ask(entry: Entry, origin: Origin, asker: Peer | None, peers: Collection[Peer]) -> Step:
    """Become (or stay) active: freeze distance and report at what the successor offers now, ask the others.

    Who has never been sent this destination cannot be using this router for it, and what such a neighbour
    knows it has said by itself: it is not asked. A successor that asks is not asked back.
    """
    path = entry.paths.get(entry.successor) if entry.successor is not None else None
    unasked = entry.successor if origin is Origin.SUCCESSOR else None
    asked = {peer for peer in peers if peer in entry.announced and peer != unasked}
    entry = replace(
        entry,
        feasible_distance=INFINITY if path is None else path.distance,
        reported=None if path is None else path.total,
        origin=origin,
        awaiting=frozenset(asked),
    )
    owed_now = asker if asker != entry.successor else None
    entry, answers = _answer(entry, owed_now, peers)
    entry, queries = _announce(entry, Kind.QUERY, sorted(asked))
    if asked:
        return entry, answers + queries
    entry, more = _conclude(entry, peers)
    return entry, answers + more


def _answered(entry: Entry, peer: Peer, peers: Collection[Peer]) -> Step:
    entry = replace(entry, awaiting=entry.awaiting - {peer})
    return (entry, ()) if entry.awaiting else _conclude(entry, peers)


def _conclude(entry: Entry, peers: Collection[Peer]) -> Step:
    """The last reply is in."""
    owes = entry.origin in {Origin.SUCCESSOR, Origin.SUCCESSOR_THEN_INCREASE}
    if entry.origin in {Origin.OWN, Origin.SUCCESSOR}:
        # Every neighbour knows this router's distance, so FD may start afresh.
        entry = replace(entry, feasible_distance=INFINITY)
    chosen = _nearest_feasible(entry)
    if chosen is None and entry.feasible_distance != INFINITY:
        return _ask(entry, Origin.SUCCESSOR if owes else Origin.OWN, None, peers)
    return _settle(entry, chosen, entry.successor if owes else None, peers)


# ---- telling -----------------------------------------------------------------------------------------


def _answer(entry: Entry, asker: Peer | None, peers: Collection[Peer]) -> Step:
    if asker is None or asker not in peers:
        return entry, ()
    return _announce(entry, Kind.REPLY, (asker,))


def _announce(entry: Entry, kind: Kind, whom: Iterable[Peer]) -> Step:
    messages = []
    for peer in whom:
        route, before = _view(entry, peer), entry.announced.get(peer)
        path = entry.paths.get(peer)
        shape = before or (path.reported if path else None)
        messages.append(Message(kind, peer, route, shape.external if shape else None))
        entry = _having_announced(entry, peer, route)
    return entry, tuple(messages)


def _view(entry: Entry, peer: Peer) -> Route | None:
    """What a neighbour is sent: "unreachable" where it leads there (poison reverse) or comes from there."""
    route = entry.reported
    if route is None or not route.metric.reachable or (route.external is not None and peer.eigrpd):
        return None
    if route.site is not None and route.site == peer.site:
        return None
    return None if peer.interface in {hop.interface for hop in entry.next_hops()} else route


def _with_path(entry: Entry, peer: Peer, path: Path | None) -> Entry:
    paths = {other: known for other, known in entry.paths.items() if other != peer}
    if path is not None and path.total.metric.reachable:
        paths[peer] = path
    return replace(entry, paths=paths)


def _having_announced(entry: Entry, peer: Peer, route: Route | None) -> Entry:
    return replace(entry, announced={**entry.announced, peer: route})
