"""Detecting labels that ldpd never gave to zebra: a race of FRR (read in 8.4 and 10.3, pull request 19514).

Until ldpd knows that it speaks LDP on an interface, it takes what is routed over it for connected and binds
implicit null; a neighbour's label is not handed on meanwhile (ldp_zebra.c). When the interface joins, the FEC
gets a label of its own (`lde_route_update`, lde.c), and the neighbour's is still not handed on, though LDP
says that it is in use: it is missing where it is pushed, in the route, and where it is swapped or popped, in
the LFIB. On a busy machine that order comes about by itself, unless LDP is configured before the IGP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.verification.kit.facts import CouldNotLook, Query
from orchestrator.verification.kit.tables import selected
from parsers import DEFAULT_VRF
from parsers.ldp import LDP_BINDINGS
from parsers.values import IMPLICIT_NULL
from parsers.zebra import LFIB, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.facts import Facts
    from parsers.ldp import LdpBinding
    from parsers.zebra import Hop


@dataclass(frozen=True, slots=True)
class LostLabels:
    """A node whose routes or LFIB lack labels that LDP says are in use.

    Attributes:
        node: its name.
        neighbor: the LSR ID of the neighbour that advertised them.
    """

    node: str
    neighbor: IPv4Address


def lost_label_queries(lab: Lab) -> tuple[Query, ...]:
    """What `lost_labels` reads."""
    return tuple(Query(node, command) for node in _switching(lab) for command in (LDP_BINDINGS, ROUTES, LFIB))


def lost_labels(lab: Lab, facts: Facts) -> tuple[LostLabels, ...]:
    """Whose labels are missing where.

    Clearing the neighbour repairs it: the session comes up again, and its labels are handed on as they come.
    A node that could not be looked at lacks none.
    """
    return tuple(dict.fromkeys(lost for node in _switching(lab) for lost in _at(lab, facts, node)))


def _switching(lab: Lab) -> Iterator[str]:
    return (node.name for node in lab.nodes if lab.core_links_of(node.name))


def _at(lab: Lab, facts: Facts, node: str) -> Iterator[LostLabels]:
    peers: dict[object, IPv4Address] = {
        there.address.ip: lab.loopback(there.node) for _, there in lab.core_links_of(node)
    }
    try:
        for binding in facts.of(node, LDP_BINDINGS):
            if not binding.in_use or binding.remote_label is None:
                continue
            route = selected(facts, node, DEFAULT_VRF, binding.prefix)
            for hop in route.hops if route else ():
                if peers.get(hop.gateway) == binding.peer and not (
                    _pushes(binding, hop) and _switches(facts, node, binding, hop)
                ):
                    yield LostLabels(node, binding.peer)
    except CouldNotLook:
        return


def _pushes(binding: LdpBinding, hop: Hop) -> bool:
    return binding.remote_label == IMPLICIT_NULL or bool(hop.labels)


def _switches(facts: Facts, node: str, binding: LdpBinding, hop: Hop) -> bool:
    """Ldpd hands both on in one message, of which a FEC with implicit null at either end shows one half."""
    return binding.local_label in {None, IMPLICIT_NULL} or any(
        entry.in_label == binding.local_label and entry.nexthop == hop.gateway
        for entry in facts.of(node, LFIB)
    )
