"""Wrong networks as probes show them: what else could have become of a packet, and which check must FAIL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Fate: TypeAlias = tuple[tuple[str, str], ...]
"""What the programs on nodes said of a packet: the node, and its line."""


@dataclass(frozen=True, slots=True)
class LostOrLeaked:
    """Another fate of a packet.

    Attributes:
        name: what is wrong.
        lab: where it is tried.
        found_by: the kind of the check that sends such packets; the first is the one.
        instead: what the nodes say of it now; `stranger` is some other CE.
    """

    name: str
    lab: str
    found_by: str
    instead: Callable[[Fate, str], Fate]


def _nothing(_: Fate, __: str) -> Fate:
    return ()


def _no_answer(said: Fate, _: str) -> Fate:
    return tuple((node, line) for node, line in said if not line.startswith("answered"))


def _leaked(said: Fate, stranger: str) -> Fate:
    return (*said, (stranger, "arrived {}"))


PROBES: Final = (
    LostOrLeaked("a packet is lost", "two-vpns", "data.probe", _nothing),
    LostOrLeaked("no answer comes back", "two-vpns", "data.probe", _no_answer),
    LostOrLeaked("a packet goes to another customer as well", "two-vpns", "data.probe", _leaked),
    LostOrLeaked("a packet of full size is lost", "two-vpns", "data.full-size", _nothing),
    LostOrLeaked("a packet leaks into another VPN", "two-vpns", "data.isolation", _leaked),
    LostOrLeaked("a packet gets to where the intent bars it from", "two-vpns", "data.barred", _leaked),
    LostOrLeaked("a branch loses what takes it", "failover", "data.branches", _nothing),
)
