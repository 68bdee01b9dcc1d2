"""What a process asks of the world around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send these bytes out of an interface; to None: to 224.0.0.10."""

    interface: str
    destination: IPv4Address | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Install:
    """A route for the RIB: next hops as (interface, gateway), composite metric, administrative distance."""

    prefix: IPv4Network
    hops: tuple[tuple[str, IPv4Address], ...]
    metric: int
    distance: int
    tag: int


@dataclass(frozen=True, slots=True)
class Remove:
    """A route that is no longer for the RIB."""

    prefix: IPv4Network


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the log."""

    text: str


Effect: TypeAlias = Transmit | Install | Remove | Note
