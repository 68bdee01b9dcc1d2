"""All that the program knows of MP-BGP between the provider's edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.descriptor import CoreProtocol
from orchestrator.core.mpbgp.checks import checks
from orchestrator.core.mpbgp.configuration import configuration
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from orchestrator.model.timer_values import Timers


def _patience(timers: Timers) -> float:
    """A session that is gone on one side only is kept until its hold time, and tried again later."""
    return timers.bgp_hold + timers.bgp_connect + timers.bgp_advertisement_interval


MP_BGP: Final = CoreProtocol(
    name="mp-bgp",
    daemon="bgpd",
    roles=frozenset({Role.PE, Role.RR}),
    configuration=configuration,
    checks=checks,
    patience=_patience,
)
