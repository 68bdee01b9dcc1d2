"""What OSPF configures on a provider's node: area 0 on the loopback and on every core link.

`mpls ldp-sync` is LDP's part in it, and so is segment routing, which needs opaque LSAs (RFC 5250) and the
router information LSA (RFC 7770): see the docstrings in `core/labels`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.igp.ospf.lines import interface_lines, throttle_lines
from orchestrator.core.igp.segments import runs_segment_routing, segment_lines
from orchestrator.model.lab import InterfaceKind

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


def configuration(lab: Lab, node: str) -> ConfigFragment:
    """Interfaces and the block `router ospf`."""
    provider = lab.provider_of(node)
    segments = runs_segment_routing(lab, node)
    loopbacks = lab.interfaces_of(node, InterfaceKind.LOOPBACK)
    return ConfigFragment(
        interfaces={one.name: (" ip ospf area 0",) for one in loopbacks}
        | {
            one.name: interface_lines(0, provider.timers, cost=one.cost, bfd=provider.bfd)
            for one in lab.interfaces_of(node, InterfaceKind.CORE)
        },
        blocks=(
            (
                "router ospf",
                f" ospf router-id {lab.router_id(node)}",
                *throttle_lines(provider.timers),
                *((" mpls ldp-sync",) if provider.ldp_sync else ()),
                *((" capability opaque",) if segments else ()),
                *segment_lines(lab, node),
                *((" router-info area",) if segments else ()),
                "exit",
            ),
        ),
    )
