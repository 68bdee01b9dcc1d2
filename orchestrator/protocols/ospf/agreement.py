"""What both ends of an OSPF link must be set to alike (RFC 2328 10.5), and what comes of a mismatch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.igp.ospf.lines import Authentication, NetworkType
from orchestrator.protocols.agreement import MTU, SUBNET, Agreement, End, Outcome, Setting
from orchestrator.protocols.ospf.links import link_timers
from orchestrator.protocols.ospf.values import Ospf

if TYPE_CHECKING:
    from orchestrator.model.lab import Attachment, Lab


def settings(
    area: str, network: str, timers: tuple[float, int], authentication: Setting
) -> tuple[Setting, ...]:
    """What the two ends of a link must be set to alike; `timers` are hello and dead interval in seconds."""
    hello, dead = timers
    return (
        Setting("area", area),
        Setting("network type", network),
        Setting("hello interval", f"{hello:g} s"),
        Setting("dead interval", f"{dead} s"),
        authentication,
    )


def area_of(number: int, shown: str) -> str:
    """An area with its type, as far as it is not a normal one."""
    return f"{number} ({shown})" if shown else str(number)


def authentication(one: Authentication | None) -> Setting:
    """The authentication of a link as a setting."""
    if one is None:
        return Setting("authentication", "none")
    value = "in plain text" if one.key_id is None else f"by message digest, key {one.key_id}"
    return Setting("authentication", value, one.key)


# FRR 8.4.4 and 10.3. With two network types each end is Full and finds no LSA that leads back to it.
_OUTCOMES: Final = {
    "area": Outcome.NO_SESSION,
    "network type": Outcome.NO_ROUTES,
    "hello interval": Outcome.NO_SESSION,
    "dead interval": Outcome.NO_SESSION,
    "authentication": Outcome.NO_SESSION,
    MTU: Outcome.STUCK,
    SUBNET: Outcome.NO_SESSION,
}


def intended(lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:
    """What hellos must have alike (RFC 2328 10.5), and the network type, which shapes the LSAs."""
    ospf = end.spoken(attachment)
    if not isinstance(ospf, Ospf):
        return ()
    timers = link_timers(lab, attachment, ospf)
    return settings(
        area_of(ospf.area, ospf.area_type.shown),
        ospf.network,
        (timers.ospf_hello, timers.ospf_dead),
        authentication(ospf.authentication),
    )


def outcome(attachment: Attachment, different: frozenset[str]) -> Outcome:
    """The worst that one of the differences leads to, as measured."""
    ends = (end.spoken(attachment) for end in End)
    masks_matter = all(isinstance(one, Ospf) and one.network is NetworkType.BROADCAST for one in ends)
    ignored = frozenset() if masks_matter else {SUBNET}  # RFC 2328 10.5: not between two points
    return max((_OUTCOMES[name] for name in different - ignored), default=Outcome.WORKS)


AGREEMENT: Final = Agreement(intended, outcome)
