"""How long a silent node is waited for: so many seconds after any node of the fleet was last heard.

A busy machine is slow for all of its nodes, one after another. As long as any of them answers, the others
may yet. Once none does, the machine is asked whether it has work left; if not, silence means what it says.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_AT_MOST: Final = 6
"""So many times as long, not a word is waited for on a machine that is at work: it may be so for ever."""
_STILL_IDLE: Final = 3.0  # seconds after which an idle machine is asked again


def _unknown() -> bool:
    return False


@dataclass(slots=True)
class Pulse:
    """When any node of a fleet was last heard, by `time.monotonic`. For several threads at once.

    Attributes:
        at_work: whether the machine with the nodes has work to do; takes a second or more.
        heard: when a node was last heard.
        last: when one was, or the machine was last seen at work.
        ended: nobody waits any more.
    """

    at_work: Callable[[], bool] = _unknown
    heard: float = -math.inf
    last: float = -math.inf
    ended: bool = False
    _idle: float = -math.inf  # when the machine was last seen with nothing to do
    _asking: Lock = field(default_factory=Lock)

    def beat(self) -> None:
        """A node has been heard."""
        self.heard = self.last = time.monotonic()

    def deadline(self, within: float) -> Deadline:
        """So many seconds from now, or from when a node is heard, if that is later."""
        return Deadline(self, time.monotonic(), within)

    def asks(self, deadline: Deadline) -> bool:
        """Whether it is worth while to wait on although a deadline is over; one thread asks for all."""
        with self._asking:
            if deadline.left > 0:  # another thread has found out
                return True
            silent = time.monotonic() - max(deadline.begun, self.heard)
            if silent <= _AT_MOST * deadline.within and self._sees_work():
                self.last = time.monotonic()
            return deadline.left > 0  # a node may have been heard meanwhile

    def sees_work(self) -> bool:
        """Whether the machine is at work; one that was idle a moment ago is not asked again."""
        with self._asking:
            return self._sees_work()

    def _sees_work(self) -> bool:
        if self.ended or time.monotonic() - self._idle < _STILL_IDLE:
            return False
        if self.at_work():
            return True
        self._idle = time.monotonic()
        return False


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of waiting, which moves on as long as nodes of the fleet are heard or their machine is at work.

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
        """Whether nobody has been heard for so long, and the machine has nothing left to do."""
        return self.left <= 0 and not self.pulse.asks(self)
