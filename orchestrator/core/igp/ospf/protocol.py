"""All that the program knows of OSPF as the core's IGP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.igp.descriptor import Igp
from orchestrator.core.igp.ospf.checks import checks
from orchestrator.core.igp.ospf.configuration import configuration
from orchestrator.core.igp.ospf.lines import LOOPBACK_COST, NAME, TITLE
from orchestrator.model.topology import Role
from parsers.ospf import OSPF_SYNC
from parsers.segment_routing import OSPF_SEGMENTS

if TYPE_CHECKING:
    from orchestrator.model.timer_values import Timers


def _patience(timers: Timers) -> float:
    """A neighbour that is gone is given up after the dead interval; a lost update is sent again."""
    return timers.ospf_dead + timers.ospf_retransmit


OSPF: Final = Igp(
    name=NAME,
    title=TITLE,
    loopback_cost=LOOPBACK_COST,
    daemon="ospfd",
    roles=frozenset({Role.P, Role.PE, Role.RR}),
    configuration=configuration,
    checks=checks,
    patience=_patience,
    ldp_sync=OSPF_SYNC,
    segments=OSPF_SEGMENTS,
)
