"""What the routes that CEs have chosen cost in OSPF: the number that they compare ways by."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp.vpn_routes import ce_route_id
from orchestrator.model.topology import Role
from orchestrator.protocols.ospf.values import Ospf
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import selected
from orchestrator.verification.kit.wording import equal, hint_command
from parsers import DEFAULT_VRF
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpNetwork
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """The cost of each remote prefix that a CE has by OSPF."""
    for ce in lab.with_role(Role.CE):
        for prefix, route in lab.remote_routes(ce.name).items():
            if route.protocol == Ospf.name:
                yield Check(
                    CheckId(Layer.VPN, "ospf-cost", ce.name, (prefix,)),
                    f"OSPF cost of {prefix}",
                    partial(judge_cost, ce=ce.name, prefix=prefix, cost=route.attributes.med),
                    (Query(ce.name, ROUTES),),
                    after=(ce_route_id(ce.name, prefix),),
                    why="A different cost means a different path: an intra-area route adds up its links, "
                    "backdoors and sham links included; what a PE redistributes costs 20 anywhere.",
                    hint=hint_command(lab.lab, ce.name, f"show ip ospf route {prefix}"),
                )


def judge_cost(facts: Facts, *, ce: str, prefix: IpNetwork, cost: int) -> Judgement:
    """The selected route has this metric."""
    route = selected(facts, ce, DEFAULT_VRF, prefix)
    return equal(str(cost), "no such route" if route is None else str(route.metric))
