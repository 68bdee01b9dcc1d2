"""IS-IS in the lines that FRR prints, and the values that they have everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.bfd import watched
from orchestrator.model.timer_values import STANDARD

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from orchestrator.model.bfd import Bfd
    from orchestrator.model.timer_values import Timers

NAME: Final = "isis"
"""As zebra calls it."""
TITLE: Final = "IS-IS"
AREA: Final = "49.0001"
INSTANCE: Final = "core"
"""FRR's tag of the routing process: a name on this node only."""
METRIC: Final = 10
"""Of each interface, loopbacks too, unless somebody sets another (FRR's default)."""
WAITING: Final = 0xFFFFFE
"""The metric of a link that waits for its labels: the highest that is still used (RFC 5305 3, RFC 5443)."""

USUAL_MTU: Final = 1500
_LLC: Final = 3  # octets in front of a packet of IS-IS on Ethernet (ISO 10589 8.4.2)


def system_id(loopback: IPv4Address) -> str:
    """A node's system ID: its loopback in twelve digits, as people write it (`0102.5500.0004`)."""
    digits = "".join(f"{octet:03}" for octet in loopback.packed)
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def net(loopback: IPv4Address) -> str:
    """A node's network entity title."""
    return f"{AREA}.{system_id(loopback)}.00"


def interface_lines(timers: Timers, bfd: Bfd | None, cost: int | None) -> tuple[str, ...]:
    """A core interface, as far as it is not FRR's default."""
    wanted = (
        (f" ip router isis {INSTANCE}", True),
        *((line, True) for line in watched(bfd, " isis bfd")),
        (f" isis hello-interval {timers.isis_hello}", timers.isis_hello != STANDARD.isis_hello),
        (
            f" isis hello-multiplier {timers.isis_multiplier}",
            timers.isis_multiplier != STANDARD.isis_multiplier,
        ),
        (f" isis metric {cost}", cost not in {None, METRIC}),
        (" isis network point-to-point", True),
    )
    return tuple(line for line, is_wanted in wanted if is_wanted)


def instance_lines(timers: Timers, mtu: int) -> tuple[str, ...]:
    """Lines of `router isis` that depend on timers and on the smallest MTU of the core.

    FRR's own interval between two versions of one LSP is 30 s: with quick timers it would be all that one
    waits for. An LSP must fit through every link of the area, and FRR does not run on an interface that its
    LSPs (1497 octets) do not fit through.
    """
    wanted = (
        (f" lsp-mtu {mtu - _LLC}", mtu < USUAL_MTU),
        (
            " lsp-timers gen-interval 1 refresh-interval 900 max-lifetime 1200",
            timers.isis_hello < STANDARD.isis_hello,
        ),
    )
    return tuple(line for line, is_wanted in wanted if is_wanted)
