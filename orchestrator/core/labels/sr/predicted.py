"""The labels of a core with segment routing, from its intent alone (RFC 8660 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.segment_routing import segment_of
from parsers.values import IMPLICIT_NULL, Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.core.labels.lsp import LabelInUse
    from orchestrator.model.lab import Interface, Lab
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


def label_at(lab: Lab, node: str, egress: str) -> Label:
    """What `node` takes for the loopback of `egress`: the first label of its own SRGB, plus the index."""
    return Label(segment_of(lab, node).srgb.first + segment_of(lab, egress).index)


def label_toward(lab: Lab, neighbor: str, egress: str) -> Label:
    """What is sent to a neighbour for it: the neighbour's label; none if it is the egress itself (PHP)."""
    return IMPLICIT_NULL if neighbor == egress else label_at(lab, neighbor, egress)


def switched(lab: EffectiveLab, node: str) -> Iterator[tuple[Label, Interface, Label]]:
    """The LFIB of a node: its label for each other loopback, the next hop's interface, the label sent."""
    for egress in lab.core_of(node):
        for _, far in lab.equal_cost_hops(node, egress):
            yield label_at(lab.lab, node, egress), far, label_toward(lab.lab, far.node, egress)


def objection(lab: EffectiveLab, facts: Facts, used: LabelInUse) -> str:
    """A label in use must be the one that the neighbour's SRGB and the egress' index make."""
    del facts
    wanted = label_toward(lab.lab, used.neighbor, used.egress)
    if used.label == wanted:
        return ""
    sends = f"{used.node} uses label {used.label} towards {used.neighbor}"
    index = segment_of(lab.lab, used.egress).index
    if wanted == IMPLICIT_NULL:
        return f"{sends}, which is {used.egress} itself: it should pop (PHP)"
    return (
        f"{sends}, whose label for index {index} is {wanted} (SRGB {segment_of(lab.lab, used.neighbor).srgb})"
    )
