"""What ospfd says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta
    from ipaddress import IPv4Address, IPv4Interface


@dataclass(frozen=True, slots=True)
class OspfNeighbor:
    """One row of ``show ip ospf neighbor``.

    ``state`` is the neighbour state (``Full``, ``2-Way``, ``Init``, ...), ``role`` the neighbour's part on a
    broadcast network (``DR``, ``Backup``, ``DROther``) or ``-`` on a point-to-point link. ``router_id`` is
    ``None`` for a configured NBMA neighbour that has not been heard yet. ``up_for`` counts from the last
    state change, ``dead_in`` is ``None`` when no dead timer runs.
    """

    vrf: str
    router_id: IPv4Address | None
    priority: int
    state: str
    role: str
    address: IPv4Address
    interface: str
    local_address: IPv4Address | None
    up_for: timedelta
    dead_in: timedelta | None
    retransmissions: int
    requests: int
    summaries: int


@dataclass(frozen=True, slots=True)
class OspfInterface:
    """One interface of ``show ip ospf interface``.

    ``running`` is false for an interface that is down or that OSPF is not enabled on; all that OSPF would
    know about it is then ``None``. ``area_type`` is ``""`` for a normal area, else ``Stub`` or ``NSSA``.
    ``hello`` and ``dead`` are seconds; ``authentication`` is ``None`` when the interface sets none.
    """

    vrf: str
    name: str
    up: bool
    mtu: int
    running: bool
    address: IPv4Interface | None = None
    area: IPv4Address | None = None
    area_type: str = ""
    mtu_check: bool | None = None
    router_id: IPv4Address | None = None
    network_type: str | None = None
    cost: int | None = None
    state: str | None = None
    priority: int | None = None
    hello: float | None = None
    dead: int | None = None
    passive: bool = False
    neighbors: int = 0
    adjacent: int = 0
    authentication: str | None = None


@dataclass(frozen=True, slots=True)
class OspfSync:
    """One interface of ``show ip ospf mpls ldp-sync``: what ospfd makes of it.

    ``enabled``: ospfd waits for LDP here. ``achieved``: it has what it waited for, and announces the link's
    own cost rather than 65535; ``None`` where nothing is said of it, as of an interface that is down.
    """

    interface: str
    enabled: bool
    achieved: bool | None
