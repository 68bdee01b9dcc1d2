"""What zebra says: its tables of routes and labels, and FRR's version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta
    from ipaddress import IPv4Network

    from parsers.facts.addresses import Address
    from parsers.facts.label import Label


@dataclass(frozen=True, slots=True)
class FrrVersion:
    """First line of ``show version``."""

    version: str
    hostname: str
    system: str


@dataclass(frozen=True, slots=True)
class LfibEntry:
    """One next hop of one incoming label in ``show mpls table``.

    Either ``nexthop`` is set, or ``interface``: then the label is popped and the packet is routed in what
    this device belongs to (a VRF device, for a per-VRF VPN label). ``out_labels`` is the stack that replaces
    ``in_label``, outermost first; implicit null means pop. It is empty where FRR prints ``-``.
    """

    in_label: Label
    protocol: str
    nexthop: Address | None
    interface: str | None
    out_labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Hop:
    """One next hop of a route in zebra's table.

    ``vrf`` is set when the next hop lies in another VRF than the route. A ``recursive`` hop (a BGP next hop)
    is followed by the ``resolver`` hops that it resolves to; only these are forwarded to. ``fib``: this hop
    is in the kernel. ``active``: zebra found it usable. ``blackhole`` is set instead of a gateway or an
    interface: ``reject``, ``prohibited``, ``blackhole`` or ``unspecified``.
    """

    gateway: Address | None
    interface: str | None
    vrf: str | None
    labels: tuple[Label, ...]
    active: bool
    recursive: bool
    resolver: bool
    fib: bool
    onlink: bool
    blackhole: str | None
    weight: int | None


@dataclass(frozen=True, slots=True)
class Route:
    """One route in zebra's table (``show ip route``), all candidates of a prefix, not only the best.

    ``protocol`` is zebra's name (``connected``, ``ospf``, ``bgp``, ...). ``selected``: the best route of its
    prefix (``>``). ``fib``: installed in the kernel (``*``). ``rejected``: the kernel refused it (``r``).
    ``queued``: not yet handed to the kernel (``q``).
    """

    vrf: str
    prefix: IPv4Network
    protocol: str
    distance: int
    metric: int
    selected: bool
    fib: bool
    rejected: bool
    queued: bool
    hops: tuple[Hop, ...]
    age: timedelta
