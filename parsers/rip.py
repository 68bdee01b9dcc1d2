"""RIP as ripd shows it (RFC 2453): its settings in a VRF, and who sent it updates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final

from parsers.command import DEFAULT_VRF, Command, family, in_vrf
from parsers.excerpt import Layout
from parsers.reading import Table

if TYPE_CHECKING:
    from parsers.reading import Reading


@dataclass(frozen=True, slots=True)
class RipSource:
    """A neighbour that has sent routes: RIP has no other trace of it.

    Attributes:
        gateway: its address.
        last_update: seconds since its last update.
    """

    gateway: IPv4Address
    last_update: int


@dataclass(frozen=True, slots=True)
class RipStatus:
    """RIP in one VRF.

    Attributes:
        update: seconds between updates.
        timeout: seconds without one after which a route is unreachable.
        garbage: seconds for which it is still advertised as such.
        interfaces: that it runs on.
        passive: those of them that it sends nothing on.
        sources: who has sent routes lately.
    """

    update: int
    timeout: int
    garbage: int
    interfaces: tuple[str, ...]
    passive: tuple[str, ...]
    sources: tuple[RipSource, ...]


_HOURS, _MINUTES = 3600, 60


def _status(reading: Reading) -> tuple[RipStatus, ...]:
    """One status, or none where RIP does not run: ripd prints nothing then."""
    if not reading.rows:
        return ()
    updates = reading.facts("timers", lambda row: int(row["update"]))
    ageing = reading.facts("ageing", lambda row: (int(row["timeout"]), int(row["garbage"])))
    if len(updates) != 1 or len(ageing) != 1:
        raise reading.output.error("the timers do not stand there once")
    passive: list[str] = []
    in_passive = False
    for row in reading.rows:
        if row.kind == "section":
            in_passive = row.text.lstrip().startswith("Passive")
        elif row.kind == "name" and in_passive:
            passive.append(row["name"])
    return (
        RipStatus(
            updates[0],
            *ageing[0],
            reading.facts("interface", lambda row: row["name"]),
            tuple(passive),
            reading.facts(
                "source", lambda row: RipSource(IPv4Address(row["gateway"]), _seconds(row["last"]))
            ),
        ),
    )


def _seconds(clock: str) -> int:
    hours, minutes, seconds = map(int, clock.split(":"))
    return hours * _HOURS + minutes * _MINUTES + seconds


_SOURCES: Final = Layout(re.compile(r"\s+(?P<key>[0-9.]+)\s+[0-9]+\s+[0-9]+\s+[0-9]+\s+[0-9:]+\s*"))


@family(r"show ip rip(?: vrf (?P<vrf>\S+))? status")
def rip_status(vrf: str = DEFAULT_VRF) -> Command[tuple[RipStatus, ...]]:
    """RIP in a VRF; nothing where it does not run."""
    return Command(f"show ip rip{in_vrf(vrf)} status", Table("rip_status", _status), _SOURCES)
