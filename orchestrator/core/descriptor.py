"""What the program has to know of a protocol of the provider's inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.core.fragment import ConfigFragment
    from orchestrator.model.lab import Lab
    from orchestrator.model.timer_values import Timers
    from orchestrator.model.topology import Role
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Check


@dataclass(frozen=True, kw_only=True)
class CoreProtocol:
    """An IGP, a label protocol, or MP-BGP.

    Attributes:
        name: as `vpn.yml` and FRR call it.
        daemon: FRR's; "" where it is part of another protocol's.
        roles: the nodes that run it.
        configuration: its lines on a node.
        checks: that it runs on exactly the core's links, between exactly its nodes, and what comes of it.
        patience: seconds for which it may look the same while it still converges.
    """

    name: str
    daemon: str
    roles: frozenset[Role]
    configuration: Callable[[Lab, str], ConfigFragment]
    checks: Callable[[EffectiveLab], Iterator[Check]]
    patience: Callable[[Timers], float]
