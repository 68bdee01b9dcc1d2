"""Over how many of the guest's kernels a lab is spread: as asked for, else as suits it and the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.hosts import limits
from orchestrator.hosts.guest import Condition, Guest
from orchestrator.hosts.guest_boot import MOST_KERNELS, kernels_that_fit
from orchestrator.hosts.machine import available_memory
from orchestrator.lifecycle.factory import UnknownChoice

if TYPE_CHECKING:
    from orchestrator.settings import Settings

_NODES_OF_EACH: Final = 3
"""So many at least are worth a kernel of their own; docs/performance.md says what was measured."""


def spread_over(asked: int | None, host: str, runtime: str, settings: Settings) -> int:
    """Over how many of the guest's kernels a lab is to be: as asked for, else as set; 0 where nothing says.

    Raises:
        UnknownChoice: there cannot be so many, or none there.
    """
    fits = can_be_spread(host, runtime)
    if asked is not None and asked != 1 and not fits:
        raise UnknownChoice(f"--guests is for host guest and runtime netns, not {host} and {runtime}")
    number = settings.guests if asked is None else asked
    if not fits:
        return 0 if asked is None else asked
    if not (0 if asked is None else 1) <= number <= MOST_KERNELS:
        raise UnknownChoice(f"a lab cannot be spread over {number} guests: from 1 to {MOST_KERNELS} can be")
    return number


def can_be_spread(host: str, runtime: str) -> bool:
    """Whether there can be several kernels."""
    return (host, runtime) == ("guest", "netns")


def suitable(nodes: int, settings: Settings) -> int:
    """Over how many kernels a lab of so many nodes is best spread, of those that a running guest has."""
    guest = Guest.status(settings.places)
    most = guest.kernels if guest.condition is Condition.RUNNING else kernels_that_fit(available_memory())
    return suits(nodes, limits.processors(), most)


def suits(nodes: int, processors: int, most: int) -> int:
    """Over how many kernels so many nodes are best spread.

    Args:
        nodes: of the lab.
        processors: that kernels can keep busy, one each.
        most: kernels that there are, or that there is memory for.
    """
    return max(1, min(nodes // _NODES_OF_EACH, processors, most))
