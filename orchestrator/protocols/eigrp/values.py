"""What PE and CE have agreed on where they speak EIGRP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from orchestrator.model.pece import PeCe

if TYPE_CHECKING:
    from orchestrator.model.lab import Backdoor
    from orchestrator.model.metric import LinkMetric
    from orchestrator.model.timer_values import Timers


@dataclass(frozen=True, slots=True)
class Md5Key:
    """A key that packets are signed with (keyed MD5); both ends must have the same.

    Attributes:
        number: sent along, so that the receiver knows which key is meant.
        secret: not sent; up to 16 characters.
    """

    number: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Eigrp(PeCe):
    """EIGRP between PE and CE (RFC 7868, with classic metrics).

    Attributes:
        asn: the autonomous system; it is EIGRP's own and has nothing to do with BGP's.
        link: the metric of the PE-CE link, from both ends.
        k: the weights K1 to K5 of the composite metric.
        hello: seconds between hellos; None: as the provider's timers say.
        hold: seconds until a silent neighbour is dead; None: as the provider's timers say.
        key: what packets on the PE-CE link are signed with, if they are.
    """

    name: ClassVar[str] = "eigrp"
    title: ClassVar[str] = "EIGRP"
    is_igp: ClassVar[bool] = True
    marks_sites: ClassVar[bool] = True
    interval_keys: ClassVar[tuple[str, str] | None] = ("hello", "hold")

    asn: int
    link: LinkMetric
    k: tuple[int, int, int, int, int] = (1, 0, 1, 0, 0)
    hello: int | None = None
    hold: int | None = None
    key: Md5Key | None = None

    @property
    def summary(self) -> str:
        """With EIGRP's own AS number."""
        return f"{self.title} AS {self.asn}"

    @property
    def weight(self) -> str:
        """Bandwidth and delay, of which the metric is made."""
        return _weight(self.link)

    def weight_of(self, backdoor: Backdoor) -> str:
        """Bandwidth and delay, too."""
        return _weight(backdoor.link)

    def intervals(self, usual: Timers) -> tuple[int, int]:
        """Hello interval and hold time, where the provider's timers are `usual`."""
        return self.hello or usual.eigrp_hello, self.hold or usual.eigrp_hold


def _weight(link: LinkMetric) -> str:
    return f"{link.bandwidth / 1000:g} Mbit/s {link.delay * 10} µs"
