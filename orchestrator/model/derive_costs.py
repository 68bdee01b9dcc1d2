"""The IGP costs of core ports, as `vpn.yml` gives them to links.

Where it gives one to any link of a core, all ports of that core have one, so that nothing depends on the
speed that a port shows: OSPF would reckon with it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.link_cost import USUAL_COST
from orchestrator.model.topology import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.model.intent import Intent
    from orchestrator.model.lab import Interface
    from orchestrator.model.topology import Topology


def with_costs(
    interfaces: Iterable[Interface], topology: Topology, intent: Intent, home: Mapping[str, str]
) -> Iterator[Interface]:
    """The interfaces, those of cores in which a link has a cost with theirs.

    Args:
        interfaces: of all nodes.
        topology: whose links the file names by an end.
        intent: what it says of them.
        home: the provider of each PE, P and RR.
    """
    given = dict(_given(topology, intent))
    reckon = {home[end.node] for end in given}
    for one in interfaces:
        if one.kind is InterfaceKind.CORE and home[one.node] in reckon:
            yield replace(one, cost=given.get(Endpoint(one.node, one.name), USUAL_COST))
        else:
            yield one


def _given(topology: Topology, intent: Intent) -> Iterator[tuple[Endpoint, int]]:
    for link in topology.links:
        for named in link:
            own = intent.links.get(str(named))
            if own is None:
                continue
            for end in link:
                if (cost := own.cost.at(end.node)) is not None:
                    yield end, cost
