"""What `vpn.yml` says of a site that speaks RIP."""

from __future__ import annotations

from typing import Annotated, Final

from orchestrator.model.pece_intent import AttachmentIntent
from orchestrator.model.schema import whole
from orchestrator.protocols.rip.values import Rip

_LEAST: Final = 5  # what FRR takes
Interval = Annotated[int, whole("RIP interval in seconds", _LEAST, 0x7FFFFFFF)]


class RipIntent(AttachmentIntent):
    """RIP between CE and PE. The defaults are quick; 30, 180 and 120 are usual elsewhere (RFC 2453 3.8)."""

    update: Interval = 5
    timeout: Interval = 15
    garbage: Interval = 10
    metric: Annotated[int, whole("RIP metric", 1, 15)] = 1

    def agreed(self, *, shared_as: bool) -> Rip:  # noqa: ARG002 -- no AS number here
        """The timers, at both ends, and the metric that the PE gives."""
        return Rip(self.update, self.timeout, self.garbage, self.metric)
