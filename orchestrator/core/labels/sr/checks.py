"""Segment routing: what each node advertises, and the labels of every node, which follow from the intent."""

from __future__ import annotations

from functools import cache, partial
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from orchestrator.core.igp.costs import cost_ids
from orchestrator.core.igp.ids import interfaces_id, loopback_id
from orchestrator.core.igp.registry import igp_of
from orchestrator.core.labels.ids import carried_by, label_speakers, lfib_id, synchronised
from orchestrator.core.labels.paths import Labels, lfib_check
from orchestrator.core.labels.sr.predicted import objection, switched
from orchestrator.model.label_protocols import LDP, SR
from orchestrator.model.segment_routing import LOCAL_BLOCK, LabelBlock, segment_of
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import on_the_wire, stack
from orchestrator.verification.kit.wording import equal, exactly, hint_command, listed
from parsers.zebra import LFIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.segment_routing import NodeSegment
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command
    from parsers.segment_routing import PrefixSid, SegmentNode
    from parsers.values import Label
    from parsers.zebra import LfibEntry

_VPN: Final = "BGP"
_OF_LDP: Final = "LDP"  # as `show mpls table` has it


@cache
def sid_id(node: str) -> CheckId:
    """The check of what a node advertises of segment routing."""
    return CheckId(Layer.SR, "sid", node)


@cache
def labels_id(node: str) -> CheckId:
    """The check of all labels of the core that a node switches."""
    return CheckId(Layer.SR, "labels", node)


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """SIDs and LFIBs of the provider's nodes, and the LSPs between its edges."""
    nodes = label_speakers(lab, SR)
    for node in nodes:
        yield _sid(lab, node)
    for node in nodes:
        yield lfib_check(lab, node)
    for node in nodes:
        yield _labels(lab, node)
    labels = Labels(
        carried_by(lab, SR),
        objection,
        (),
        lambda path: tuple(map(labels_id, path)),
        partial(synchronised, lab),
        "configured there",
    )
    yield from labels.lsp_checks(lab)


def _sid(lab: EffectiveLab, node: str) -> Check:
    igp = igp_of(lab.lab, node)
    return Check(
        sid_id(node),
        "advertises its SRGB, and the prefix SID of its loopback",
        partial(
            judge_sid,
            segment=segment_of(lab.lab, node),
            loopback=IPv4Network(lab.lab.loopback(node)),
            command=igp.segments,
        ),
        (Query(node, igp.segments),),
        after=(interfaces_id(node),),
        why="All others compute their labels for this node from its index, and the labels that they send it "
        "from its SRGB (RFC 8660 2); a node without SIDs is a hole in every LSP over it.",
        hint=hint_command(lab.lab, node, igp.segments.text),
    )


def _labels(lab: EffectiveLab, node: str) -> Check:
    others = lab.core_of(node)
    return Check(
        labels_id(node),
        "switches exactly the labels that the SRGBs and indexes make",
        partial(judge_labels, lab=lab, node=node),
        (Query(node, LFIB),),
        after=(
            *map(sid_id, (node, *others)),
            *(one for other in others for one in (loopback_id(node, other), loopback_id(other, node))),
            lfib_id(lab, node),
            *cost_ids(lab, node),
        ),
        why="A label is the first of the SRGB plus the index of the egress, and popped at the hop before it "
        "(PHP); any other leads elsewhere, or nowhere.",
        hint=hint_command(lab.lab, node, LFIB.text),
    )


def judge_sid(
    facts: Facts,
    *,
    segment: NodeSegment,
    loopback: IPv4Network,
    command: Command[tuple[SegmentNode, ...]],
) -> Judgement:
    """In the node's own database it has one SRGB and one prefix SID, and these are the intent's."""
    seen = [_advertised(one) for one in facts.of(segment.node, command) if one.own]
    wanted = f"SRGB {segment.srgb}, {loopback} index {segment.index}"
    return equal(wanted, listed(seen, "segment routing is off"))


def _advertised(node: SegmentNode) -> str:
    if node.srgb is None and not node.sids:
        return "no SRGB and no prefix SID"
    srgb = "no SRGB" if node.srgb is None else f"SRGB {LabelBlock(*node.srgb)}"
    return f"{srgb}, {listed(map(_prefix_sid, node.sids), 'no prefix SID')}"


def _prefix_sid(sid: PrefixSid) -> str:
    """PHP is what FRR asks for; that a node asks for anything else is worth a word."""
    words = [one for one in sid.flags.split() if one not in {"NODE", "PHP"}]
    return " ".join((str(sid.prefix), "label" if sid.absolute else "index", str(sid.index), *words))


def judge_labels(facts: Facts, *, lab: EffectiveLab, node: str) -> Judgement:
    """The LFIB holds the label of each loopback, an adjacency SID of each link, VPN labels, and no other.

    Where LDP runs too its labels are beside them, which is that layer's to prove.
    """
    wanted = [f"{label} -> {far.address.ip} {_out(out)}" for label, far, out in switched(lab, node)]
    wanted += [f"adjacency -> {far.address.ip} pop" for _, far in lab.core_links_of(node)]
    others = {_VPN, _OF_LDP} if LDP in lab.lab.provider_of(node).labels else {_VPN}
    seen = dict.fromkeys(_entry(one) for one in facts.of(node, LFIB) if one.protocol not in others)
    return exactly(dict.fromkeys(wanted), seen, nothing="no label of the core")


def _entry(one: LfibEntry) -> str:
    """With who made it, where that is not segment routing."""
    where = one.nexthop or one.interface
    by = "" if one.protocol.startswith("SR ") else f" by {one.protocol}"
    if not by and one.in_label.value in LOCAL_BLOCK:
        return f"adjacency -> {where} {_out(*one.out_labels)}"
    return f"{one.in_label} -> {where} {_out(*one.out_labels)}{by}"


def _out(*labels: Label) -> str:
    sent = stack(on_the_wire(labels))
    return "pop" if sent == "none" else sent
