"""What of a lab is down: with the lab itself, all that a proof must know to say what to expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.model.topology import Endpoint, Link


@dataclass(frozen=True, slots=True)
class State:
    """What of a lab is down on purpose, or is known to be.

    Attributes:
        nodes_down: nodes that are lost; their neighbours lose the carrier.
        links_down: links without a carrier.
        links_silent: links with a carrier that nothing crosses: interfaces and their subnets stay, all that
            is spoken over them ends with its timers.
        links_impaired: links with a queue at each end that delays packets or loses some of them; the
            protocols are to hold out.
        lans_down: LAN interfaces that are down, so that their prefixes are withdrawn.
    """

    nodes_down: frozenset[str] = frozenset()
    links_down: frozenset[Link] = frozenset()
    links_silent: frozenset[Link] = frozenset()
    links_impaired: frozenset[Link] = frozenset()
    lans_down: frozenset[Endpoint] = frozenset()

    def __or__(self, other: State) -> State:
        """What is down in either."""
        return State(
            self.nodes_down | other.nodes_down,
            self.links_down | other.links_down,
            self.links_silent | other.links_silent,
            self.links_impaired | other.links_impaired,
            self.lans_down | other.lans_down,
        )


HEALTHY = State()


def together(states: Iterable[State]) -> State:
    """What is down in any of them."""
    whole = HEALTHY
    for one in states:
        whole |= one
    return whole
