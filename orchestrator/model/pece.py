"""PE-CE protocols: what a customer site and its PE have agreed to speak, one small value each."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from orchestrator.model.bfd import Bfd
    from orchestrator.model.lab import Timers


class OwnAs(StrEnum):
    """What becomes of a route whose AS path holds the site's own AS number, as another site's does.

    A BGP speaker drops it as a loop (RFC 4271 9.1.2); sites that share an AS number need one of the two ways.
    """

    AS_OVERRIDE = "as-override"  # the PE puts the provider's AS number in its place
    ALLOWAS_IN = "allowas-in"  # the CE takes it all the same, once


class NetworkType(StrEnum):
    """How OSPF takes a link (RFC 2328 9): with a designated router or without."""

    POINT_TO_POINT = "point-to-point"
    BROADCAST = "broadcast"


@dataclass(frozen=True, slots=True)
class Authentication:
    """What OSPF packets on a link carry to be believed (RFC 2328 D).

    Attributes:
        key: known to both ends, and shown by nothing here.
        key_id: of a message digest (MD5); None for a password in plain text.
    """

    key: str = field(repr=False)
    key_id: int | None = None


@dataclass(frozen=True, slots=True)
class Bgp:
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
        bfd: tells both ends that the other is gone; None where the hold time alone does.
    """

    asn: int
    own_as: OwnAs | None = None
    transit: bool = False
    backup: bool = False
    password: str | None = field(default=None, repr=False)
    keepalive: int | None = None
    hold: int | None = None
    bfd: Bfd | None = None

    def intervals(self, usual: Timers) -> tuple[int, int]:
        """Keepalive interval and hold time, where the provider's timers are `usual`."""
        return self.keepalive or usual.bgp_keepalive, self.hold or usual.bgp_hold


@dataclass(frozen=True, slots=True)
class Static:
    """Static routes on both sides: the PE's for the site's prefixes, the CE's for the rest of the VPN.

    Attributes:
        default: the CE has one default route, rather than a route for each prefix of the VPN.
    """

    default: bool = True


@dataclass(frozen=True, slots=True)
class Ospf:
    """OSPF between PE and CE (RFC 4577).

    Attributes:
        area: the area of the PE-CE link and of the site's prefixes.
        cost: of the PE-CE link, from both ends.
        hello: seconds between hellos; None for the provider's.
        dead: seconds without one after which a neighbour is gone; None for the provider's.
        network: how OSPF takes the link.
        authentication: None for none.
        bfd: tells both ends that the other is gone; None where the dead interval alone does.
    """

    area: int
    cost: int
    hello: int | None = None
    dead: int | None = None
    network: NetworkType = NetworkType.POINT_TO_POINT
    authentication: Authentication | None = None
    bfd: Bfd | None = None

    def intervals(self, usual: Timers) -> tuple[int, int]:
        """Hello and dead interval, where the provider's timers are `usual`.

        Where only the hello interval is given the dead interval is four of it, as in FRR.
        """
        if self.hello is None:
            return usual.ospf_hello, self.dead or usual.ospf_dead
        return self.hello, self.dead or 4 * self.hello


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
class EigrpLink:
    """What an EIGRP link adds to a route's metric (RFC 7868 5.5): nothing of it limits traffic.

    Attributes:
        bandwidth: kbit/s.
        delay: tens of microseconds, as it is configured everywhere.
    """

    bandwidth: int
    delay: int


@dataclass(frozen=True, slots=True)
class Eigrp:
    """EIGRP between PE and CE (RFC 7868, with classic metrics).

    Attributes:
        asn: the autonomous system; it is EIGRP's own and has nothing to do with BGP's.
        link: the metric of the PE-CE link, from both ends.
        k: the weights K1 to K5 of the composite metric.
        hello: seconds between hellos; None: as the provider's timers say.
        hold: seconds until a silent neighbour is dead; None: as the provider's timers say.
        key: what packets on the PE-CE link are signed with, if they are.
    """

    asn: int
    link: EigrpLink
    k: tuple[int, int, int, int, int] = (1, 0, 1, 0, 0)
    hello: int | None = None
    hold: int | None = None
    key: Md5Key | None = None

    def intervals(self, usual: Timers) -> tuple[int, int]:
        """Hello interval and hold time, where the provider's timers are `usual`."""
        return self.hello or usual.eigrp_hello, self.hold or usual.eigrp_hold


PeCe: TypeAlias = Bgp | Eigrp | Ospf | Static
