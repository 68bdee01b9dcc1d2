"""What IS-IS configures on a provider's node: the loopback, every core link, and the process.

`mpls ldp-sync` is LDP's part in it, and so is segment routing: see the docstrings in `core/labels`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.igp.isis.lines import INSTANCE, USUAL_MTU, instance_lines, interface_lines, net
from orchestrator.core.igp.segments import segment_lines
from orchestrator.model.lab import InterfaceKind

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


def configuration(lab: Lab, node: str) -> ConfigFragment:
    """Interfaces and the block `router isis`."""
    provider = lab.provider_of(node)
    loopback = (f" ip router isis {INSTANCE}", " isis passive")
    mtus = (one.mtu for name in provider.nodes for one in lab.interfaces_of(name, InterfaceKind.CORE))
    return ConfigFragment(
        interfaces={one.name: loopback for one in lab.interfaces_of(node, InterfaceKind.LOOPBACK)}
        | {
            one.name: interface_lines(provider.timers, provider.bfd, one.cost)
            for one in lab.interfaces_of(node, InterfaceKind.CORE)
        },
        blocks=(
            (
                f"router isis {INSTANCE}",
                " is-type level-2-only",
                f" net {net(lab.loopback(node))}",
                *instance_lines(provider.timers, min(mtus, default=USUAL_MTU)),
                *((" mpls ldp-sync",) if provider.ldp_sync else ()),
                *segment_lines(lab, node),
                "exit",
            ),
        ),
    )
