"""The names of checks that whatever label protocol must have, and the layer of the proof that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.memory import remembered
from orchestrator.model.segment_routing import SR
from orchestrator.verification.kit.check_id import CheckId, Layer, Toward

if TYPE_CHECKING:
    from orchestrator.routing.effective_lab import EffectiveLab

LDP: Final = "ldp"
"""As `vpn.yml` calls it among the label protocols."""
_LAYERS: Final = {LDP: Layer.LDP, SR: Layer.SR}


@remembered
def label_layer(lab: EffectiveLab, node: str) -> Layer:
    """Where the label protocol of a node's provider is proven."""
    return _LAYERS[lab.lab.provider_of(node).labels]


def label_speakers(lab: EffectiveLab, labels: str) -> tuple[str, ...]:
    """The nodes of the providers that have chosen a label protocol."""
    return tuple(one.name for one in lab.provider_nodes if lab.lab.provider_of(one.name).labels == labels)


@remembered
def lfib_id(lab: EffectiveLab, node: str) -> CheckId:
    """The check that FRR's and the kernel's LFIB agree."""
    return CheckId(label_layer(lab, node), "lfib", node)


@remembered
def lsp_id(lab: EffectiveLab, ingress: str, egress: str) -> CheckId:
    """The check of the label switched path from one PE (or route reflector) to another."""
    return CheckId(label_layer(lab, ingress), "lsp", ingress, (Toward(egress),))
