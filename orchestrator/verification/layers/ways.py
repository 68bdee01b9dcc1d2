"""What a packet's way stands on: the nodes that it crosses, and the routes that it follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from orchestrator.core.mpbgp.vpn_routes import ce_route_id
from orchestrator.core.mpbgp.vpn_routes import kernel_id as kernel_route_id
from orchestrator.model.family import Family
from orchestrator.routing.crossing import crossing
from orchestrator.routing.routes import RouteSource
from orchestrator.verification.layers import ipv6, kernel
from orchestrator.verification.layers.pece import announced_id
from orchestrator.verification.layers.vpn.leaks import leak_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.model.family import IpNetwork
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.routing.routes import NextHop, Table
    from orchestrator.verification.kit.check_id import CheckId

    Steps: TypeAlias = tuple[tuple[Table, IpNetwork, NextHop], ...]


def foundations(
    lab: EffectiveLab, ways: Iterable[Steps], crossed_nodes: tuple[str, ...]
) -> tuple[CheckId, ...]:
    """The forwarding of the nodes between, and the routes that these ways follow from table to table."""
    routes = (one for way in ways for one in _route_ids(lab, way))
    further = ipv6.crossing_ids(lab, crossed_nodes) if lab.lab.family is Family.IPV6 else ()
    return (*kernel.crossing_ids(lab, crossed_nodes), *further, *dict.fromkeys(routes))


def crossed(lab: EffectiveLab, ways: Iterable[Steps]) -> tuple[str, ...]:
    """The nodes on these ways, the CEs where they begin and end included."""
    found: dict[str, None] = {}
    for way in ways:
        for table, _, hop in way:
            found[table.node] = None
            if hop.source is RouteSource.IMPORT and hop.table is not None:
                found.update(dict.fromkeys(_core_way(lab, table, hop.table)))
    return tuple(found)


def _core_way(lab: EffectiveLab, ingress: Table, egress: Table) -> tuple[str, ...]:
    """The nodes from one PE to another: of one provider, or by ASBRs to the next one's."""
    vrfs = (lab.lab.vrf(one.node, one.vrf) for one in (ingress, egress))
    across = crossing(lab, *vrfs)
    if across is None:
        return lab.path(ingress.node, egress.node)
    return (*lab.path(ingress.node, across.near.node), *lab.path(across.far.node, egress.node))


def _route_ids(lab: EffectiveLab, way: Steps) -> tuple[CheckId, ...]:
    """The checks of the routes that are followed from table to table."""
    found: list[CheckId] = []
    for table, prefix, hop in way:
        if not table.vrf:
            found.append(ce_route_id(table.node, prefix))
        elif hop.source is RouteSource.IMPORT and hop.table is not None:
            vrf = lab.lab.vrf(table.node, table.vrf)
            own = hop.table.node == table.node
            found.append(leak_id(vrf, prefix) if own else kernel_route_id(vrf, prefix))
        elif hop.source is RouteSource.INTERCONNECT:
            found.append(announced_id(lab.lab.vrf(table.node, table.vrf), prefix))
    return tuple(found)
