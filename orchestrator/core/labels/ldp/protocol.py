"""The descriptor of LDP. Where all stands that a node gets for it: the docstring of `core/labels/ldp`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.descriptor import CoreProtocol
from orchestrator.core.labels.ldp.checks import checks
from orchestrator.core.labels.ldp.configuration import configuration
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from orchestrator.model.timer_values import Timers

_REFUSED: Final = 15.0  # ldpd tries a session that was refused again after so long (RFC 5036 2.5.3)


def _patience(timers: Timers) -> float:
    """A neighbour that is gone is given up after its hold time; then the IGP waits for the labels."""
    return max(timers.ldp_hold + timers.ldp_sync_wait, _REFUSED)


LDP: Final = CoreProtocol(
    name="ldp",
    daemon="ldpd",
    roles=frozenset({Role.P, Role.PE, Role.RR}),
    configuration=configuration,
    checks=checks,
    patience=_patience,
)
