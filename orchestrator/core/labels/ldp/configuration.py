"""What LDP configures on a provider's node: the core interfaces, and labels for loopbacks alone.

All other that a node gets for LDP: see the docstring of `core/labels/ldp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.core.fragment import ConfigFragment, interface_order
from orchestrator.core.labels.ldp.authentication import password_lines
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.timer_values import STANDARD

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


def configuration(lab: Lab, node: str) -> ConfigFragment:
    """The block `mpls ldp`."""
    provider, own = lab.provider_of(node), lab.router_id(node)
    timers = provider.timers
    values = (
        (f" discovery hello holdtime {timers.ldp_hold}", timers.ldp_hold != STANDARD.ldp_hold),
        (f" discovery hello interval {timers.ldp_hello}", timers.ldp_hello != STANDARD.ldp_hello),
        (
            f" wait-for-sync {timers.ldp_sync_wait}",
            provider.ldp_sync and timers.ldp_sync_wait != STANDARD.ldp_sync_wait,
        ),
    )
    core = sorted(lab.interfaces_of(node, InterfaceKind.CORE), key=interface_order)
    return ConfigFragment(
        blocks=(
            (
                "mpls ldp",
                f" router-id {own}",
                *(line for line, is_own in values if is_own),
                *password_lines(lab, node),
                " !",
                " address-family ipv4",
                f"  discovery transport-address {own}",
                # Only loopbacks are BGP next hops, so only they need LSPs; it keeps the management subnet
                # out of LDP too.
                "  label local allocate host-routes",
                *(("  label local advertise explicit-null",) if provider.explicit_null else ()),
                "  !",
                *(line for one in core for line in (f"  interface {one.name}", "  exit", "  !")),
                " exit-address-family",
                " !",
                "exit",
            ),
        )
    )
