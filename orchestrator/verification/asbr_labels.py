"""Detecting labels of an ASBR of option C that lead nowhere, or to two places.

bgpd gives one label for two routes: when it withdraws a labelled route it gives the label back to its pool,
and still holds it for valid (`bgp_reg_dereg_for_label`, bgp_label.c, FRR 10.3 and 10.7). Where the route is
back before bgpd has forgotten it, the label is registered again without asking the pool, which may have given
it to another route meanwhile. zebra makes one entry of the LFIB of both, with the next hops of both.

zebra drops a label: where `mpls fec nexthop-resolution` is entered while labelled routes are there, an entry
to which it changes nothing counts as failed, and goes (`fec_change_update_lsp`, zebra_mpls.c, the same).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.interconnect import labelled_across
from orchestrator.model.labelled_unicast import labelled_peers
from orchestrator.routing.routes import BGP
from orchestrator.verification.kit.facts import CouldNotLook, Query
from parsers import DEFAULT_VRF
from parsers.values import IMPLICIT_NULL
from parsers.zebra import LFIB, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.facts import Facts
    from parsers.values import Label, Network


@dataclass(frozen=True, slots=True)
class WrongLabel:
    """A label that an ASBR advertises with labelled routes, and does not swap for what leads on.

    Attributes:
        asbr: its name.
        label: what it has its neighbours push.
        prefixes: the routes with this label; of one alone the LFIB of the ASBR has no such label.
    """

    asbr: str
    label: Label
    prefixes: tuple[Network, ...]


def wrong_label_queries(lab: Lab) -> tuple[Query, ...]:
    """What `wrong_labels` reads; nothing without option C."""
    told = dict.fromkeys(node for asbr in _asbrs(lab) for node, _ in _told_by(lab, asbr))
    return (*(Query(node, ROUTES) for node in told), *(Query(asbr, LFIB) for asbr in _asbrs(lab)))


def wrong_labels(lab: Lab, facts: Facts) -> tuple[WrongLabel, ...]:
    """The labels of ASBRs that two routes have, or no entry of the LFIB.

    With its labelled sessions cleared an ASBR forgets all of these routes, and labels come anew. A node that
    could not be looked at says nothing of any.
    """
    return tuple(wrong for asbr in _asbrs(lab) for wrong in _at(lab, facts, asbr))


def _asbrs(lab: Lab) -> Iterator[str]:
    return (node for provider in lab.providers for node in provider.nodes if labelled_across(lab, node))


def _told_by(lab: Lab, asbr: str) -> Iterator[tuple[str, IPv4Address]]:
    """The nodes that have labelled routes of an ASBR, each with the next hop that it names to it."""
    for peer in labelled_peers(lab, asbr):
        yield peer.name, lab.loopback(asbr)
    for one in labelled_across(lab, asbr):
        own, far = one.seen_from(asbr)
        yield far.node, own.address.ip


def _at(lab: Lab, facts: Facts, asbr: str) -> Iterator[WrongLabel]:
    try:
        swapped = {entry.in_label for entry in facts.of(asbr, LFIB)}
    except CouldNotLook:
        return
    for label, prefixes in _given(lab, facts, asbr).items():
        if len(prefixes) > 1 or label not in swapped:
            yield WrongLabel(asbr, label, tuple(sorted(prefixes, key=str)))


def _given(lab: Lab, facts: Facts, asbr: str) -> dict[Label, set[Network]]:
    """By label of an ASBR, the routes that others have with it."""
    given: dict[Label, set[Network]] = {}
    for node, next_hop in _told_by(lab, asbr):
        try:
            routes = facts.of(node, ROUTES)
        except CouldNotLook:
            continue
        for route in routes:
            if route.vrf == DEFAULT_VRF and route.protocol == BGP:
                for hop in route.hops:
                    if hop.gateway == next_hop and hop.labels and hop.labels[0] != IMPLICIT_NULL:
                        given.setdefault(hop.labels[0], set()).add(route.prefix)
    return given
