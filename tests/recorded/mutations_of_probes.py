"""Wrong networks as probes show them: what else could have become of a packet, and which check must FAIL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from orchestrator.verification.kit.probes import Flight

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class LostOrLeaked:
    """Another fate of a packet.

    Attributes:
        name: what is wrong.
        lab: where it is tried.
        found_by: the kind of the check that sends such packets; the first is the one.
        instead: what becomes of it now, with some other CE.
    """

    name: str
    lab: str
    found_by: str
    instead: Callable[[Flight, str], Flight]


def _nothing(_: Flight, __: str) -> Flight:
    return Flight()


def _no_answer(fate: Flight, _: str) -> Flight:
    return replace(fate, answered=False)


def _leaked(fate: Flight, stranger: str) -> Flight:
    return fate.seen_at(stranger)


PROBES: Final = (
    LostOrLeaked("a packet is lost", "two-vpns", "data.probe", _nothing),
    LostOrLeaked("no answer comes back", "two-vpns", "data.probe", _no_answer),
    LostOrLeaked("a packet goes to another customer as well", "two-vpns", "data.probe", _leaked),
    LostOrLeaked("a packet of full size is lost", "two-vpns", "data.full-size", _nothing),
    LostOrLeaked("a packet leaks into another VPN", "two-vpns", "data.isolation", _leaked),
    LostOrLeaked("a packet gets to where the intent bars it from", "two-vpns", "data.barred", _leaked),
    LostOrLeaked("a branch loses what takes it", "failover", "data.branches", _nothing),
    LostOrLeaked("nobody answers for a shared address", "longest-match", "data.anycast", _no_answer),
    LostOrLeaked("two sites hear what is for one address", "longest-match", "data.anycast", _leaked),
)
