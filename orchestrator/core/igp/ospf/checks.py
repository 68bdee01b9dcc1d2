"""IGP: OSPF between the provider's nodes, and a global table that holds infrastructure and nothing else."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.core.igp.ids import adjacency_id, infrastructure, loopback_id, path_ids
from orchestrator.core.igp.ospf.lines import NAME
from orchestrator.model.lab import InterfaceKind
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, OnPort
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import routes_to, selected, via
from orchestrator.verification.kit.wording import equal, exactly, listed, look, nothing_else
from orchestrator.verification.layers import bfd, link
from orchestrator.verification.layers.kernel import MANAGEMENT
from parsers import DEFAULT_VRF
from parsers.ospf import OSPF_INTERFACES, OSPF_NEIGHBORS
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Interface
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers.zebra import Route


def parameters_id(own: Interface) -> CheckId:
    """The check of what OSPF is set to on a core interface."""
    return CheckId(Layer.IGP, "parameters", own.node, (OnPort(own.name),))


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Adjacencies, loopbacks and tables of the provider's nodes."""
    for node in lab.provider_nodes:
        yield _interfaces(lab, node.name)
    for node in lab.provider_nodes:
        for own, _ in lab.core_links_of(node.name):
            yield _parameters(lab, own)
    for node in lab.provider_nodes:
        for own, far in lab.core_links_of(node.name):
            yield _adjacency(lab, own, far)
        yield _no_other_adjacency(lab, node.name)
    for node in lab.provider_nodes:
        pairs = lab.core_links_of(node.name)
        yield from bfd.core_checks(lab, node.name, tuple(adjacency_id(one) for pair in pairs for one in pair))
    for node in lab.provider_nodes:
        for other in lab.core_of(node.name):
            yield _loopback(lab, node.name, other)
        yield from _subnets(lab, node.name)
        yield _table(lab, node.name)


def interfaces_id(node: str) -> CheckId:
    """The check of the interfaces that OSPF runs on."""
    return CheckId(Layer.IGP, "interfaces", node)


def _interfaces(lab: EffectiveLab, node: str) -> Check:
    names = tuple(
        one.name
        for one in lab.lab.interfaces_of(node, InterfaceKind.LOOPBACK, InterfaceKind.CORE)
        if lab.carries(one)
    )
    return Check(
        interfaces_id(node),
        "OSPF runs on exactly the core interfaces and the loopback",
        partial(judge_interfaces, node=node, names=names, elsewhere=_customers(lab, node)),
        (Query(node, OSPF_INTERFACES),),
        after=tuple(
            dict.fromkeys(
                (
                    *(one for pair in lab.core_links_of(node) for one in link.sound_ids(lab, *pair)),
                    *(link.address_id(one) for one in lab.lab.interfaces_of(node) if one.name in names),
                )
            )
        ),
        why="OSPF on any other interface would let a customer, or management, into the provider's routing.",
        hint=look(lab.lab, node, OSPF_INTERFACES.text),
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
        hint=look(lab.lab, own.node, f"show ip ospf interface {own.name}"),
    )


def _adjacency(lab: EffectiveLab, own: Interface, far: Interface) -> Check:
    return Check(
        adjacency_id(own),
        f"OSPF adjacency with {far.node} on {own.name}",
        partial(judge_adjacency, own=own, far=far, router_id=lab.lab.router_id(far.node)),
        (Query(own.node, OSPF_NEIGHBORS),),
        after=(
            *map(link.labelled_id, (own, far)),
            *map(interfaces_id, (own.node, far.node)),
            *map(parameters_id, (own, far)),
        ),
        why="Without the adjacency the two nodes do not exchange routes; area, timers, network type, MTU and "
        "authentication must agree (RFC 2328 10.5).",
        hint=look(lab.lab, own.node, f"show ip ospf interface {own.name}"),
    )


def _no_other_adjacency(lab: EffectiveLab, node: str) -> Check:
    allowed = tuple(f"{lab.lab.router_id(far.node)} on {own.name}" for own, far in lab.core_links_of(node))
    return Check(
        CheckId(Layer.IGP, "no-other-adjacency", node),
        "no unexpected OSPF neighbour in the global table or "
        + ("a VRF but the customers'" if _customers(lab, node) else "any VRF"),
        partial(judge_no_other_adjacency, node=node, allowed=allowed, elsewhere=_customers(lab, node)),
        (Query(node, OSPF_NEIGHBORS),),
        why="A neighbour that the intent does not know can inject routes into the provider's table.",
        hint=look(lab.lab, node, OSPF_NEIGHBORS.text),
    )


