"""What PE and CE have agreed on where they speak BGP."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from orchestrator.model.pece import PeCe
from orchestrator.routing.routes import BGP

if TYPE_CHECKING:
    from orchestrator.model.timer_values import Timers


class OwnAs(StrEnum):
    """What becomes of a route whose AS path holds the site's own AS number, as another site's does.

    A BGP speaker drops it as a loop (RFC 4271 9.1.2); sites that share an AS number need one of the two ways.
    """

    AS_OVERRIDE = "as-override"  # the PE puts the provider's AS number in its place
    ALLOWAS_IN = "allowas-in"  # the CE takes it all the same, once


@dataclass(frozen=True, slots=True)
class Bgp(PeCe):
    """eBGP between PE and CE (RFC 4364 7).

    Attributes:
        asn: the customer's AS number at this attachment.
        own_as: how routes of sites with the same AS number are taken; None where they are dropped.
        transit: the site carries other sites' traffic. A hub does for one provider, which takes routes back
            that have been in its AS before (allowas-in on the PE); a site at two providers joins them.
        backup: the attachment is used only while the site has no other, in both directions.
        password: of the TCP session (RFC 2385); None for none.
        keepalive: seconds; None for the provider's. The two ends need not agree: a session takes the smaller
            hold time of the two (RFC 4271 4.2).
        hold: seconds; None for the provider's.
    """

    name: ClassVar[str] = BGP
    title: ClassVar[str] = "BGP"
    interval_keys: ClassVar[tuple[str, str] | None] = ("keepalive", "hold")
    hellos_in_hold: ClassVar[int] = 3  # RFC 4271 10; bgpd lowers the keepalive interval by itself

    asn: int
    own_as: OwnAs | None = None
    transit: bool = False
    backup: bool = False
    password: str | None = field(default=None, repr=False)
    keepalive: int | None = None
    hold: int | None = None

    @property
    def summary(self) -> str:
        """With the customer's AS number."""
        return f"{self.title} AS {self.asn}"

    def intervals(self, usual: Timers) -> tuple[int, int]:
        """Keepalive interval and hold time, where the provider's timers are `usual`."""
        return self.keepalive or usual.bgp_keepalive, self.hold or usual.bgp_hold

    def patience(self, usual: Timers) -> float:
        """A session that is gone on one side only is kept until its hold time, and tried again later."""
        return (self.hold or usual.bgp_hold) + usual.bgp_connect + usual.bgp_advertisement_interval

    @property
    def own_as_dropped(self) -> int | None:
        """Its own, unless one of the two ways lets it in."""
        return self.asn if self.own_as is None else None

    @property
    def is_transit(self) -> bool:
        """Whether the site carries other sites' traffic."""
        return self.transit
