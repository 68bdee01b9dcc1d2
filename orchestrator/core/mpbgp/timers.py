"""Timers of a BGP session, as FRR prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.timer_values import STANDARD

if TYPE_CHECKING:
    from orchestrator.model.family import IpAddress
    from orchestrator.model.timer_values import Timers


def timer_lines(address: IpAddress, timers: Timers) -> tuple[str, ...]:
    """Timers of a BGP neighbor, as far as they are not FRR's defaults."""
    lines = []
    if (timers.bgp_keepalive, timers.bgp_hold) != (STANDARD.bgp_keepalive, STANDARD.bgp_hold):
        lines.append(f" neighbor {address} timers {timers.bgp_keepalive} {timers.bgp_hold}")
    if timers.bgp_connect != STANDARD.bgp_connect:
        lines.append(f" neighbor {address} timers connect {timers.bgp_connect}")
    return tuple(lines)
