"""Several kernels that have labs together: what each of them is to the others, and to the labs' nodes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from ipaddress import IPv4Address

    from orchestrator.hosts.base import Host

_T = TypeVar("_T")
_U = TypeVar("_U")

LABS: Final = IPv4Network("198.18.0.0/16")
"""Management addresses of all nodes: RFC 2544 benchmarking space, no customer's and no provider's."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of several kernels.

    Attributes:
        host: runs commands on it.
        address: under which the others reach it.
        management: the network from which labs on it get their management subnets; no other member's.
    """

    host: Host
    address: IPv4Address
    management: IPv4Network


def share(network: IPv4Network, number: int, members: int) -> IPv4Network:
    """The part of a network whose addresses one of so many members has; numbered from 0."""
    return list(network.subnets((members - 1).bit_length()))[number]


def at_once(what: Callable[[_T], _U], each: Sequence[_T]) -> list[_U]:
    """All at the same time; once all have ended, the first failure is raised."""
    with ThreadPoolExecutor(len(each)) as pool:
        return [done.result() for done in [pool.submit(what, one) for one in each]]
