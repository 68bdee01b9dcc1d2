"""The names of checks that whatever IGP must have, what they stand on, and the networks that it carries."""

from __future__ import annotations

from functools import cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from orchestrator.model.lab import InterfaceKind
from orchestrator.model.memory import remembered
from orchestrator.verification.kit.check_id import CheckId, Layer, OnPort, Toward
from orchestrator.verification.layers import link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Interface
    from orchestrator.routing.effective_lab import EffectiveLab


def adjacency_id(own: Interface) -> CheckId:
    """The check of the IGP's adjacency over a core interface."""
    return CheckId(Layer.IGP, "adjacency", own.node, (OnPort(own.name),))


def interfaces_id(node: str) -> CheckId:
    """The check of the interfaces that the IGP runs on."""
    return CheckId(Layer.IGP, "interfaces", node)


def parameters_id(own: Interface) -> CheckId:
    """The check of what the IGP is set to on a core interface."""
    return CheckId(Layer.IGP, "parameters", own.node, (OnPort(own.name),))


def below_interfaces(lab: EffectiveLab, node: str, own: Iterable[Interface]) -> tuple[CheckId, ...]:
    """What the IGP's interfaces stand on: the core links of the node, and the addresses of its `own` ones."""
    links = (one for pair in lab.core_links_of(node) for one in link.sound_ids(lab, *pair))
    return tuple(dict.fromkeys((*links, *map(link.address_id, own))))


def below_adjacency(own: Interface, far: Interface) -> tuple[CheckId, ...]:
    """What an adjacency stands on: at both ends the link, and that the IGP runs there as intended."""
    return (
        *map(link.labelled_id, (own, far)),
        *map(interfaces_id, (own.node, far.node)),
        *map(parameters_id, (own, far)),
    )


def adjacency_ids(lab: EffectiveLab, node: str) -> tuple[CheckId, ...]:
    """The adjacencies of a node with its neighbours, and theirs with it."""
    return tuple(adjacency_id(one) for pair in lab.core_links_of(node) for one in pair)


def speakers(lab: EffectiveLab, igp: str) -> tuple[str, ...]:
    """The nodes of the providers that have chosen an IGP."""
    return tuple(one.name for one in lab.provider_nodes if lab.lab.provider_of(one.name).igp == igp)


@cache
def loopback_id(node: str, other: str) -> CheckId:
    """The check that `node` has a route to the loopback of `other`."""
    return CheckId(Layer.IGP, "loopback", node, (Toward(other),))


@remembered
def path_ids(lab: EffectiveLab, a: str, b: str) -> tuple[CheckId, ...]:
    """The adjacencies, both ways, of a shortest path between two provider nodes."""
    return tuple(chain.from_iterable(_hop_ids(lab, *pair) for pair in pairwise(lab.path(a, b))))


@remembered
def _hop_ids(lab: EffectiveLab, a: str, b: str) -> tuple[CheckId, ...]:
    """The adjacencies, both ways, of two neighbours."""
    return tuple(
        adjacency_id(own)
        for start, end in ((a, b), (b, a))
        for own, far in lab.core_links_of(start)
        if far.node == end
    )


def infrastructure(lab: EffectiveLab, node: str) -> frozenset[IpNetwork]:
    """The networks of the provider that `node` belongs to: loopbacks and core links."""
    return _infrastructure(lab, lab.lab.provider_of(node).name)


@remembered
def _infrastructure(lab: EffectiveLab, provider: str) -> frozenset[IpNetwork]:
    return frozenset(
        one.address.network
        for one in lab.lab.interfaces
        if one.kind in (InterfaceKind.LOOPBACK, InterfaceKind.CORE)
        and lab.lab.provider_of(one.node).name == provider
    )