def _loopback(lab: EffectiveLab, node: str, other: str) -> Check:
    neighbors = tuple((str(far.address.ip), own.name) for own, far in lab.core_links_of(node))
    return Check(
        loopback_id(node, other),
        f"loopback of {other} by OSPF",
        partial(judge_loopback, node=node, loopback=lab.lab.loopback(other), neighbors=neighbors),
        (Query(node, ROUTES),),
        after=path_ids(lab, node, other),
        why="The loopback is LDP's FEC and the BGP next hop: without its route no LSP leads there.",
        hint=look(lab.lab, node, f"show ip route {lab.lab.loopback(other)}"),
    )


def _subnets(lab: EffectiveLab, node: str) -> Iterator[Check]:
    own = {one.address.network for one in lab.lab.interfaces_of(node, InterfaceKind.CORE)}
    remote = dict.fromkeys(
        interface.address.network
        for other in lab.core_of(node)
        for interface, _ in lab.core_links_of(other)
        if interface.address.network not in own
    )
    if not remote:
        return
    yield Check(
        CheckId(Layer.IGP, "core-subnets", node),
        "the other core links by OSPF",
        partial(judge_subnets, node=node, subnets=tuple(remote)),
        (Query(node, ROUTES),),
        after=tuple(dict.fromkeys(one for other in lab.core_of(node) for one in path_ids(lab, node, other))),
        why="A core link that is not announced cannot be reached for troubleshooting, or OSPF misses it.",
        hint=look(lab.lab, node, "show ip route ospf"),
    )


def _table(lab: EffectiveLab, node: str) -> Check:
    return Check(
        CheckId(Layer.IGP, "table", node),
        "no customer route, nor any other, in the global table",
        partial(judge_table, node=node, allowed=infrastructure(lab, node)),
        (Query(node, ROUTES),),
        # Where there is an address too many, all others hear of its network.
        after=tuple(
            link.address_id(one)
            for other in (node, *lab.core_of(node))
            for one in lab.lab.interfaces_of(other, InterfaceKind.LOOPBACK, InterfaceKind.CORE)
        ),
        why="Customer routes live in VRFs only; in the global table they would leak between customers and "
        "into the core (RFC 4364 3.1).",
        hint=look(lab.lab, node, "show ip route"),
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


def judge_loopback(
    facts: Facts, *, node: str, loopback: IPv4Address, neighbors: tuple[tuple[str, str], ...]
) -> Judgement:
    """The selected route to a loopback is OSPF's, over core neighbours only, and in the kernel."""
    expected = f"by ospf via {' or '.join(f'{address} {name}' for address, name in neighbors)}"
    route = selected(facts, node, DEFAULT_VRF, IPv4Network(loopback))
    if route is None:
        return Judgement(holds=False, expected=expected, observed=f"no route to {loopback}")
    hops = [(str(hop.gateway), str(hop.interface)) for hop in route.hops if hop.fib]
    holds = route.protocol == NAME and bool(hops) and set(hops) <= set(neighbors)
    return Judgement(holds, expected, f"by {via(route)}")


def judge_subnets(facts: Facts, *, node: str, subnets: tuple[IPv4Network, ...]) -> Judgement:
    """Each core link that is not the node's own is there by OSPF."""
    seen = [
        one.prefix
        for one in facts.of(node, ROUTES)
        if one.vrf == DEFAULT_VRF and one.protocol == NAME and one.selected and one.prefix in subnets
    ]
    return exactly(subnets, seen, nothing="no other core link")


def judge_table(facts: Facts, *, node: str, allowed: frozenset[IPv4Network]) -> Judgement:
    """The global table holds infrastructure, this node's own addresses and the management subnet only."""
    foreign = [
        f"{one.prefix} by {one.protocol}"
        for one in routes_to(facts, node, DEFAULT_VRF)
        if not _is_infrastructure(one, allowed)
    ]
    return Judgement(
        not foreign,
        expected="loopbacks and core links of the provider only",
        observed=f"also {listed(foreign)}" if foreign else "loopbacks and core links of the provider only",
    )


def _is_infrastructure(route: Route, allowed: frozenset[IPv4Network]) -> bool:
    if route.protocol in ("connected", "local") and all(hop.interface == MANAGEMENT for hop in route.hops):
        return True
    if route.protocol == "local":
        return any(route.prefix.subnet_of(one) for one in allowed)
    return route.protocol in ("connected", NAME) and route.prefix in allowed
