"""What `timers:` says: one of two sets by its name, or values by theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from orchestrator.model.mistakes import nearest
from orchestrator.model.schema import StrictModel, choice, reject, shown, whole
from orchestrator.model.timer_values import QUICK, STANDARD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.timer_values import Timers

_SETS: Final[Mapping[str, Timers]] = {"quick": QUICK, "standard": STANDARD}
_KEEPALIVES: Final = 3  # in a BGP hold time (RFC 4271 10)
_FEW: Final = 24  # nodes; that many answer a hello in time even where all share half a processor
_NODES_A_SECOND: Final = 4  # of hold time
_Seconds = Annotated[int | None, whole("interval in seconds", 1, 65535)]
_IsisHello = Annotated[int | None, whole("interval in seconds", 1, 600)]
_Multiplier = Annotated[int | None, whole("number of hellos", 2, 100)]
_Hold = Annotated[int | None, whole("interval in seconds", 3, 65535)]


def too_short(protocol: str, hello: int, hold: int, at_least: int = 2) -> tuple[str, str] | None:
    """What is wrong with a hold time, and what would be right; None where one hello may be lost."""
    needed = at_least * hello
    if hold >= needed:
        return None
    what = f"{protocol} would give a neighbour up after {hold} s and gets a hello every {hello} s"
    return what, f"wait at least {needed} s"


def usual_timers(nodes: int) -> Timers:
    """The timers of a lab that names none: quick, but for what so many nodes of one kernel can't keep to.

    While all of them start, a daemon is often seconds late. A hold time that is shorter ends sessions, and
    the work of making them anew makes all the others later still: 64 nodes with quick timers on half a
    processor never converge. Hellos cost too: 64 nodes that send one each 2 s need a third of a processor for
    that alone. A link that goes down is noticed at once whatever the timers are.
    """
    if nodes <= _FEW:
        return QUICK
    hold = nodes // _NODES_A_SECOND
    hello, again = hold // 4, max(1, hold // 8)
    return replace(
        QUICK,
        ospf_hello=min(hello, STANDARD.ospf_hello),
        ospf_dead=min(hold, STANDARD.ospf_dead),
        ospf_retransmit=min(again, STANDARD.ospf_retransmit),
        isis_hello=min(hello, STANDARD.isis_hello),
        isis_multiplier=min(hold // min(hello, STANDARD.isis_hello), STANDARD.isis_multiplier),
        ldp_hello=min(hello, STANDARD.ldp_hello),
        ldp_hold=hold,
        bgp_keepalive=min(hold, STANDARD.bgp_keepalive),
        bgp_hold=min(_KEEPALIVES * hold, STANDARD.bgp_hold),
        bgp_connect=again,
        eigrp_hello=min(hello, STANDARD.eigrp_hello),
        eigrp_hold=hold,
    )


_Set = Annotated[str, choice("timers", *_SETS)]


class TimersIntent(StrictModel):
    """Timers in seconds; what is left out is as in the set `base`."""

    base: _Set = "standard"
    ospf_hello: _Seconds = Field(default=None, alias="ospf-hello")
    ospf_dead: _Seconds = Field(default=None, alias="ospf-dead")
    ospf_retransmit: _Seconds = Field(default=None, alias="ospf-retransmit")
    isis_hello: _IsisHello = Field(default=None, alias="isis-hello")
    isis_multiplier: _Multiplier = Field(default=None, alias="isis-multiplier")
    ldp_hello: _Seconds = Field(default=None, alias="ldp-hello")
    ldp_hold: _Seconds = Field(default=None, alias="ldp-hold")
    ldp_sync_wait: _Seconds = Field(default=None, alias="ldp-sync-wait")
    bgp_keepalive: _Seconds = Field(default=None, alias="bgp-keepalive")
    bgp_hold: _Hold = Field(default=None, alias="bgp-hold")
    bgp_connect: _Seconds = Field(default=None, alias="bgp-connect")

    @property
    def wanted(self) -> Timers:
        """The whole set."""
        return replace(_SETS[self.base], **self.model_dump(exclude={"base"}, exclude_none=True))

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        timers = self.wanted
        for fault in (
            too_short("OSPF", timers.ospf_hello, timers.ospf_dead),
            too_short("LDP", timers.ldp_hello, timers.ldp_hold),
            too_short("BGP", timers.bgp_keepalive, timers.bgp_hold, _KEEPALIVES),
        ):
            if fault is not None:
                raise reject(*fault)
        return self


def _read(value: object) -> object:
    if isinstance(value, TimersIntent | dict):
        return TimersIntent.model_validate(value)
    if value not in _SETS:
        raise reject(f"unknown timers {shown(value)}", nearest(str(value), _SETS))
    return TimersIntent(base=str(value))


TimersChoice = Annotated[TimersIntent, BeforeValidator(_read, json_schema_input_type=_Set | TimersIntent)]
"""`quick`, `standard`, or a mapping of named values."""
