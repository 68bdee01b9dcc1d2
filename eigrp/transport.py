"""One neighbour: its adjacency and the reliable transport to it (RFC 7868 sections 5.2 and 5.3).

A state machine without sockets and clock. It gets packets and the time, and answers with what to
send, what to hand upwards and whether the adjacency came or went. Updates, queries and replies go to each
neighbour on its own, one at a time, and are repeated until acknowledged: upwards they arrive once, in order.

    Pending   a hello came; our empty INIT update is under way and theirs is awaited
    Up        both have been acknowledged; the whole table is exchanged, its last packet marked EOT
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from eigrp.packet import Flag, Opcode, Packet
from eigrp.tlv import NextMulticast, Parameters, PeerTermination, SequenceList, SoftwareVersion

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from eigrp.dual import Peer

_FIRST_RTO: Final = 0.2
_LEAST_RTO: Final = 0.1
_MOST_RTO: Final = 5.0
_RTO_PER_SRTT: Final = 6
_BACK_OFF: Final = 1.5
_MOST_TRIES: Final = 16
_SRTT_WEIGHT: Final = 0.2
_DUPLICATES_LIVE: Final = 1.0


class State(Enum):
    """How far an adjacency is."""

    PENDING = "pending"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Send:
    """Send this to the neighbour alone."""

    packet: Packet


@dataclass(frozen=True, slots=True)
class Deliver:
    """A reliable packet, for the first time and in its turn."""

    packet: Packet


@dataclass(frozen=True, slots=True)
class CameUp:
    """The adjacency is up: send it the whole table."""


@dataclass(frozen=True, slots=True)
class WentDown:
    """The adjacency is gone, with everything that the neighbour said."""

    reason: str


Output: TypeAlias = Send | Deliver | CameUp | WentDown


@dataclass(slots=True)
class Sequence:
    """Sequence numbers of reliable packets, one row for a whole process; never 0."""

    last: int = 0

    def next(self) -> int:
        """The next one."""
        self.last = self.last % 0xFFFFFFFF + 1
        return self.last


@dataclass(slots=True)
class _UnderWay:
    packet: Packet
    first_sent: float
    tries: int
    due: float
    rto: float


@dataclass(slots=True)
class Neighbor:
    """A neighbour, from its first hello on.

    Attributes:
        peer: who it is.
        asn: the autonomous system.
        own: our address on the link, by which the neighbour means us.
        sequence: where numbers of our packets come from.
        hold: seconds without a sign of life after which it is taken for dead.
        since: when this adjacency began (pending) or came up.
        version: what it says it runs.
        key_sequence: highest authentication sequence seen.
        srtt: smoothed round trip time, seconds; None until measured.
        retransmissions: packets sent again, in all.
    """

    peer: Peer
    asn: int
    own: IPv4Address
    sequence: Sequence
    hold: int
    since: float
    state: State = State.PENDING
    version: SoftwareVersion | None = None
    key_sequence: int = 0
    srtt: float | None = None
    retransmissions: int = 0
    received: float = 0.0
    last_received: int = 0
    _last_packet: Packet | None = None
    _their_init: int | None = None
    _init_acked: bool = False
    _queue: deque[Packet] = field(default_factory=deque)
    _under_way: _UnderWay | None = None
    _next_conditional: int | None = None

    # ---- to be called --------------------------------------------------------------------------

    def begin(self, now: float) -> list[Output]:
        """Start the adjacency: our INIT goes out."""
        self.state = State.PENDING
        self.since = self.received = now
        self._init_acked = False
        self._queue.clear()
        self._under_way = None
        return self.reliably(Packet(Opcode.UPDATE, self.asn, flags=Flag.INIT), now)

    def reliably(self, packet: Packet, now: float) -> list[Output]:
        """Have a packet delivered; its sequence number is given here."""
        self._queue.append(replace(packet, sequence=self.sequence.next()))
        return self._advance(now)

    def hello(self, packet: Packet, now: float) -> list[Output]:
        """A hello with parameters came, and they agree with ours."""
        self.received = now
        for tlv in packet.tlvs:
            if isinstance(tlv, Parameters):
                self.hold = max(tlv.hold, 1)
            elif isinstance(tlv, SoftwareVersion):
                self.version = tlv
            elif isinstance(tlv, PeerTermination) and tlv.address == self.own:
                return [WentDown("peer termination received")]
        self._conditional_receive(packet)
        return []

    def receive(self, packet: Packet, now: float) -> list[Output]:
        """An acknowledgement, update, query or reply came."""
        self.received = now
        if packet.sequence == 0:
            return self._acknowledged(packet.ack, now)
        if packet.flags & Flag.CR and not self._may_take_conditional(packet):
            return []
        if self._begins_anew(packet):
            late = packet.sequence == self._their_init and now < self.since + _DUPLICATES_LIVE
            return [] if late else [WentDown("peer restarted")]
        outputs = self._acknowledged(packet.ack, now)
        if self._seen(packet):
            return outputs + self._acknowledge()
        init = bool(packet.flags & Flag.INIT)
        if not init and (self.state is State.PENDING or self._old(packet)):
            return outputs
        self.last_received, self._last_packet = packet.sequence, replace(packet, ack=0)
        if init:
            self._their_init = packet.sequence
            outputs += self._come_up(now)
        else:
            outputs.append(Deliver(packet))
        return outputs + self._acknowledge()

    def tick(self, now: float) -> list[Output]:
        """Time has passed."""
        if now >= self.received + self.hold:
            return [WentDown("holding time expired")]
        waiting = self._under_way
        if waiting is None or now < waiting.due:
            return []
        if waiting.tries >= _MOST_TRIES:
            return [WentDown("retry limit exceeded")]
        return [self._transmit_again(now)]

    def deadline(self) -> float:
        """When `tick` has something to do."""
        expiry = self.received + self.hold
        return expiry if self._under_way is None else min(expiry, self._under_way.due)

    @property
    def queued(self) -> int:
        """Packets that are not acknowledged yet."""
        return len(self._queue) + (self._under_way is not None)

    @property
    def rto(self) -> float:
        """Seconds until an unacknowledged packet is sent again."""
        if self.srtt is None:
            return _FIRST_RTO
        return min(max(self.srtt * _RTO_PER_SRTT, _LEAST_RTO), _MOST_RTO)

    # ---- sending -------------------------------------------------------------------------------

    def _advance(self, now: float) -> list[Output]:
        """Send the next packet if none is under way."""
        if self._under_way is not None or not self._queue:
            return []
        packet, rto = self._queue.popleft(), self.rto
        self._under_way = _UnderWay(packet, now, 1, now + rto, rto)
        return [Send(replace(packet, ack=self.last_received))]

    def _transmit_again(self, now: float) -> Send:
        waiting = self._under_way
        if waiting is None:
            raise AssertionError("nothing is under way")
        waiting.tries += 1
        waiting.rto = min(waiting.rto * _BACK_OFF, _MOST_RTO)
        waiting.due = now + waiting.rto
        self.retransmissions += 1
        return Send(replace(waiting.packet, ack=self.last_received))

    def _acknowledged(self, ack: int, now: float) -> list[Output]:
        waiting = self._under_way
        if waiting is None or ack != waiting.packet.sequence:
            return []
        if waiting.tries == 1:
            sample = now - waiting.first_sent
            past = sample if self.srtt is None else self.srtt
            self.srtt = past + _SRTT_WEIGHT * (sample - past)
        self._under_way = None
        outputs: list[Output] = []
        if waiting.packet.flags & Flag.INIT:
            self._init_acked = True
            outputs = self._come_up(now)
        return outputs + self._advance(now)

    def _acknowledge(self) -> list[Output]:
        """Say that we have all up to `last_received`.

        As long as our INIT is under way it carries the acknowledgement: FRR's eigrpd takes a bare
        acknowledgement of its INIT for a packet with sequence 0, and never acknowledges ours then.
        """
        waiting = self._under_way
        if waiting is not None and waiting.packet.flags & Flag.INIT:
            return [Send(replace(waiting.packet, ack=self.last_received))]
        return [Send(Packet(Opcode.HELLO, self.asn, ack=self.last_received))]

    # ---- receiving -----------------------------------------------------------------------------

    def _come_up(self, now: float) -> list[Output]:
        if self.state is State.UP or self._their_init is None or not self._init_acked:
            return []
        self.state, self.since = State.UP, now
        return [CameUp()]

    def _begins_anew(self, packet: Packet) -> bool:
        """Whether this INIT begins an adjacency anew that we believe to have.

        With the number of the last INIT it may be a late duplicate, or come from a peer that has restarted
        and counts from 1 again, as FRR's eigrpd does. While nothing followed that INIT it is one that waits
        for our acknowledgement. Later, by time: no packet is under way on a link for a second.
        """
        if self.state is not State.UP or not packet.flags & Flag.INIT:
            return False
        return packet.sequence != self._their_init or self.last_received != self._their_init

    def _seen(self, packet: Packet) -> bool:
        """Whether it is the last packet again, or the INIT again.

        FRR's eigrpd may give one number to two packets that it queues at once, so equal numbers alone
        do not make a duplicate.
        """
        again = packet.sequence == self._their_init and bool(packet.flags & Flag.INIT)
        return again or replace(packet, ack=0) == self._last_packet

    def _old(self, packet: Packet) -> bool:
        """Whether it comes from before the last packet (numbers wrap around)."""
        behind = (self.last_received - packet.sequence) & 0xFFFFFFFF
        return self._last_packet is not None and 0 < behind < 1 << 31

    def _conditional_receive(self, packet: Packet) -> None:
        """A hello may say who takes the next multicast packet: all but those it names."""
        listed = next((tlv for tlv in packet.tlvs if isinstance(tlv, SequenceList)), None)
        if listed is None:
            return
        number = next((tlv.sequence for tlv in packet.tlvs if isinstance(tlv, NextMulticast)), None)
        self._next_conditional = None if self.own in listed.addresses else number

    def _may_take_conditional(self, packet: Packet) -> bool:
        allowed, self._next_conditional = self._next_conditional, None
        return allowed is not None and allowed == packet.sequence
