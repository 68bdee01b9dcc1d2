"""OSPF in the lines that FRR prints, alike in the core and on PE-CE links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.core.bfd import watched
from orchestrator.model.timer_values import STANDARD

if TYPE_CHECKING:
    from orchestrator.model.bfd import Bfd
    from orchestrator.model.timer_values import Timers
from dataclasses import field
from enum import StrEnum

NAME: Final = "ospf"
"""As zebra calls it."""
TITLE: Final = "OSPF"
LOOPBACK_COST: Final = 0
"""Of a loopback, whatever speed it shows (RFC 2328 12.4.1)."""
WAITING: Final = 0xFFFF
"""The cost of a link that waits for its labels (RFC 6987 2, RFC 5443)."""


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


def interface_lines(  # noqa: PLR0913 -- all but the first two have a default that fits
    area: int,
    timers: Timers,
    *,
    cost: int | None = None,
    bfd: Bfd | None = None,
    network: NetworkType = NetworkType.POINT_TO_POINT,
    authentication: Authentication | None = None,
) -> tuple[str, ...]:
    """An OSPF interface, as far as it is not FRR's default."""
    usual = (timers.ospf_hello, timers.ospf_dead) == (STANDARD.ospf_hello, STANDARD.ospf_dead)
    kind, password, digest = _authentication_lines(authentication)
    wanted = (
        (f" ip ospf area {area}", True),
        (kind, bool(kind)),
        (password, bool(password)),
        *((line, True) for line in watched(bfd, " ip ospf bfd")),
        (f" ip ospf cost {cost}", cost is not None),
        # Where none is given FRR takes four hellos for it.
        (f" ip ospf dead-interval {timers.ospf_dead}", not usual),
        (f" ip ospf hello-interval {timers.ospf_hello}", timers.ospf_hello != STANDARD.ospf_hello),
        (digest, bool(digest)),
        # The other is what FRR takes for such a link by itself; 8.4 does not print it, 10.3 does.
        (" ip ospf network point-to-point", network is NetworkType.POINT_TO_POINT),
        (
            f" ip ospf retransmit-interval {timers.ospf_retransmit}",
            timers.ospf_retransmit != STANDARD.ospf_retransmit,
        ),
    )
    return tuple(line for line, is_wanted in wanted if is_wanted)


def _authentication_lines(authentication: Authentication | None) -> tuple[str, str, str]:
    """Its kind, a password in plain text, the key of a message digest; empty where there is none."""
    if authentication is None:
        return "", "", ""
    if authentication.key_id is None:
        return " ip ospf authentication", f" ip ospf authentication-key {authentication.key}", ""
    digest = f" ip ospf message-digest-key {authentication.key_id} md5 {authentication.key}"
    return " ip ospf authentication message-digest", "", digest


def throttle_lines(timers: Timers) -> tuple[str, ...]:
    """Lines of `router ospf` without which quick timers are wasted.

    FRR's own are 5 s between two versions of one LSA and up to 5 s between two SPFs.
    """
    if timers.ospf_hello >= STANDARD.ospf_hello:
        return ()
    return (" timers throttle spf 0 50 500", " timers throttle lsa all 100", " timers lsa min-arrival 50")
