"""EIGRP's classic metric: vectors and the composite of them (RFC 7868 5.6.1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from orchestrator.model.metric import FAST_ETHERNET
from orchestrator.routing.routes import PathAttributes, Route

if TYPE_CHECKING:
    from orchestrator.model.metric import LinkMetric


@dataclass(frozen=True, slots=True)
class EigrpMetric:
    """What an EIGRP route has gathered on its way, scaled as in a packet (RFC 7868 5.6.1).

    Attributes:
        bandwidth: 256 times 10^7 by the least bandwidth of the way in kbit/s: more is slower.
        delay: of the whole way, 256 times tens of microseconds.
        external: it came into EIGRP from elsewhere.
        tagged: a PE brought it in from another protocol, so that no PE exports it (the VPN Route Tag).
    """

    bandwidth: int
    delay: int
    external: bool = False
    tagged: bool = False


@dataclass(frozen=True, slots=True)
class EigrpAttributes(PathAttributes):
    """What an EIGRP route carries: its MED is the composite metric, and this is what that is made of."""

    vector: EigrpMetric = field(kw_only=True)


def vector_of(route: Route) -> EigrpMetric | None:
    """What an EIGRP route's metric is made of; None for a route of another protocol."""
    return route.attributes.vector if isinstance(route.attributes, EigrpAttributes) else None


_SCALE: Final = 256  # of delay and bandwidth in a packet (RFC 7868 5.6.1)
_REFERENCE: Final = 10_000_000  # kbit/s
_LOAD, _RELIABILITY = 1, 255  # what an idle and sound interface has


def composite(vector: EigrpMetric, k: tuple[int, int, int, int, int]) -> int:
    """The number that routes are compared by (RFC 7868 5.6.1)."""
    k1, k2, k3, k4, k5 = k
    total = k1 * vector.bandwidth + k2 * vector.bandwidth // (_SCALE - _LOAD) + k3 * vector.delay
    return total * k5 // (k4 + _RELIABILITY) if k5 else total


def own_vector(link: LinkMetric) -> EigrpMetric:
    """The vector of a subnet at the router that is connected to it."""
    return EigrpMetric(_REFERENCE // link.bandwidth * _SCALE, link.delay * _SCALE)


def across(vector: EigrpMetric, link: LinkMetric) -> EigrpMetric:
    """A vector as seen from the far end of a link."""
    own = own_vector(link)
    return replace(vector, bandwidth=max(vector.bandwidth, own.bandwidth), delay=vector.delay + own.delay)


def rebuilt(metric: int, *, external: bool) -> EigrpMetric:
    """What a PE makes of a MED: a route of that metric, the bandwidth Fast Ethernet's, the rest delay.

    A metric that is less than that bandwidth alone comes from faster links: it is bandwidth but for the least
    delay there is.
    """
    bandwidth = min(own_vector(FAST_ETHERNET).bandwidth, metric - 1)
    return EigrpMetric(bandwidth, metric - bandwidth, external=external)
