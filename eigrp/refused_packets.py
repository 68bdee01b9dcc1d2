"""Packets that were refused, and why: so that a mismatch between neighbours can be read off a router."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ipaddress import IPv4Address

_MOST: Final = 64
_QUIET_SECONDS: Final = 60.0


@dataclass(slots=True)
class Complaint:
    """One reason for which packets of one source are refused."""

    interface: str
    source: IPv4Address
    reason: str
    last: float
    count: int = 1


@dataclass(slots=True)
class Complaints:
    """The latest complaints. A flood of bad packets neither fills memory nor the log."""

    known: dict[tuple[str, IPv4Address, str], Complaint] = field(default_factory=dict)
    _announced: dict[tuple[str, IPv4Address, str], float] = field(default_factory=dict)

    def add(self, interface: str, source: IPv4Address, reason: str, now: float) -> bool:
        """Note a refused packet; whether it is worth a line in the log."""
        key = (interface, source, reason)
        complaint = self.known.pop(key, None)
        if complaint is None:
            while len(self.known) >= _MOST:
                oldest = next(iter(self.known))
                del self.known[oldest]
                self._announced.pop(oldest, None)
            complaint = Complaint(interface, source, reason, now)
        else:
            complaint.count += 1
            complaint.last = now
        self.known[key] = complaint  # most recent last
        if now - self._announced.get(key, -_QUIET_SECONDS) < _QUIET_SECONDS:
            return False
        self._announced[key] = now
        return True

    def forget(self, interface: str, source: IPv4Address) -> None:
        """They agree now."""
        for key in [key for key in self.known if key[:2] == (interface, source)]:
            del self.known[key]
            self._announced.pop(key, None)
