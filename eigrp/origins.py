"""What a router itself brings into EIGRP: subnets of its interfaces, and routes of other protocols."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from eigrp.metric import VectorMetric, vector_of_composite
from eigrp.tlv import External, Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Address, IPv4Network

    from eigrp.settings import Redistribution

_DEFAULT_KBPS: Final = 100_000
_DEFAULT: Final = VectorMetric(2560, 25600)
_EXTERNAL_FLAG: Final = 1
SOURCES: Final = {"connected": 11, "static": 3, "kernel": 0, "rip": 4, "ospf": 6, "bgp": 9}
"""Sources of redistribution, the first of two winning, and their numbers in external routes."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A route of another protocol, as zebra has it."""

    metric: int
    tag: int


@dataclass(slots=True)
class Origins:
    """Destinations of this router, by where they come from; an interface's own subnet wins over all else."""

    subnets: dict[IPv4Network, dict[str, VectorMetric]] = field(default_factory=dict)
    offers: dict[IPv4Network, dict[str, Offer]] = field(default_factory=dict)

    def put_subnet(self, interface: str, prefix: IPv4Network, metric: VectorMetric) -> None:
        """An interface that takes part has this subnet."""
        self.subnets.setdefault(prefix, {})[interface] = metric

    def drop_interface(self, interface: str) -> Iterator[IPv4Network]:
        """An interface takes part no longer; the destinations that this concerns."""
        for prefix, by_interface in list(self.subnets.items()):
            if by_interface.pop(interface, None) is not None:
                if not by_interface:
                    del self.subnets[prefix]
                yield prefix

    def put_offer(self, source: str, prefix: IPv4Network, offer: Offer | None) -> None:
        """Another protocol has this route (None: no longer)."""
        by_source = self.offers.setdefault(prefix, {})
        if offer is None:
            by_source.pop(source, None)
        else:
            by_source[source] = offer
        if not by_source:
            del self.offers[prefix]

    def drop_source(self, source: str) -> Iterator[IPv4Network]:
        """A protocol's routes are no longer known; the destinations that this concerns."""
        for prefix in [prefix for prefix, offers in self.offers.items() if source in offers]:
            self.put_offer(source, prefix, None)
            yield prefix

    def route(
        self, prefix: IPv4Network, rules: Mapping[str, Redistribution], router: IPv4Address
    ) -> Route | None:
        """What this router announces of a destination by itself."""
        subnets = self.subnets.get(prefix)
        if subnets:
            return Route(min(subnets.values(), key=lambda metric: (metric.delay, metric.bandwidth)))
        offers = self.offers.get(prefix, {})
        for source, number in SOURCES.items():
            if source in offers and source in rules:
                return _redistributed(offers[source], rules[source], number, router)
        return None


def _redistributed(offer: Offer, rule: Redistribution, protocol: int, router: IPv4Address) -> Route:
    seed = _DEFAULT if offer.metric == 0 else vector_of_composite(offer.metric, _DEFAULT_KBPS)
    metric = rule.metric or seed
    if rule.internal:
        return Route(metric)
    tag = offer.tag if rule.tag is None else rule.tag
    return Route(metric, External(router, rule.asn, tag, offer.metric, protocol, _EXTERNAL_FLAG))
