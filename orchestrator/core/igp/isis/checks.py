"""IGP: IS-IS between the provider's nodes, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
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
from orchestrator.core.igp.isis.lines import AREA, METRIC, NAME, TITLE, WAITING, system_id
from orchestrator.core.igp.reachability import Advertised, LinkMetrics
from orchestrator.model.lab import InterfaceKind
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import equal, exactly, hint_command, listed, nothing_else
from parsers.isis import ISIS_INTERFACES, ISIS_NEIGHBORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.lab import Interface
    from orchestrator.model.timer_values import Timers
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers.isis import IsisInterface

_ADVERTISED: Final = Advertised(NAME, TITLE, LinkMetrics(METRIC, METRIC, WAITING))


def _costs(facts: Facts, own: Interface) -> tuple[int | None, ...]:
    found = facts.of(own.node, ISIS_INTERFACES)
    return tuple(one.metric for one in found if one.name == own.name and one.running)


_COSTS: Final = Costs(TITLE, ISIS_INTERFACES, _costs, WAITING, "show isis interface")


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Adjacencies, loopbacks and tables of the provider's nodes."""
    return Speaker(_ADVERTISED, _COSTS, _interfaces, _parameters, _adjacency, _no_other_adjacency).checks(lab)


def _interfaces(lab: EffectiveLab, node: str) -> Check:
    own = lab.lab.interfaces_of(node, InterfaceKind.LOOPBACK, InterfaceKind.CORE)
    up = [one for one in own if lab.carries(one)]
    names = tuple(f"{one.name} passive" if one.kind is InterfaceKind.LOOPBACK else one.name for one in up)
    return Check(
        interfaces_id(node),
        "IS-IS runs on exactly the core interfaces, and passive on the loopback",
        partial(judge_interfaces, node=node, names=names),
        (Query(node, ISIS_INTERFACES),),
        after=below_interfaces(lab, node, up),
        why="IS-IS on any other interface would let a customer, or management, into the provider's routing; "
        "a passive one is advertised and has no neighbours.",
        hint=hint_command(lab.lab, node, ISIS_INTERFACES.text),
    )


def _parameters(lab: EffectiveLab, own: Interface) -> Check:
    provider = lab.lab.provider_of(own.node)
    return Check(
        parameters_id(own),
        f"IS-IS is set on {own.name} as intended",
        partial(judge_parameters, own=own, timers=provider.timers, may_wait=provider.ldp_sync),
        (Query(own.node, ISIS_INTERFACES),),
        after=(interfaces_id(own.node),),
        why="Both ends must agree in level and network type (ISO 10589 8.2); each end's metric counts in its "
        "own direction, and its hold time at the other end.",
        hint=hint_command(lab.lab, own.node, f"show isis interface {own.name}"),
    )


def _adjacency(lab: EffectiveLab, own: Interface, far: Interface) -> Check:
    return Check(
        adjacency_id(own),
        f"IS-IS adjacency with {far.node} on {own.name}",
        partial(judge_adjacency, own=own, far=far, names=_names(lab, own.node)),
        (Query(own.node, ISIS_NEIGHBORS),),
        after=below_adjacency(own, far),
        why="Without the adjacency the two nodes do not exchange routes; level and network type must agree, "
        "system IDs must differ, and hellos, padded to the MTU, must get through (ISO 10589 8.2).",
        hint=hint_command(lab.lab, own.node, "show isis neighbor detail"),
    )


def _no_other_adjacency(lab: EffectiveLab, node: str) -> Check:
    allowed = tuple(f"{far.node} on {own.name}" for own, far in lab.core_links_of(node))
    return Check(
        CheckId(Layer.IGP, "no-other-adjacency", node),
        "no unexpected IS-IS neighbour in the global table or any VRF",
        partial(judge_no_other_adjacency, node=node, allowed=allowed, names=_names(lab, node)),
        (Query(node, ISIS_NEIGHBORS),),
        why="An unexpected neighbour can inject routes into the provider's table.",
        hint=hint_command(lab.lab, node, ISIS_NEIGHBORS.text),
    )


def _names(lab: EffectiveLab, node: str) -> Mapping[str, str]:
    """The node of each system ID: FRR shows its host name in place of it, once it has come (RFC 5301)."""
    return {system_id(lab.lab.loopback(one)): one for one in (node, *lab.core_of(node))}


def judge_interfaces(facts: Facts, *, node: str, names: tuple[str, ...]) -> Judgement:
    """IS-IS runs on these interfaces and on none else, of whatever VRF."""
    running = [
        f"{one.name} passive" if one.passive else one.name
        for one in facts.of(node, ISIS_INTERFACES)
        if one.running
    ]
    return exactly(names, running, nothing="no interface")


def judge_parameters(facts: Facts, *, own: Interface, timers: Timers, may_wait: bool) -> Judgement:
    """Level, network type, metric and timers on a core interface are the intent's.

    Where the intent gives costs, the metric is another check's.
    """
    seen = [one for one in facts.of(own.node, ISIS_INTERFACES) if one.name == own.name and one.running]
    if own.cost is not None:
        seen = [replace(one, metric=None) for one in seen]
    waits = may_wait and [one.metric for one in seen] == [WAITING]
    metric = METRIC if own.cost is None else None
    expected = _set_to("L2", "p2p", metric, timers.isis_hello, timers.isis_multiplier)
    observed = listed(map(_as_set, seen), "IS-IS does not run there")
    if waits:  # for the label protocol's layer to say, which knows why
        return Judgement(
            observed == _set_to("L2", "p2p", WAITING, timers.isis_hello, timers.isis_multiplier),
            expected,
            f"{observed} while it waits for labels",
        )
    return equal(expected, observed)


def _as_set(one: IsisInterface) -> str:
    return _set_to(one.level, one.network_type, one.metric, one.hello, one.multiplier)


def _set_to(level: str, network: str, metric: int | None, hello: int | None, multiplier: int | None) -> str:
    counted = "" if metric is None else f"metric {metric}, "
    return f"{level}, {network}, {counted}hello {hello}, multiplier {multiplier}"


def judge_adjacency(facts: Facts, *, own: Interface, far: Interface, names: Mapping[str, str]) -> Judgement:
    """The far end is a neighbour on this interface, in the area, with its address, and up."""
    seen = (
        f"{names.get(one.system, one.system)} at {listed(one.addresses, 'no address')} {one.state}, "
        f"L{one.level}, area {listed(one.areas)}"
        for one in facts.of(own.node, ISIS_NEIGHBORS)
        if one.interface == own.name
    )
    return equal(f"{far.node} at {far.address.ip} Up, L2, area {AREA}", listed(seen, "no neighbour"))


def judge_no_other_adjacency(
    facts: Facts, *, node: str, allowed: tuple[str, ...], names: Mapping[str, str]
) -> Judgement:
    """No IS-IS neighbour but the provider's."""
    seen = (
        f"{names.get(one.system, one.system)} on {one.interface}" for one in facts.of(node, ISIS_NEIGHBORS)
    )
    return nothing_else(allowed, seen, "IS-IS neighbours")
