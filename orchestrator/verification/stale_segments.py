"""Detecting labels that ospfd computed before it knew all, and has not looked at since.

ospfd computes the labels of prefix SIDs after each SPF (`ospf_sr_update_task`, ospf_sr.c, FRR 10.3), with
what it knows then of its neighbours: whose address a next hop is stands in extended link LSAs, and their SRGB
in router information LSAs, which come after the router LSAs that an SPF begins with. Where one of them is the
last to come no SPF follows: the LFIB keeps next hops of an earlier SPF, or lacks the label. Another SPF cures
it.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.core.igp.ospf.lines import NAME
from orchestrator.core.igp.segments import runs_segment_routing
from orchestrator.core.labels.sr.predicted import label_at, label_toward
from orchestrator.verification.kit.facts import CouldNotLook, Query
from orchestrator.verification.kit.tables import selected
from parsers import DEFAULT_VRF
from parsers.zebra import LFIB, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.facts import Facts


def stale_segment_queries(lab: Lab) -> tuple[Query, ...]:
    """What `stale_segments` reads."""
    return tuple(Query(node, command) for node in _computing(lab) for command in (ROUTES, LFIB))


def stale_segments(lab: Lab, facts: Facts) -> tuple[str, ...]:
    """The nodes whose LFIB has other next hops or labels for a loopback than their own routes and SRGBs make.

    A node that could not be looked at is none of them.
    """
    return tuple(node for node in _computing(lab) if _is_stale(lab, facts, node))


def _computing(lab: Lab) -> Iterator[str]:
    return (
        node
        for provider in lab.providers
        for node in provider.nodes
        if provider.igp == NAME and runs_segment_routing(lab, node) and lab.core_links_of(node)
    )


def _is_stale(lab: Lab, facts: Facts, node: str) -> bool:
    neighbors = {far.address.ip: far.node for _, far in lab.core_links_of(node)}
    try:
        for egress in lab.provider_of(node).nodes:
            route = selected(facts, node, DEFAULT_VRF, IPv4Network(lab.loopback(egress)))
            if egress == node or route is None or route.protocol != NAME:
                continue
            wanted = {
                (hop.gateway, (label_toward(lab, neighbors[hop.gateway], egress),))
                for hop in route.hops
                if hop.fib and hop.gateway in neighbors
            }
            label = label_at(lab, node, egress)
            if wanted != {
                (one.nexthop, one.out_labels) for one in facts.of(node, LFIB) if one.in_label == label
            }:
                return True
    except CouldNotLook:
        pass
    return False
