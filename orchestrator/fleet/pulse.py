"""How long a silent node is waited for: so many seconds after any node of the fleet was last heard.

A busy machine is slow for all of its nodes, one after another. As long as any of them answers, the others
may yet; once none does, silence means what it says.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass


@dataclass(slots=True)
class Pulse:
    """When any node of a fleet was last heard, by `time.monotonic`. For several threads at once."""

    last: float = -math.inf

    def beat(self) -> None:
        """A node has been heard."""
        self.last = time.monotonic()

    def deadline(self, within: float) -> Deadline:
        """So many seconds from now, or from when a node is heard, if that is later."""
        return Deadline(self, time.monotonic(), within)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of waiting, which moves on as long as nodes of the fleet are heard.

    Attributes:
        pulse: that of the fleet.
        begun: when waiting began.
        within: seconds without a word from anybody.
    """

    pulse: Pulse
    begun: float
    within: float

    @property
    def left(self) -> float:
        """Seconds, not below 0."""
        return max(0.0, max(self.begun, self.pulse.last) + self.within - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether nobody has been heard for so long."""
        return self.left <= 0
