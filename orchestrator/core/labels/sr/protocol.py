"""The descriptor of segment routing. Where all stands that a node gets: the docstring of `core/labels/sr`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.descriptor import CoreProtocol
from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.labels.sr.checks import checks
from orchestrator.model.label_protocols import SR
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.model.timer_values import Timers

_SPREAD: Final = 5.0  # seconds until an LSA or LSP that was lost is sent again


def _patience(timers: Timers) -> float:
    """SIDs come with the IGP, which has its own patience; here it is what a change of theirs takes."""
    return _SPREAD + timers.ospf_retransmit


def _nothing(lab: Lab, node: str) -> ConfigFragment:
    """The IGP has all of it in its own block."""
    del lab, node
    return ConfigFragment()


SEGMENT_ROUTING: Final = CoreProtocol(
    name=SR,
    daemon="",
    roles=frozenset({Role.P, Role.PE, Role.RR}),
    configuration=_nothing,
    checks=checks,
    patience=_patience,
)
