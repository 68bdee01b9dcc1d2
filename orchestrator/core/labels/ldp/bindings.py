"""Whether a label in use is the one that LDP bound to the egress' loopback (RFC 5036 3.4.1)."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.verification.kit.wording import listed
from parsers.ldp import LDP_BINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Address

    from orchestrator.core.labels.lsp import LabelInUse
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers.ldp import LdpBinding
    from parsers.values import Label


def objection(lab: EffectiveLab, facts: Facts, used: LabelInUse) -> str:
    """It must be what the next hop bound to the FEC: as received here and as it says itself.

    Raises:
        CouldNotLook: one of the two did not answer.
    """
    fec, lsr_id = IPv4Network(lab.lab.loopback(used.egress)), lab.lab.loopback(used.neighbor)
    learnt = learnt_from(facts, used.node, lsr_id, fec)
    sends = f"{used.node} uses label {used.label} towards {used.neighbor}"
    if learnt != {used.label}:
        return f"{sends}, LDP bound {_labels(learnt)}"
    bound = {one.local_label for one in _of(facts, used.neighbor, fec)}
    if bound != {used.label}:
        return f"{sends}, which has bound {_labels(bound)}"
    return ""


def bound_by(facts: Facts, node: str, fec: IPv4Network) -> Label | None:
    """The label that a node has bound to a FEC by itself; None where it has none.

    Raises:
        CouldNotLook: it did not answer.
    """
    return next((one.local_label for one in _of(facts, node, fec)), None)


def learnt_from(facts: Facts, node: str, lsr_id: IPv4Address, fec: IPv4Network) -> set[Label | None]:
    """The labels that a node has received for a FEC from a neighbour.

    Raises:
        CouldNotLook: it did not answer.
    """
    return {one.remote_label for one in _of(facts, node, fec) if one.peer == lsr_id}


def _of(facts: Facts, node: str, fec: IPv4Network) -> tuple[LdpBinding, ...]:
    return facts.about(node, LDP_BINDINGS, _prefix, fec)


def _prefix(binding: LdpBinding) -> IPv4Network:
    return binding.prefix


def _labels(labels: Iterable[Label | None]) -> str:
    return listed(sorted(label for label in labels if label is not None), "none")
