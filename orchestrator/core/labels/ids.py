"""The names of checks that whatever label protocol must have."""

from __future__ import annotations

from functools import cache

from orchestrator.verification.kit.check_id import CheckId, Layer, Toward


@cache
def lfib_id(node: str) -> CheckId:
    """The check that FRR's and the kernel's LFIB agree."""
    return CheckId(Layer.LDP, "lfib", node)


@cache
def lsp_id(ingress: str, egress: str) -> CheckId:
    """The check of the label switched path from one PE (or route reflector) to another."""
    return CheckId(Layer.LDP, "lsp", ingress, (Toward(egress),))
