"""What a link adds to the metric of a route, in protocols that reckon with its speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class LinkMetric:
    """What a link adds to the metric of a route in EIGRP (RFC 7868 5.5): nothing of it limits traffic.

    Attributes:
        bandwidth: kbit/s.
        delay: tens of microseconds, as it is configured everywhere.
    """

    bandwidth: int
    delay: int


FAST_ETHERNET: Final = LinkMetric(bandwidth=100_000, delay=10)
"""What a link adds by default."""
