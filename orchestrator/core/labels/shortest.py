"""The shortest paths of a core with costs: which neighbours lead to each loopback, and how far it is."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.core.igp.costs import cost_ids
from orchestrator.core.igp.ids import loopback_id
from orchestrator.core.igp.registry import igp_of
from orchestrator.core.labels.ids import label_layer
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import selected
from orchestrator.verification.kit.wording import exactly, hint_command, listed
from parsers import DEFAULT_VRF
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.model.lab import Interface
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


def shortest_path_checks(
    lab: EffectiveLab, nodes: tuple[str, ...], link: Callable[[Interface], tuple[CheckId, ...]]
) -> Iterator[Check]:
    """A check for each of these nodes in whose core links have costs.

    Args:
        lab: the lab with failed elements removed.
        nodes: those that speak one label protocol.
        link: what else the cost of a link stands on, by its port.
    """
    for node in nodes:
        others, costs = lab.core_of(node), cost_ids(lab, node)
        if not costs or not others:
            continue
        ports = (own for one in (node, *others) for own, _ in lab.core_links_of(one))
        yield Check(
            CheckId(label_layer(lab, node), "shortest-paths", node),
            "takes the cheapest ways to all loopbacks",
            partial(judge_shortest_paths, lab=lab, node=node),
            (Query(node, ROUTES),),
            after=(
                *costs,
                *(loopback_id(node, one) for one in others),
                *(one for port in ports for one in link(port)),
            ),
            why="Labels follow the IGP, and the IGP the sum of costs: with other next hops or another sum "
            "customers' packets cross the core on links that were not meant for them.",
            hint=hint_command(lab.lab, node, f"show ip route {igp_of(lab.lab, node).name}"),
        )


def judge_shortest_paths(facts: Facts, *, lab: EffectiveLab, node: str) -> Judgement:
    """The route to each loopback has the metric and all the next hops, and no other, that the costs make."""
    end = igp_of(lab.lab, node).loopback_cost
    names = {(str(far.address.ip), own.name): far.node for own, far in lab.core_links_of(node)}
    wanted, seen = [], []
    for other in lab.core_of(node):
        hops = lab.equal_cost_hops(node, other)
        ways = [_way(far.node, own.name) for own, far in hops]
        wanted.append(_path(other, lab.distance(node, other) + end, ways))
        route = selected(facts, node, DEFAULT_VRF, IPv4Network(lab.lab.loopback(other)))
        used = [(str(one.gateway), str(one.interface)) for one in route.hops if one.fib] if route else []
        ways = [_way(names.get(one, one[0]), one[1]) for one in used]
        seen.append(_path(other, route.metric if route else None, ways))
    return exactly(wanted, seen)


def _way(neighbor: str, port: str) -> str:
    return f"{neighbor} ({port})"


def _path(other: str, metric: int | None, ways: list[str]) -> str:
    return f"{other} by {listed(sorted(ways), 'no way')} at {metric}"
