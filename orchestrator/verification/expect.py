"""From the intent to everything that can be claimed about the running network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.core.registry import igp_checks, label_checks, mpbgp_checks
from orchestrator.model.family import Family
from orchestrator.model.memory import remembered
from orchestrator.model.state import HEALTHY, State
from orchestrator.protocols.registry import effective_lab, seen_by_ipv6
from orchestrator.verification.layers import data, hosts, ipv6, kernel, link, pece, vpn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from orchestrator.model.lab import Lab
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Check

Layer: TypeAlias = "Callable[[EffectiveLab], Iterator[Check]]"

_OF_CUSTOMERS: Final = (mpbgp_checks, pece.checks, vpn.checks, data.checks)
_LAYERS: Final[tuple[Layer, ...]] = (
    kernel.checks,
    link.checks,
    hosts.checks,
    igp_checks,
    label_checks,
    *_OF_CUSTOMERS,
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
    of_ipv6 = seen_by_ipv6(lab)
    return distinct(check for layer in _LAYERS for check in _of_both(layer, lab, of_ipv6))


def _of_both(layer: Layer, lab: EffectiveLab, of_ipv6: EffectiveLab | None) -> Iterator[Check]:
    """The checks of a layer; of what customers have also those of IPv6, by the same rules."""
    yield from layer(lab)
    if of_ipv6 is not None and layer is kernel.checks:
        yield from ipv6.checks(of_ipv6)
    for check in layer(of_ipv6) if of_ipv6 is not None and layer in _OF_CUSTOMERS else ():
        yield replace(
            check,
            id=check.id.of_family(Family.IPV6),
            after=tuple(one.of_family(Family.IPV6) for one in check.after),
        )


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
