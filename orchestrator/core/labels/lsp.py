"""Following a label switched path hop by hop through RIB, LFIB and kernel, whoever gave the labels."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.model.memory import remembered
from orchestrator.verification.kit.tables import MAIN_TABLE, in_kernel, on_the_wire, selected, stack
from parsers import DEFAULT_VRF
from parsers.kernel import KERNEL_LFIB
from parsers.values import EXPLICIT_NULL, IMPLICIT_NULL
from parsers.zebra import LFIB

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers.kernel import KernelMplsRoute
    from parsers.values import Label
    from parsers.zebra import LfibEntry


@dataclass(frozen=True, slots=True)
class LabelInUse:
    """The label that a node sends to a neighbour for the loopback of an egress, implicit null included."""

    node: str
    neighbor: str
    egress: str
    label: Label


Objection: TypeAlias = "Callable[[EffectiveLab, Facts, LabelInUse], str]"
"""What a label protocol says against a label in use; "" if it is what the neighbour takes for that egress."""


@dataclass(frozen=True, slots=True)
class Trace:
    """An LSP as it was found: one step a node, and what is wrong with it (empty if nothing)."""

    steps: tuple[str, ...]
    fault: str = ""

    @property
    def text(self) -> str:
        """The whole path in one line."""
        return " > ".join(self.steps) + (f" > broken: {self.fault}" if self.fault else "")


class _Broken(Exception):  # noqa: N818 -- the path is
    def __init__(self, steps: tuple[str, ...], fault: str) -> None:
        super().__init__(fault)
        self.steps = steps


@dataclass(frozen=True, slots=True)
class _Walk:
    """Where one LSP is followed: towards which FEC, over whose facts, and who judges its labels."""

    lab: EffectiveLab
    facts: Facts
    egress: str
    fec: IPv4Network
    objection: Objection

    def owner(self, steps: tuple[str, ...], gateway: object) -> str:
        """The node that has an address."""
        owner = _owners(self.lab).get(gateway)
        if owner is None:
            raise _Broken(steps, f"next hop {gateway} is no node of the lab")
        return owner

    def must_fit(self, steps: tuple[str, ...], neighbor: str, label: Label) -> None:
        """The label in use must be what the neighbour takes for the egress."""
        node = steps[-1].split(" ", 1)[0]
        if said := self.objection(self.lab, self.facts, LabelInUse(node, neighbor, self.egress, label)):
            raise _Broken(steps, said)
        null = EXPLICIT_NULL if self.lab.lab.provider_of(neighbor).explicit_null else IMPLICIT_NULL
        if neighbor == self.egress and label != null:
            raise _Broken(steps, f"{neighbor} asks for {label}, where {null} is meant for its own loopback")


@remembered
def _owners(lab: EffectiveLab) -> Mapping[object, str]:
    """The node that has each address outside VRFs."""
    return {one.address.ip: one.node for one in reversed(lab.lab.interfaces) if not one.vrf}


def _in_label(entry: LfibEntry | KernelMplsRoute) -> Label:
    return entry.in_label


def expected_lsp(lab: EffectiveLab, ingress: str, egress: str) -> str:
    """What the LSP should look like, in words."""
    transit = len(lab.path(ingress, egress)) - 2
    if lab.lab.provider_of(egress).explicit_null:
        swaps = f", {transit} swap{'s' if transit > 1 else ''}" if transit else ""
        return f"push at {ingress}{swaps}, explicit null on the link to {egress}"
    if transit == 0:
        return f"{ingress} sends without a transport label (implicit null of its neighbour {egress})"
    swaps = f"{transit - 1} swap{'s' if transit > 2 else ''}, " if transit > 1 else ""  # noqa: PLR2004 -- a plural
    return f"push at {ingress}, {swaps}pop at the hop before {egress} (PHP)"


def trace(lab: EffectiveLab, facts: Facts, ingress: str, egress: str, objection: Objection) -> Trace:
    """Follow the LSP for the egress' loopback over every equal-cost next hop; the last one's steps are kept.

    Raises:
        CouldNotLook: a node on the way did not answer.
    """
    walk = _Walk(lab, facts, egress, IPv4Network(lab.lab.loopback(egress)), objection)
    try:
        return Trace(_push(walk, ingress))
    except _Broken as broken:
        return Trace(broken.steps, str(broken))


def _push(walk: _Walk, ingress: str) -> tuple[str, ...]:
    route = selected(walk.facts, ingress, DEFAULT_VRF, walk.fec)
    hops = [hop for hop in route.hops if hop.fib] if route else []
    steps: tuple[str, ...] = ()
    if not hops:
        raise _Broken((ingress,), f"{ingress} has no route to {walk.fec}")
    for hop in hops:
        if len(hop.labels) != 1:
            raise _Broken((ingress,), f"{ingress} has no label for {walk.fec} via {hop.gateway}")
        label = hop.labels[0]
        _pushed_by_kernel(walk, ingress, hop.gateway, label)
        neighbor = walk.owner((ingress,), hop.gateway)
        walk.must_fit((ingress,), neighbor, label)
        if label == IMPLICIT_NULL:
            step = (f"{ingress} sends unlabelled",)
            steps = _arrive(walk, step, neighbor)
        else:
            steps = _follow(walk, (f"{ingress} push {label}",), (ingress,), neighbor, label)
    return steps


def _pushed_by_kernel(walk: _Walk, ingress: str, gateway: object, label: Label) -> None:
    route = in_kernel(walk.facts, ingress, MAIN_TABLE, walk.fec)
    hops = [hop for hop in route.hops if hop.gateway == gateway] if route else []
    wanted = on_the_wire((label,))
    if not any(hop.labels == wanted for hop in hops):
        seen = f"pushes {stack(hops[0].labels)}" if hops else "has no such route"
        raise _Broken((ingress,), f"FRR pushes {stack(wanted)} at {ingress}, its kernel {seen}")


def _follow(
    walk: _Walk, steps: tuple[str, ...], seen: tuple[str, ...], node: str, label: Label
) -> tuple[str, ...]:
    """From the arrival of a labelled packet at `node` to the egress."""
    if node in seen:
        raise _Broken(steps, f"loop: back at {node}")
    if node == walk.egress and label == EXPLICIT_NULL:
        return (*steps, node)
    if node == walk.egress:
        raise _Broken(steps, f"label {label} reaches {node} itself: it was not popped before (no PHP)")
    entries = walk.facts.about(node, LFIB, _in_label, label)
    if not entries:
        raise _Broken((*steps, f"{node} drops {label}"), f"label {label} is not in the LFIB of {node}")
    ways = steps
    for entry in entries:
        if len(entry.out_labels) != 1 or entry.nexthop is None:
            raise _Broken(
                (*steps, f"{node} {label} -> {entry.interface or entry.nexthop}"),
                f"{node} neither swaps nor pops towards a next hop",
            )
        out = entry.out_labels[0]
        _switched_by_kernel(walk, (*steps, f"{node} {label}"), node, entry)
        neighbor = walk.owner((*steps, f"{node} {label}"), entry.nexthop)
        verb = f"{node} pop {label}" if out == IMPLICIT_NULL else f"{node} swap {label}->{out}"
        walk.must_fit((*steps, verb), neighbor, out)
        if out == IMPLICIT_NULL:
            ways = _arrive(walk, (*steps, verb), neighbor)
        else:
            ways = _follow(walk, (*steps, verb), (*seen, node), neighbor, out)
    return ways


def _switched_by_kernel(walk: _Walk, steps: tuple[str, ...], node: str, entry: LfibEntry) -> None:
    hops = [
        hop
        for one in walk.facts.about(node, KERNEL_LFIB, _in_label, entry.in_label)
        for hop in one.hops
        if hop.gateway == entry.nexthop
    ]
    wanted = on_the_wire(entry.out_labels)
    if not any(hop.labels == wanted for hop in hops):
        raise _Broken(
            steps,
            f"the kernel of {node} does not switch {entry.in_label} to {stack(wanted)} via {entry.nexthop}",
        )


def _arrive(walk: _Walk, steps: tuple[str, ...], node: str) -> tuple[str, ...]:
    """The transport label is gone: this must be the egress."""
    if node != walk.egress:
        raise _Broken((*steps, node), f"the label is popped before {node}, which is not {walk.egress}")
    return (*steps, f"{node}")
