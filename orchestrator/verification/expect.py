"""From the intent to everything that can be claimed about the running network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.registry import igp_checks, label_checks, mpbgp_checks
from orchestrator.model.memory import remembered
from orchestrator.model.state import HEALTHY, State
from orchestrator.protocols.registry import effective_lab
from orchestrator.verification.layers import data, hosts, kernel, link, pece, vpn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.model.lab import Lab
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Check

_LAYERS = (
    kernel.checks,
    link.checks,
    hosts.checks,
    igp_checks,
    label_checks,
    mpbgp_checks,
    pece.checks,
    vpn.checks,
    data.checks,
)


def expect(lab: Lab, state: State = HEALTHY) -> tuple[Check, ...]:
    """Every check of a lab, each behind those that it stands on.

    Pure: the same lab and state give the same checks with the same ids, in the same order.

    Args:
        lab: the intent, with all that is derived from it.
        state: what is down; nothing is claimed about what is, and what is left must make do without.
    """
    return _expected(effective_lab(lab, state))


@remembered
def _expected(lab: EffectiveLab) -> tuple[Check, ...]:
    return distinct(check for layer in _LAYERS for check in layer(lab))


def distinct(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks, if no two have one name.

    Raises:
        AssertionError: two have, so the verdict of one would be lost: a fault of this program.
    """
    known: dict[str, Check] = {}
    for check in checks:
        before = known.setdefault(str(check.id), check)
        if before is not check:
            raise AssertionError(f"two checks are named {check.id}: '{before.title}' and '{check.title}'")
    return tuple(known.values())
