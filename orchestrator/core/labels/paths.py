"""The checks of labels, whoever gave them: LFIBs, and the LSP between each two of the provider's edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.core.igp.costs import cost_ids
from orchestrator.core.igp.ids import loopback_id
from orchestrator.core.igp.registry import igp_of
from orchestrator.core.labels.ids import label_layer, lfib_id, lsp_id
from orchestrator.core.labels.lsp import expected_lsp, trace
from orchestrator.core.labels.shortest import shortest_path_checks
from orchestrator.model.topology import Role
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import on_the_wire, selected, stack
from orchestrator.verification.kit.wording import exactly, hint_command, listed
from orchestrator.verification.layers import kernel
from parsers import DEFAULT_VRF
from parsers.kernel import KERNEL_LFIB, KERNEL_ROUTES
from parsers.zebra import LFIB, ROUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from ipaddress import IPv4Address

    from orchestrator.core.labels.lsp import Objection
    from orchestrator.model.lab import Interface
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command


@dataclass(frozen=True, slots=True)
class Labels:
    """What the checks of LSPs have to know of a label protocol.

    Attributes:
        speakers: the nodes that run it.
        objection: what it says against a label in use.
        said: further commands whose answers that needs, of each node.
        below: the checks, beside routes and LFIBs, that an LSP over these nodes stands on.
        link: what else an equal-cost path stands on that begins with a link.
        why_unused: why the IGP may not use such a link.
    """

    speakers: tuple[str, ...]
    objection: Objection
    said: tuple[Command[object], ...]
    below: Callable[[tuple[str, ...]], tuple[CheckId, ...]]
    link: Callable[[Interface], tuple[CheckId, ...]]
    why_unused: str

    def lsp_checks(self, lab: EffectiveLab) -> Iterator[Check]:
        """The cheapest ways, the LSPs between the edges, and that all equal-cost paths are used.

        A route reflector is the end of an LSP too: the PEs' BGP packets to its loopback are labelled.
        """
        yield from shortest_path_checks(lab, self.speakers, self.link)
        edges = [one for one in self.speakers if lab.lab.node(one).role in {Role.PE, Role.RR}]
        for ingress in edges:
            queries = self._queries(lab, ingress)
            for egress in lab.core_of(ingress):
                if egress in edges:
                    yield self._lsp(lab, ingress, egress, queries)
                    yield from self._equal_cost(lab, ingress, egress)

    def _queries(self, lab: EffectiveLab, ingress: str) -> tuple[Query, ...]:
        """Any core node may be on the path that the IGP prefers."""
        return tuple(
            Query(node, command)
            for node in (ingress, *lab.core_of(ingress))
            for command in (ROUTES, LFIB, *self.said, KERNEL_LFIB, KERNEL_ROUTES)
        )

    def _lsp(self, lab: EffectiveLab, ingress: str, egress: str, queries: tuple[Query, ...]) -> Check:
        path = lab.path(ingress, egress)
        return Check(
            lsp_id(lab, ingress, egress),
            f"label switched path to {egress}",
            partial(judge_lsp, lab=lab, ingress=ingress, egress=egress, objection=self.objection),
            queries,
            after=(
                loopback_id(ingress, egress),
                loopback_id(egress, ingress),
                *self.below(path),
                *(lfib_id(lab, one) for one in path),
            ),
            why="VPN packets cross the core inside this LSP alone: one wrong label and they are dropped, or "
            "delivered to another customer.",
            hint=hint_command(lab.lab, ingress, "show mpls table"),
        )

    def _equal_cost(self, lab: EffectiveLab, ingress: str, egress: str) -> Iterator[Check]:
        hops, title = lab.equal_cost_hops(ingress, egress), igp_of(lab.lab, ingress).title
        if len(hops) > 1:
            yield Check(
                CheckId(label_layer(lab, ingress), "equal-cost", ingress, (Toward(egress),)),
                f"{len(hops)} equal-cost paths to {egress}, over {listed(far.node for _, far in hops)}",
                partial(judge_equal_cost, ingress=ingress, loopback=lab.lab.loopback(egress), hops=hops),
                (Query(ingress, ROUTES),),
                after=(
                    lsp_id(lab, ingress, egress),
                    *cost_ids(lab, ingress),
                    *(one for own, _ in hops for one in self.link(own)),
                ),
                why=f"An equal-cost path that is not used shares no load: {title} sees a higher cost there, "
                f"{self.why_unused}.",
                hint=hint_command(lab.lab, ingress, f"show ip route {lab.lab.loopback(egress)}"),
            )


def lfib_check(lab: EffectiveLab, node: str) -> Check:
    """That the kernel switches labels as FRR shows it."""
    return Check(
        lfib_id(lab, node),
        "the kernel forwards by the labels that FRR shows",
        partial(judge_lfib, node=node),
        (Query(node, LFIB), Query(node, KERNEL_LFIB)),
        after=(kernel.platform_labels_id(node),),
        why="Forwarding follows the kernel's LFIB; `show mpls table` only shows what zebra asked for.",
        hint=hint_command(lab.lab, node, KERNEL_LFIB.text),
    )


def judge_equal_cost(
    facts: Facts, *, ingress: str, loopback: IPv4Address, hops: tuple[tuple[Interface, Interface], ...]
) -> Judgement:
    """The route to a loopback has all next hops that are equally near, and forwards over all."""
    route = selected(facts, ingress, DEFAULT_VRF, IPv4Network(loopback))
    seen = [f"{hop.gateway} {hop.interface}" for hop in route.hops if hop.fib] if route else []
    return exactly((f"{far.address.ip} {own.name}" for own, far in hops), sorted(seen), nothing="no way")


def judge_lfib(facts: Facts, *, node: str) -> Judgement:
    """Each incoming label leads to the same next hops with the same outgoing labels in FRR and the kernel."""
    shown = [
        f"{one.in_label} -> {one.nexthop or one.interface} {stack(on_the_wire(one.out_labels))}"
        for one in facts.of(node, LFIB)
    ]
    installed = [
        f"{one.in_label} -> {hop.gateway or hop.device} {stack(on_the_wire(hop.labels))}"
        for one in facts.of(node, KERNEL_LFIB)
        for hop in one.hops
    ]
    return exactly(shown, installed, nothing="no label")


def judge_lsp(
    facts: Facts, *, lab: EffectiveLab, ingress: str, egress: str, objection: Objection
) -> Judgement:
    """Every path that the ingress may use is labelled all the way, and popped just before the egress."""
    walked = trace(lab, facts, ingress, egress, objection)
    return Judgement(not walked.fault, expected_lsp(lab, ingress, egress), walked.text, why=walked.fault)
