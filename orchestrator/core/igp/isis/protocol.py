"""All that the program knows of IS-IS as the core's IGP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.igp.descriptor import Igp
from orchestrator.core.igp.isis.checks import checks
from orchestrator.core.igp.isis.configuration import configuration
from orchestrator.core.igp.isis.lines import METRIC, NAME, TITLE
from orchestrator.model.topology import Role
from parsers.isis import ISIS_SYNC
from parsers.segment_routing import ISIS_SEGMENTS

if TYPE_CHECKING:
    from orchestrator.model.timer_values import Timers

_AGAIN: Final = 5.0  # isisd sends an LSP that nobody acknowledged once more after so long


def _patience(timers: Timers) -> float:
    """A neighbour that is gone is given up after so many hellos; a lost LSP is sent again."""
    return timers.isis_hello * timers.isis_multiplier + _AGAIN


ISIS: Final = Igp(
    name=NAME,
    title=TITLE,
    loopback_cost=METRIC,
    daemon="isisd",
    roles=frozenset({Role.P, Role.PE, Role.RR}),
    configuration=configuration,
    checks=checks,
    patience=_patience,
    ldp_sync=ISIS_SYNC,
    segments=ISIS_SEGMENTS,
)
