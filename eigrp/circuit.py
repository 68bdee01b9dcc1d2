"""An interface in use: its link, its settings, and the neighbours met on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from eigrp.metric import VectorMetric
    from eigrp.settings import InterfaceSettings, Link
    from eigrp.transport import Neighbor


@dataclass(slots=True)
class Circuit:
    """An interface that takes part and is up."""

    link: Link
    settings: InterfaceSettings
    next_hello: float
    neighbors: dict[IPv4Address, Neighbor] = field(default_factory=dict)

    @property
    def metric(self) -> VectorMetric:
        """What it adds to a route."""
        return self.settings.metric(self.link.mtu)

    def near(self, source: IPv4Address) -> IPv4Address | None:
        """Our address in the subnet of that one."""
        return next((own.ip for own in self.link.addresses if source in own.network), None)
