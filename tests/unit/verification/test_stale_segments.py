"""Labels that ospfd computed before it knew all are told from those that fit its routes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.verification.kit.facts import CouldNotLook, Facts
from orchestrator.verification.stale_segments import stale_segment_queries, stale_segments
from parsers.zebra import LFIB, ROUTES
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Scene
from tests.unit.verification.shipped import LABS, converged, shipped

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab

FOR_PE2 = 16102


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """The lab sr-core with OSPF."""
    for file in ("vpn.yml", "sr-core.clab.yml"):
        text = (LABS / "sr-core" / file).read_text(encoding="utf-8")
        (tmp_path / file).write_text(text.replace("igp: isis", "igp: ospf"), encoding="utf-8")
    return load_lab(tmp_path)


@pytest.fixture
def facts(lab: Lab) -> Facts:
    return Scene.of(lab, Converged(lab).says).facts


def test_nothing_is_stale_on_a_converged_lab(lab: Lab, facts: Facts) -> None:
    assert stale_segments(lab, facts) == ()
    assert {one.key[0] for one in stale_segment_queries(lab)} == {"pe1", "p1", "p2", "p3", "p4", "pe2"}


def test_isisd_sends_labels_with_its_routes() -> None:
    assert stale_segment_queries(shipped("sr-core")) == ()
    assert (
        stale_segments(shipped("sr-core"), Scene.of(shipped("sr-core"), converged("sr-core").says).facts)
        == ()
    )


def test_a_label_that_was_never_computed(lab: Lab, facts: Facts) -> None:
    kept = tuple(one for one in facts.of("p1", LFIB) if one.in_label.value != FOR_PE2)
    assert len(kept) < len(facts.of("p1", LFIB))
    assert stale_segments(lab, facts.updated({("p1", LFIB.text): kept})) == ("p1",)


def test_a_next_hop_of_an_earlier_spf(lab: Lab, facts: Facts) -> None:
    """p1 still has a way to pe2 by pe1, beside that by p2."""
    (entry,) = (one for one in facts.of("p1", LFIB) if one.in_label.value == FOR_PE2)
    pe1 = next(far.address.ip for _, far in lab.core_links_of("p1") if far.node == "pe1")
    more = (*facts.of("p1", LFIB), replace(entry, nexthop=pe1))
    assert stale_segments(lab, facts.updated({("p1", LFIB.text): more})) == ("p1",)


def test_what_ospf_has_no_route_to_needs_no_label(lab: Lab, facts: Facts) -> None:
    kept = tuple(one for one in facts.of("p1", LFIB) if one.in_label.value != FOR_PE2)
    gone = tuple(one for one in facts.of("p1", ROUTES) if str(one.prefix) != f"{lab.loopback('pe2')}/32")
    assert stale_segments(lab, facts.updated({("p1", LFIB.text): kept, ("p1", ROUTES.text): gone})) == ()


def test_a_node_that_could_not_be_looked_at_is_not_stale(lab: Lab, facts: Facts) -> None:
    assert stale_segments(lab, facts.updated({("p1", LFIB.text): CouldNotLook("no answer")})) == ()
