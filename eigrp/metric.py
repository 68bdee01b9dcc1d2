"""Classic metrics: the vector that travels, the composite that is compared, and the order of distances.

A vector holds *scaled* delay and bandwidth, as on the wire (RFC 7868 section 5.6.1): delay is
256 x tens of microseconds, bandwidth is 256 x 10^7 / kbit/s. With the usual weights the composite is their
sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

INFINITE_DELAY: Final = 0xFFFFFFFF
"""The delay that says "unreachable" (RFC 7868 section 5.6.1)."""

MAX_COMPOSITE: Final = 0xFFFFFFFE
_SCALE: Final = 256
_REFERENCE_KBPS: Final = 10_000_000
_BYTE: Final = 255
_MAX_HOPS: Final = 100

Distance: TypeAlias = tuple[int, int]
"""How far a destination is: (0 internal or 1 external, composite metric).

Internal routes win over external ones whatever their metric, so the mark comes first. The order is total and
each hop makes a distance larger, which is all that the loop-freedom of DUAL asks of it.
"""

INFINITY: Final[Distance] = (2, 0xFFFFFFFF)
"""Farther than any reachable destination."""

HERE: Final[Distance] = (-1, 0)
"""Nearer than any: what a destination of this very router "reports"."""


@dataclass(frozen=True, slots=True)
class KValues:
    """The weights of the composite metric (RFC 7868 section 5.5); neighbours must agree on them."""

    k1: int = 1
    k2: int = 0
    k3: int = 1
    k4: int = 0
    k5: int = 0
    k6: int = 0

    @property
    def classic(self) -> tuple[int, int, int, int, int]:
        """The five that classic metrics use and that must match; K6 belongs to wide metrics."""
        return (self.k1, self.k2, self.k3, self.k4, self.k5)

    def __str__(self) -> str:
        return " ".join(str(k) for k in self.classic)


GOODBYE: Final = KValues(255, 255, 255, 255, 255, 255)
"""Weights in a hello that say "I am going"."""


@dataclass(frozen=True, slots=True)
class VectorMetric:
    """The vector of a route. Delay and bandwidth are scaled, MTU in bytes, the rest as on the wire."""

    delay: int
    bandwidth: int
    mtu: int = 1500
    hop_count: int = 0
    reliability: int = _BYTE
    load: int = 1
    tag: int = 0
    flags: int = 0

    @property
    def reachable(self) -> bool:
        """Whether it leads anywhere."""
        return self.delay != INFINITE_DELAY and self.hop_count <= _MAX_HOPS

    def across(self, link: VectorMetric) -> VectorMetric:
        """This vector as seen from the far end of a link (RFC 7868 section 5.6.1)."""
        return replace(
            self,
            delay=min(self.delay + link.delay, INFINITE_DELAY),
            bandwidth=max(self.bandwidth, link.bandwidth),
            mtu=min(self.mtu, link.mtu),
            hop_count=min(self.hop_count + 1, _BYTE),
            reliability=min(self.reliability, link.reliability),
            load=max(self.load, link.load),
        )


UNREACHABLE: Final = VectorMetric(delay=INFINITE_DELAY, bandwidth=0, mtu=0, reliability=0, load=0)
"""The vector of a withdrawn route."""


def scaled_delay(tens_of_microseconds: int) -> int:
    """Delay as configured on an interface, as it travels."""
    return min(tens_of_microseconds * _SCALE, INFINITE_DELAY - 1)


def scaled_bandwidth(kbps: int) -> int:
    """Bandwidth as configured on an interface (kbit/s, at least 1), as it travels."""
    return (_REFERENCE_KBPS // max(kbps, 1)) * _SCALE


def link_metric(kbps: int, tens_of_microseconds: int, mtu: int) -> VectorMetric:
    """What an interface adds to a route."""
    return VectorMetric(scaled_delay(tens_of_microseconds), scaled_bandwidth(kbps), mtu)


def composite(vector: VectorMetric, k: KValues) -> int:
    """The number that routes are compared by (RFC 7868 section 5.6.1); at most `MAX_COMPOSITE`."""
    total = k.k1 * vector.bandwidth + k.k3 * vector.delay
    total += (k.k2 * vector.bandwidth) // (_SCALE - vector.load)
    if k.k5:
        total = total * k.k5 // max(k.k4 + vector.reliability, 1)
    return min(total, MAX_COMPOSITE)


def vector_of_composite(metric: int, kbps: int, mtu: int = 1500) -> VectorMetric:
    """The vector whose composite, with the usual weights, is `metric`: bandwidth as given, the rest delay.

    So a metric that BGP carried as MED becomes a route of the same distance again. A metric below what that
    bandwidth alone costs comes from faster links: it gets the smallest delay there is, and is bandwidth else.
    """
    bandwidth = min(scaled_bandwidth(kbps), max(metric - 1, 0))
    return VectorMetric(min(max(metric - bandwidth, 1), INFINITE_DELAY - 1), bandwidth, mtu)
