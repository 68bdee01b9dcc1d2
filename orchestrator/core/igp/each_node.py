"""The checks of any IGP on the provider's nodes, in the order in which they stand on each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.core.igp.ids import adjacency_ids, speakers
from orchestrator.core.igp.reachability import route_checks
from orchestrator.verification.layers import bfd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.core.igp.costs import Costs
    from orchestrator.core.igp.reachability import Advertised
    from orchestrator.model.lab import Interface
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Check


@dataclass(frozen=True, slots=True)
class Speaker:
    """What an IGP itself says of a node, of its core interfaces, and of the neighbour on each."""

    advertised: Advertised
    costs: Costs
    interfaces: Callable[[EffectiveLab, str], Check]
    parameters: Callable[[EffectiveLab, Interface], Check]
    adjacency: Callable[[EffectiveLab, Interface, Interface], Check]
    no_other_adjacency: Callable[[EffectiveLab, str], Check]

    def checks(self, lab: EffectiveLab) -> Iterator[Check]:
        """Adjacencies, loopbacks and tables of the provider's nodes."""
        nodes = speakers(lab, self.advertised.name)
        for node in nodes:
            yield self.interfaces(lab, node)
        for node in nodes:
            for own, _ in lab.core_links_of(node):
                yield self.parameters(lab, own)
        yield from self.costs.checks(lab, nodes)
        for node in nodes:
            for own, far in lab.core_links_of(node):
                yield self.adjacency(lab, own, far)
            yield self.no_other_adjacency(lab, node)
        for node in nodes:
            yield from bfd.core_checks(lab, node, adjacency_ids(lab, node))
        for node in nodes:
            yield from route_checks(lab, node, self.advertised)
