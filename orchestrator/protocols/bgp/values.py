"""What PE and CE have agreed on where they speak BGP."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final

from orchestrator.model.pece import PeCe
from orchestrator.routing.routes import BGP

if TYPE_CHECKING:
    from orchestrator.model.timer_values import Timers


class OwnAs(StrEnum):
    """What becomes of a route whose AS path holds the site's own AS number, as another site's does.

    A BGP speaker drops it as a loop (RFC 4271 9.1.2); sites that share an AS number need one of the two ways.
    """

    AS_OVERRIDE = "as-override"  # the PE puts the provider's AS number in its place
    ALLOWAS_IN = "allowas-in"  # the CE takes it all the same


class PrivateAs(StrEnum):
    """What a PE does with private AS numbers (RFC 6996) in the paths that it advertises to a CE."""

    ALL = "all"  # leaves them out
    REPLACE = "replace"  # puts the provider's in their place


_PRIVATE: Final = ((64512, 65534), (4200000000, 4294967294))


def is_private(asn: int) -> bool:
    """Whether an AS number is for private use (RFC 6996)."""
    return any(first <= asn <= last for first, last in _PRIVATE)


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
        own_as_times: how often its own AS number may stand in a path that an `allowas-in` CE takes.
        private_as: what the PE does with private AS numbers in the paths that it sends; None leaves them.
        local_as: the AS number that the provider shows to this site in place of its own (RFC 7705 3, with
            Replace Old AS in both directions), as after a merger.
        maximum_prefix: with more prefixes from the CE, the PE ends the session (RFC 4486, Cease 1).
        ttl_security: both ends take packets with TTL 255 alone (GTSM, RFC 5082).
        default_originate: the PE sends the site a default route, whatever the VRF has.
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
    own_as_times: int = 1
    private_as: PrivateAs | None = None
    local_as: int | None = None
    maximum_prefix: int | None = None
    ttl_security: bool = False
    default_originate: bool = False

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
    def rewrites_paths(self) -> bool:
        """Whether AS paths on the session are not as BGP makes them by itself."""
        return any((self.own_as, self.private_as, self.local_as))

    @property
    def is_transit(self) -> bool:
        """Whether the site carries other sites' traffic."""
        return self.transit
