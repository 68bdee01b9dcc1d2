"""All that the program knows of OSPF as the core's IGP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.descriptor import CoreProtocol
from orchestrator.core.igp.ospf.checks import checks
from orchestrator.core.igp.ospf.configuration import configuration
from orchestrator.core.igp.ospf.lines import NAME
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from orchestrator.model.lab import Timers


def _patience(timers: Timers) -> float:
    """A neighbour that is gone is given up after the dead interval; a lost update is sent again."""
    return timers.ospf_dead + timers.ospf_retransmit


OSPF: Final = CoreProtocol(
    name=NAME,
    daemon="ospfd",
    roles=frozenset({Role.P, Role.PE, Role.RR}),
    configuration=configuration,
    checks=checks,
    patience=_patience,
)
