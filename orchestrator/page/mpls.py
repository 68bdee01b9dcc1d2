"""The labels that packets have on each link and at each PE, by the kernels' tables."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.model.topology import Endpoint, Role
from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.kit.tables import MAIN_TABLE, in_kernel, stack
from parsers.kernel import KERNEL_LFIB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.evidence.judge import Case


@dataclass(frozen=True, slots=True)
class Labels:
    """What a map shows of labels.

    Attributes:
        sent: by the interface that packets leave, towards which PE and with which label.
        taken: by PE, of which VRF and by which label its packets come.
    """

    sent: Mapping[Endpoint, tuple[str, ...]]
    taken: Mapping[str, tuple[str, ...]]


def labels(case: Case) -> Labels:
    """Those that the nodes had; a node that did not answer has none."""
    sent: dict[Endpoint, list[str]] = {}
    taken: dict[str, list[str]] = {}
    for node in case.lab.nodes:
        if node.role.in_provider:
            try:
                for end, words in _sent(case, node.name):
                    sent.setdefault(end, []).append(words)
                taken[node.name] = list(_taken(case, node.name))
            except CouldNotLook:
                continue
    return Labels(
        {end: tuple(words) for end, words in sent.items()},
        {node: tuple(words) for node, words in taken.items() if words},
    )


def _sent(case: Case, node: str) -> Iterator[tuple[Endpoint, str]]:
    """The transport labels to the PEs; the hop before a PE pops (PHP, RFC 3031 3.16)."""
    for other in case.lab.nodes:
        if other.role is not Role.PE or other.name == node:
            continue
        route = in_kernel(case.facts, node, MAIN_TABLE, IPv4Network(case.lab.loopback(other.name)))
        for hop in route.hops if route else ():
            if hop.device:
                label = stack(hop.labels) if hop.labels else "pop"
                yield Endpoint(node, hop.device), f"{other.name} {label}"


def _taken(case: Case, node: str) -> Iterator[str]:
    """The VPN labels that it gave: what comes with one is looked up in the table of a VRF."""
    vrfs = {one.name for one in case.lab.vrfs_of(node)}
    for entry in case.facts.of(node, KERNEL_LFIB):
        for hop in entry.hops:
            if hop.device in vrfs:
                yield f"{hop.device} {entry.in_label}"
