"""Routes in packets that fit a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eigrp.tlv import RouteTlv, SiteTlv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_IP_AND_EIGRP_HEADERS: Final = 40
_AUTHENTICATION: Final = 40
_LARGEST_ROUTE_TLV: Final = 49
_LARGEST_SITE_TLV: Final = 21


def packed(mtu: int, routes: Sequence[RouteTlv], *, sites: bool) -> Iterator[tuple[RouteTlv | SiteTlv, ...]]:
    """What each packet carries: routes and, but for eigrpd, their sites of origin."""
    room = max(mtu, 576) - _IP_AND_EIGRP_HEADERS - _AUTHENTICATION
    origins = {tlv.prefix: tlv.route.site for tlv in routes if tlv.route.site and sites}
    size = room // (_LARGEST_ROUTE_TLV + (_LARGEST_SITE_TLV if origins else 0))
    for at in range(0, len(routes), size):
        some = routes[at : at + size]
        marks = (SiteTlv(tlv.prefix, origins[tlv.prefix]) for tlv in some if tlv.prefix in origins)
        yield (*some, *marks)
