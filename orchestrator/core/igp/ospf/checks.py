"""IGP: OSPF between the provider's nodes, and what comes of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.core.igp.costs import Costs
from orchestrator.core.igp.each_node import Speaker
from orchestrator.core.igp.ids import (
    adjacency_id,
    below_adjacency,
    below_interfaces,
    interfaces_id,
    parameters_id,
)
from orchestrator.core.igp.ospf.lines import NAME, TITLE, WAITING
from orchestrator.core.igp.reachability import Advertised
from orchestrator.model.lab import InterfaceKind
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import equal, exactly, hint_command, listed, nothing_else
from parsers import DEFAULT_VRF
from parsers.ospf import OSPF_INTERFACES, OSPF_NEIGHBORS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Interface
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


_ADVERTISED: Final = Advertised(NAME, TITLE)


def _costs(facts: Facts, own: Interface) -> tuple[int | None, ...]:
    found = facts.of(own.node, OSPF_INTERFACES)
    return tuple(one.cost for one in found if one.name == own.name and one.running)


_COSTS: Final = Costs(TITLE, OSPF_INTERFACES, _costs, WAITING, "show ip ospf interface")


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Adjacencies, loopbacks and tables of the provider's nodes."""
    return Speaker(_ADVERTISED, _COSTS, _interfaces, _parameters, _adjacency, _no_other_adjacency).checks(lab)


def _interfaces(lab: EffectiveLab, node: str) -> Check:
    own = lab.lab.interfaces_of(node, InterfaceKind.LOOPBACK, InterfaceKind.CORE)
    up = [one for one in own if lab.carries(one)]
    names = tuple(one.name for one in up)
    return Check(
        interfaces_id(node),
        "OSPF runs on exactly the core interfaces and the loopback",
        partial(judge_interfaces, node=node, names=names, elsewhere=_customers(lab, node)),
        (Query(node, OSPF_INTERFACES),),
        after=below_interfaces(lab, node, up),
        why="OSPF on any other interface would let a customer, or management, into the provider's routing.",
        hint=hint_command(lab.lab, node, OSPF_INTERFACES.text),
    )


def _parameters(lab: EffectiveLab, own: Interface) -> Check:
    timers = lab.lab.provider_of(own.node).timers
    return Check(
        parameters_id(own),
        f"OSPF is set on {own.name} as intended",
        partial(judge_parameters, own=own, hello=timers.ospf_hello, dead=timers.ospf_dead),
        (Query(own.node, OSPF_INTERFACES),),
        after=(interfaces_id(own.node),),
        why="Both ends must agree in area, network type, timers and authentication (RFC 2328 10.5), and "
        "neither may be passive.",
        hint=hint_command(lab.lab, own.node, f"show ip ospf interface {own.name}"),
    )


def _adjacency(lab: EffectiveLab, own: Interface, far: Interface) -> Check:
    return Check(
        adjacency_id(own),
        f"OSPF adjacency with {far.node} on {own.name}",
        partial(judge_adjacency, own=own, far=far, router_id=lab.lab.router_id(far.node)),
        (Query(own.node, OSPF_NEIGHBORS),),
        after=below_adjacency(own, far),
        why="Without the adjacency the two nodes do not exchange routes; area, timers, network type, MTU and "
        "authentication must agree (RFC 2328 10.5).",
        hint=hint_command(lab.lab, own.node, f"show ip ospf interface {own.name}"),
    )


def _no_other_adjacency(lab: EffectiveLab, node: str) -> Check:
    allowed = tuple(f"{lab.lab.router_id(far.node)} on {own.name}" for own, far in lab.core_links_of(node))
    return Check(
        CheckId(Layer.IGP, "no-other-adjacency", node),
        "no unexpected OSPF neighbour in the global table or "
        + ("a VRF but the customers'" if _customers(lab, node) else "any VRF"),
        partial(judge_no_other_adjacency, node=node, allowed=allowed, elsewhere=_customers(lab, node)),
        (Query(node, OSPF_NEIGHBORS),),
        why="An unexpected neighbour can inject routes into the provider's table.",
        hint=hint_command(lab.lab, node, OSPF_NEIGHBORS.text),
    )


def _customers(lab: EffectiveLab, node: str) -> frozenset[str]:
    """The VRFs of a node that speak OSPF with their CEs: another layer looks into them."""
    return frozenset(one.vrf for _, one in lab.lab.attachments_of(node) if one.protocol.name == NAME)


def judge_interfaces(
    facts: Facts, *, node: str, names: tuple[str, ...], elsewhere: frozenset[str] = frozenset()
) -> Judgement:
    """OSPF runs on these interfaces of the global table, in area 0, and on none else."""
    running = [
        one.name if one.vrf == DEFAULT_VRF else f"{one.name} in VRF {one.vrf}"
        for one in facts.of(node, OSPF_INTERFACES)
        if one.running and one.vrf not in elsewhere
    ]
    return exactly(names, running, nothing="no interface")


def judge_parameters(facts: Facts, *, own: Interface, hello: int, dead: int) -> Judgement:
    """Area, network type and timers on a core interface are the intent's, and OSPF speaks there."""
    expected = f"area 0.0.0.0, POINTOPOINT, hello {hello}, dead {dead}, no authentication"
    seen = [
        f"area {one.area}, {one.network_type}, hello {one.hello:g}, dead {one.dead}, "
        f"{one.authentication or 'no authentication'}{', passive' if one.passive else ''}"
        for one in facts.of(own.node, OSPF_INTERFACES)
        if one.name == own.name and one.running and one.hello is not None
    ]
    return equal(expected, listed(seen, "OSPF does not run there"))


def judge_adjacency(facts: Facts, *, own: Interface, far: Interface, router_id: IPv4Address) -> Judgement:
    """The far end is a neighbour on this interface, with its router id, in state Full."""
    neighbors = [one for one in facts.of(own.node, OSPF_NEIGHBORS) if one.interface == own.name]
    seen = [f"{one.router_id} at {one.address} {one.state}" for one in neighbors]
    return equal(f"{router_id} at {far.address.ip} Full", listed(seen, "no neighbour"))


def judge_no_other_adjacency(
    facts: Facts, *, node: str, allowed: tuple[str, ...], elsewhere: frozenset[str] = frozenset()
) -> Judgement:
    """No OSPF neighbour but the provider's."""
    seen = (
        f"{one.router_id} on {one.interface}" + ("" if one.vrf == DEFAULT_VRF else f" in VRF {one.vrf}")
        for one in facts.of(node, OSPF_NEIGHBORS)
        if one.vrf not in elsewhere
    )
    return nothing_else(allowed, seen, "OSPF neighbours")
