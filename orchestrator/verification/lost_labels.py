"""Detecting labels that FRR lost on their way to the kernel, or forgot there.

ldpd may never give one to zebra: a race (read in 8.4 and 10.3, pull request 19514).

Until ldpd knows that it speaks LDP on an interface, it takes what is routed over it for connected and binds
implicit null; a neighbour's label is not handed on meanwhile (ldp_zebra.c). When the interface joins, the FEC
gets a label of its own (`lde_route_update`, lde.c), and the neighbour's is still not handed on, though LDP
says that it is in use: it is missing where it is pushed, in the route, and where it is swapped or popped, in
the LFIB. On a busy machine that order comes about by itself, unless LDP is configured before the IGP.

The reverse is a race of zebra's: a next hop of a label that is given up while the kernel has not confirmed
it yet (`mpls_lsp_uninstall`, zebra_mpls.c) is forgotten, and stays in the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.label_protocols import LDP
from orchestrator.verification.kit.facts import CouldNotLook, Query
from orchestrator.verification.kit.tables import selected
from parsers import DEFAULT_VRF
from parsers.kernel import KERNEL_LFIB
from parsers.ldp import LDP_BINDINGS
from parsers.values import EXPLICIT_NULL, IMPLICIT_NULL
from parsers.zebra import LFIB, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.facts import Facts
    from parsers.ldp import LdpBinding
    from parsers.values import Label
    from parsers.zebra import Hop


@dataclass(frozen=True, slots=True)
class LostLabels:
    """A node whose routes or LFIB lack labels that LDP says are in use.

    Attributes:
        node: its name.
        neighbor: the LSR ID of the neighbour that advertised them.
        kept: the label that the kernel switches a way that zebra knows no more, as well as to this neighbour;
            None where labels are missing.
    """

    node: str
    neighbor: IPv4Address
    kept: Label | None = None


def lost_label_queries(lab: Lab) -> tuple[Query, ...]:
    """What `lost_labels` reads."""
    commands = (LDP_BINDINGS, ROUTES, LFIB, KERNEL_LFIB)
    return tuple(Query(node, command) for node in _switching(lab) for command in commands)


def lost_labels(lab: Lab, facts: Facts) -> tuple[LostLabels, ...]:
    """Whose labels are missing, or not all of those that are kept, and where.

    Clearing the neighbour repairs it: the session comes up again, and its labels are handed on as they come.
    A node that could not be looked at lacks none.
    """
    return tuple(dict.fromkeys(lost for node in _switching(lab) for lost in _at(lab, facts, node)))


def _switching(lab: Lab) -> Iterator[str]:
    return (
        node.name
        for node in lab.nodes
        if lab.core_links_of(node.name) and LDP in lab.provider_of(node.name).labels
    )


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
        yield from _kept(facts, node, peers)
    except CouldNotLook:
        return


def _kept(facts: Facts, node: str, peers: Mapping[object, IPv4Address]) -> Iterator[LostLabels]:
    """When what zebra does know of the label is withdrawn, the whole of it goes from the kernel."""
    known: dict[object, set[object]] = {}
    for entry in facts.of(node, LFIB):
        known.setdefault(entry.in_label, set()).add(entry.nexthop)
    for route in facts.of(node, KERNEL_LFIB):
        gateways = {hop.gateway for hop in route.hops if hop.gateway is not None}
        ways = known.get(route.in_label, set()) & peers.keys()
        if ways and gateways > ways:
            yield LostLabels(node, peers[min(ways, key=str)], route.in_label)


def _pushes(binding: LdpBinding, hop: Hop) -> bool:
    return binding.remote_label == IMPLICIT_NULL or bool(hop.labels)


def _switches(facts: Facts, node: str, binding: LdpBinding, hop: Hop) -> bool:
    """Ldpd hands both on in one message, of which a FEC with a null label at either end shows one half."""
    return binding.local_label in {None, IMPLICIT_NULL, EXPLICIT_NULL} or any(
        entry.in_label == binding.local_label and entry.nexthop == hop.gateway
        for entry in facts.of(node, LFIB)
    )
