"""Whether an exercise can be done by who has vtysh of the routers, and nothing of their Linux."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.faults.injections import CeMisconfigured
from orchestrator.protocols.registry import speaker_configuration
from orchestrator.render.plumbing import plumbing
from orchestrator.training.breaking import PortMisconfigured
from orchestrator.training.variant import stages, variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.training.breaking import Change
    from orchestrator.training.exercise import Exercise


def beyond_vtysh(lab: Lab, exercise: Exercise) -> str:
    """The first node whose Linux or EIGRP speaker has to be set with some seed; "" for none."""
    known = stages(lab)
    for variant in variants(lab, exercise):
        for node in _nodes(lab, variant.changes):
            return node
        begin, end = known[variant.begin], known[variant.end]
        for node in _differing(begin, end, [one.name for one in begin.nodes]):
            return node
    return ""


def _nodes(lab: Lab, changes: Iterable[Change]) -> Iterator[str]:
    for one in changes:
        if isinstance(one, PortMisconfigured):
            yield one.node
        elif isinstance(one, CeMisconfigured):
            yield from _differing(lab, one.wanted(lab), sorted(one.needs_push))


def _differing(lab: Lab, other: Lab, nodes: Iterable[str]) -> Iterator[str]:
    if lab is other:
        return
    for node in nodes:
        here, there = ((str(plumbing(one, node)), speaker_configuration(one, node)) for one in (lab, other))
        if here != there:
            yield node
