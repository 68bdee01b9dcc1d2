"""LDP's labels beside those of segment routing: bound and switched as ever, and pushed by nobody."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from orchestrator.core.igp.ids import loopback_id
from orchestrator.core.labels.ldp.bindings import bound_by, learnt_from
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import on_the_wire, stack
from orchestrator.verification.kit.wording import exactly, hint_command
from parsers.ldp import LDP_BINDINGS
from parsers.zebra import LFIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers.values import Label

_LDP: Final = "LDP"  # as `show mpls table` has it


def standby_check(lab: EffectiveLab, node: str, sessions: tuple[CheckId, ...]) -> Check:
    """That the LFIB of a node has LDP's labels, all of them and as they were bound."""
    hops = {far.node for other in lab.core_of(node) for _, far in lab.equal_cost_hops(node, other)}
    return Check(
        CheckId(Layer.LDP, "labels", node),
        "switches LDP's labels too, though packets have those of segment routing",
        partial(judge_standby, lab=lab, node=node),
        (Query(node, LFIB), *(Query(one, LDP_BINDINGS) for one in (node, *sorted(hops)))),
        after=(*sessions, *(loopback_id(node, other) for other in lab.core_of(node))),
        why="Where a node has no SID for a loopback it pushes LDP's label, and its neighbours must switch "
        "it: that is what a migration from one to the other, or back, stands on.",
        hint=hint_command(lab.lab, node, LFIB.text),
    )


def judge_standby(facts: Facts, *, lab: EffectiveLab, node: str) -> Judgement:
    """Each label that the node has bound to a loopback is switched to those that its next hops have bound."""
    seen = [
        f"{one.in_label} -> {one.nexthop or one.interface} {_sent(*one.out_labels)}"
        for one in facts.of(node, LFIB)
        if one.protocol == _LDP
    ]
    return exactly(dict.fromkeys(_wanted(facts, lab, node)), dict.fromkeys(seen), nothing="no label by LDP")


def _wanted(facts: Facts, lab: EffectiveLab, node: str) -> Iterator[str]:
    for egress in lab.core_of(node):
        fec = IPv4Network(lab.lab.loopback(egress))
        for _, far in lab.equal_cost_hops(node, egress):
            own, sent = bound_by(facts, node, fec), bound_by(facts, far.node, fec)
            learnt = learnt_from(facts, node, lab.lab.loopback(far.node), fec)
            if own is None or sent is None:
                yield f"a label for {egress} -> {far.address.ip}"
            elif learnt != {sent}:
                yield f"{own} -> {far.address.ip} {_sent(sent)}, which {node} has not learnt"
            else:
                yield f"{own} -> {far.address.ip} {_sent(sent)}"


def _sent(*labels: Label) -> str:
    sent = stack(on_the_wire(labels))
    return "pop" if sent == "none" else sent
