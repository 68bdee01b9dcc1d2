"""Probes: single packets whose fate proves or disproves that two sites may talk.

With equal addresses in two VPNs an answer proves nothing: the wrong customer's router would answer just as
well. So every probe carries a number of its own, and the CEs say which numbers arrived.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, ip_address
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.errors import L3vpnError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.model.family import IpAddress
    from orchestrator.model.topology import Endpoint

SMALL = 0
"""The size of a probe that may be fragmented."""
USUAL_TTL = 0
"""The TTL of a probe that has its sender's own."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One ICMP echo request.

    Attributes:
        ce: the CE that sends it.
        source: one of that CE's addresses.
        destination: where it goes, in the address space of the sender's VPN.
        target: the CE at which it must arrive; None if nobody waits for it.
        size: octets of IP, sent with DF set; `SMALL` for a short packet without DF.
        gateway: the PE that it is handed to whatever the CE's own table says; None to follow the table.
        witnesses: nodes that say by which interface it comes to them. Such a probe comes from any host of
            the site, not from the CE's own address, and no reply is waited for.
        ttl: that it starts with; `USUAL_TTL` for the sender's own.
    """

    ce: str
    source: IpAddress
    destination: IpAddress
    target: str | None
    size: int = SMALL
    gateway: IpAddress | None = None
    witnesses: tuple[str, ...] = ()
    ttl: int = USUAL_TTL

    def __str__(self) -> str:
        full = f", {self.size} octets with DF" if self.size else ""
        few = f", TTL {self.ttl}" if self.ttl else ""
        return f"{self.ce} {self.source} -> {self.destination}{full}{few}"


@dataclass(frozen=True, slots=True)
class Flight:
    """What became of a probe.

    Attributes:
        arrived_at: the CEs that saw the request.
        answered: whether the reply came back to the sender.
        refusal: why a router, or the sender itself, would not send it on; empty if nobody said so.
        sent: whether it has left the sender.
        crossed: the interfaces by which its witnesses saw the request come in.
    """

    arrived_at: frozenset[str] = frozenset()
    answered: bool = False
    refusal: str = ""
    sent: bool = True
    crossed: frozenset[Endpoint] = frozenset()

    def seen_at(self, ce: str) -> Flight:
        """This flight, the request having been seen at `ce`."""
        return replace(self, arrived_at=self.arrived_at | {ce})

    def came_in_by(self, port: Endpoint) -> Flight:
        """This flight, the request having come to a witness by `port`."""
        return replace(self, crossed=self.crossed | {port})

    def replied(self) -> Flight:
        """This flight, the reply having come back."""
        return replace(self, answered=True)

    def refused(self, reason: str) -> Flight:
        """This flight, a router having refused it."""
        return replace(self, refusal=reason)

    def kept(self, reason: str) -> Flight:
        """This flight, the sender itself not having sent it."""
        return replace(self, refusal=f"not sent: {reason}", sent=False)

    def landed(self, probe: Probe) -> bool:
        """Whether everything that `probe` hopes for has happened."""
        return (self.answered or bool(probe.witnesses)) and probe.target in self.arrived_at


class UnknownLine(L3vpnError):  # noqa: N818 -- what happened
    """The program on a CE said something that is not in its protocol."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The program listens for the run of this nonce; what it says from here on is of that run."""

    nonce: str


@dataclass(frozen=True, slots=True)
class Sent:
    """All probes of this run have left, or could not."""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The program says no more of this run."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """The request with this number reached this CE."""

    number: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The reply to this CE's request with this number came back."""

    number: int


@dataclass(frozen=True, slots=True)
class Refused:
    """This CE's request with this number was turned down by a router that said so."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """This CE could not send its request with this number."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The request with this number came to this node by this interface."""

    number: int
    interface: str


@dataclass(frozen=True, slots=True)
class Missed:
    """So many packets came to this node too fast to be looked at."""

    number: int


Event: TypeAlias = Ready | Sent | RunEnded | Arrived | Answered | Refused | Unsent | Seen | Missed

_NUMBER = re.compile("[0-9]{1,9}")
_NUMBERED: Mapping[str, Callable[[int], Event]] = {
    "arrived": Arrived,
    "answered": Answered,
    "missed": Missed,
}
_NONCE = re.compile("[0-9a-f]{8}")
_MARKS: Mapping[str, Event] = {"sent": Sent(), "over": RunEnded()}

# RFC 792 and RFC 1812 5.2.7.1; what a PE or CE says of a packet it will not forward.
_ICMP: Mapping[tuple[int, int], str] = {
    (3, 0): "network unreachable",
    (3, 1): "host unreachable",
    (3, 4): "fragmentation needed and DF set",
    (3, 13): "administratively prohibited",
    (11, 0): "TTL exceeded: a loop",
}


# RFC 4443.
_ICMPV6: Mapping[tuple[int, int], str] = {
    (1, 0): "no route to the destination",
    (1, 1): "administratively prohibited",
    (1, 3): "address unreachable",
    (2, 0): "packet too big",
    (3, 0): "hop limit exceeded: a loop",
}


def read_event(line: str) -> Event:
    """One line of the program on a CE.

    Raises:
        UnknownLine: it is none of the protocol's.
    """
    if line in _MARKS:
        return _MARKS[line]
    match line.split(" ", 2):
        case ["ready", nonce] if _NONCE.fullmatch(nonce):
            return Ready(nonce)
        case [word, number] if word in _NUMBERED and _NUMBER.fullmatch(number):
            return _NUMBERED[word](int(number))
        case ["seen", number, interface] if _NUMBER.fullmatch(number):
            return Seen(int(number), interface)
        case ["unsent", number, reason] if _NUMBER.fullmatch(number):
            return Unsent(int(number), reason)
        case ["refused", number, said] if _NUMBER.fullmatch(number):
            return Refused(int(number), _refusal(line, said))
    raise UnknownLine(line)


def _refusal(line: str, said: str) -> str:
    try:
        kind, code, router = said.split(" ")
        sender, what = ip_address(router), (int(kind), int(code))
    except ValueError:
        raise UnknownLine(line) from None
    known = _ICMP if isinstance(sender, IPv4Address) else _ICMPV6
    return f"{known.get(what, f'ICMP type {kind} code {code}')}, says {sender}"
