"""Labels that ldpd did not hand on are told from those that nobody advertised, or that nobody uses."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from orchestrator.model.topology import Endpoint
from orchestrator.verification.kit.facts import CouldNotLook, Facts
from orchestrator.verification.lost_labels import LostLabels, lost_label_queries, lost_labels
from parsers.kernel import KERNEL_LFIB
from parsers.ldp import LDP_BINDINGS
from parsers.zebra import LFIB, ROUTES

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from tests.unit.verification.scene import Scene

P2 = Endpoint("p2", "eth1")


def _without_labels(facts: Facts, lab: Lab) -> Facts:
    """pe1 has a route to pe2, and no label for it."""
    routes = tuple(
        replace(route, hops=tuple(replace(hop, labels=()) for hop in route.hops))
        if str(route.prefix) == f"{lab.loopback('pe2')}/32"
        else route
        for route in facts.of("pe1", ROUTES)
    )
    return facts.updated({("pe1", ROUTES.text): routes})


def _without_lfib(facts: Facts, lab: Lab) -> Facts:
    """p2, the last hop before pe2, does not know the label under which it receives packets for pe2."""
    (bound,) = {
        one.local_label
        for one in facts.of("p2", LDP_BINDINGS)
        if str(one.prefix) == f"{lab.loopback('pe2')}/32"
    }
    kept = tuple(entry for entry in facts.of("p2", LFIB) if entry.in_label != bound)
    assert len(kept) < len(facts.of("p2", LFIB))
    return facts.updated({("p2", LFIB.text): kept})


def test_it_asks_the_nodes_of_the_core(lab: Lab) -> None:
    nodes = {str(query).partition(":")[0] for query in lost_label_queries(lab)}
    assert nodes == {"pe1", "p1", "p2", "pe2"}


def test_nothing_is_lost_on_a_converged_lab(lab: Lab, scene: Scene) -> None:
    assert lost_labels(lab, scene.facts) == ()


def test_a_label_in_use_that_the_route_lacks_is_lost(lab: Lab, scene: Scene) -> None:
    assert lost_labels(lab, _without_labels(scene.facts, lab)) == (LostLabels("pe1", lab.loopback("p1")),)


def test_a_label_to_be_popped_that_the_lfib_lacks_is_lost(lab: Lab, scene: Scene) -> None:
    assert lost_labels(lab, _without_lfib(scene.facts, lab)) == (LostLabels("p2", lab.loopback("pe2")),)


def test_a_label_that_is_not_in_use_is_not_lost(lab: Lab, scene: Scene) -> None:
    facts = _without_labels(scene.facts, lab)
    bindings = tuple(replace(one, in_use=False) for one in facts.of("pe1", LDP_BINDINGS))
    assert lost_labels(lab, facts.updated({("pe1", LDP_BINDINGS.text): bindings})) == ()


def test_a_way_that_the_kernel_keeps_and_zebra_has_forgotten_is_lost(lab: Lab, scene: Scene) -> None:
    """Whatever else zebra has of that label is withdrawn, and goes with it."""
    entry = next(one for one in scene.facts.of("p1", LFIB) if one.nexthop == lab.interface(P2).address.ip)
    routes = tuple(
        replace(one, hops=(*one.hops, replace(one.hops[0], gateway=IPv4Address("10.0.0.0"), device="eth1")))
        if one.in_label == entry.in_label
        else one
        for one in scene.facts.of("p1", KERNEL_LFIB)
    )
    facts = scene.facts.updated({("p1", KERNEL_LFIB.text): routes})
    assert lost_labels(lab, facts) == (LostLabels("p1", lab.loopback("p2"), entry.in_label),)


def test_a_node_that_does_not_answer_says_nothing(lab: Lab, scene: Scene) -> None:
    facts = scene.facts.updated({("pe1", ROUTES.text): CouldNotLook("silence")})
    assert lost_labels(lab, facts) == ()
