"""The names of checks that whatever label protocol must have, and the layer of the proof that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.label_protocols import LDP, SR
from orchestrator.model.memory import remembered
from orchestrator.verification.kit.check_id import CheckId, Layer, OnPort, Toward

if TYPE_CHECKING:
    from orchestrator.model.lab import Interface
    from orchestrator.routing.effective_lab import EffectiveLab

_LAYERS: Final = {LDP: Layer.LDP, SR: Layer.SR}


@remembered
def label_layer(lab: EffectiveLab, node: str) -> Layer:
    """Where the LSPs of a node's provider are proven: with the label protocol that packets have labels of."""
    return _LAYERS[lab.lab.provider_of(node).transport]


def label_speakers(lab: EffectiveLab, labels: str) -> tuple[str, ...]:
    """The nodes of the providers that have chosen a label protocol, alone or beside another."""
    return tuple(one.name for one in lab.provider_nodes if labels in lab.lab.provider_of(one.name).labels)


def carried_by(lab: EffectiveLab, labels: str) -> tuple[str, ...]:
    """The nodes of the providers whose packets have the labels of this protocol."""
    return tuple(one.name for one in lab.provider_nodes if lab.lab.provider_of(one.name).transport == labels)


def sync_id(own: Interface) -> CheckId:
    """The check that the IGP has waited for LDP on a core interface, and waits no more."""
    return CheckId(Layer.LDP, "igp-sync", own.node, (OnPort(own.name),))


def synchronised(lab: EffectiveLab, own: Interface) -> tuple[CheckId, ...]:
    """That check where the IGP waits for LDP: until then it keeps traffic off the link."""
    return (sync_id(own),) if lab.lab.provider_of(own.node).ldp_sync else ()


@remembered
def lfib_id(lab: EffectiveLab, node: str) -> CheckId:
    """The check that FRR's and the kernel's LFIB agree."""
    return CheckId(label_layer(lab, node), "lfib", node)


@remembered
def lsp_id(lab: EffectiveLab, ingress: str, egress: str) -> CheckId:
    """The check of the label switched path from one PE (or route reflector) to another."""
    return CheckId(label_layer(lab, ingress), "lsp", ingress, (Toward(egress),))
