"""`Fault`: what is to go wrong in a lab, as plain data that knows no lab.

Made of the options of `l3vpn fail`, by callers of the library, or from the words of a scenario; the
state store keeps it as JSON. `naming.inject` finds in a lab what it is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from orchestrator.errors import L3vpnError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PERCENT: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)%?")
_MILLISECONDS: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s)?")
_ALL: Final = 100.0  # percent
_LONGEST: Final = 60_000.0  # milliseconds


class NoSuchTarget(L3vpnError):  # noqa: N818 -- says what happened
    """The words name nothing of the lab, or something that cannot happen there.

    Attributes:
        right: what would be right.
    """

    def __init__(self, what: str, right: str) -> None:
        super().__init__(f"{what}; {right}")
        self.what = what
        self.right = right


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. With a target alone: a link without carrier, a node without power, a LAN that is down.

    Attributes:
        target: a link (`pe1-p1`, or by one of its ends `pe1:eth1`), a node, or a CE's LAN (`red1:lan1`).
        loss: percent of a link's packets that are lost in each direction; 100 blackholes it.
        delay: milliseconds that a link's packets take longer in each direction.
        daemon: only this daemon of the node is killed.
        lines: instead, somebody types these lines into the node's vtysh.
        at_ce: instead, a CE is configured with these parameters, as in `at-ce` of a lab's files; empty for
            those that were agreed.
    """

    target: str
    loss: float = 0.0
    delay: float = 0.0
    daemon: str = ""
    lines: tuple[str, ...] = ()
    at_ce: Mapping[str, object] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.loss <= _ALL:
            raise _no_loss(f"{self.loss:g}")
        if not 0 <= self.delay <= _LONGEST:
            raise _no_delay(f"{self.delay:g}")
        given = (self.loss or self.delay, self.daemon, self.lines, self.at_ce is not None)
        if sum(map(bool, given)) > 1:
            what = f"the fault of {self.target} is several things at once"
            raise NoSuchTarget(what, "give loss and delay, or a daemon, or lines, or at_ce")

    def __str__(self) -> str:
        """The words of a scenario; of a changed configuration, what it is: its lines may be secret."""
        if self.lines or self.at_ce is not None:
            return f"{self.target} configured by hand"
        return " ".join(filter(None, (self.target, self.how)))

    @property
    def how(self) -> str:
        """What happens to the target, in the words of a scenario: `silent`, `loss 20% delay 50ms`, `bgpd`."""
        if self.loss == _ALL and not self.delay:
            return "silent"
        loss, delay = (f"loss {self.loss:g}%" if self.loss else ""), f"delay {self.delay:g}ms"
        return " ".join(filter(None, (loss, delay if self.delay else "", self.daemon)))

    def to_dict(self) -> dict[str, object]:
        """As JSON has it: the target, and what else is not as by default."""
        plain: dict[str, object] = {
            "target": self.target,
            "loss": self.loss,
            "delay": self.delay,
            "daemon": self.daemon,
            "lines": list(self.lines),
        }
        said = {name: value for name, value in plain.items() if value or name == "target"}
        return said if self.at_ce is None else said | {"at_ce": dict(self.at_ce)}

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Fault:
        """What `to_dict` made.

        Raises:
            NoSuchTarget: it is something else.
        """
        match data:
            case {"target": str(target), **rest}:
                pass
            case _:
                raise NoSuchTarget("a fault without a target", "give the name of a link, a node or a LAN")
        known = {one.name: one.default for one in fields(cls)}
        for name, value in rest.items():
            if name not in known:
                raise NoSuchTarget(f"a fault has no '{name}'", f"known: {', '.join(known)}")
            if not _fits(name, value):
                raise NoSuchTarget(f"{value!r} is no '{name}' of a fault", "see `Fault`")
        lines = rest.pop("lines", ())
        return cls(target, **rest, lines=tuple(lines))  # type: ignore[arg-type] # `_fits` has looked at them


def _fits(name: str, value: object) -> bool:
    match name:
        case "loss" | "delay":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "lines":
            return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
        case "at_ce":
            return isinstance(value, dict) and all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def parse_fault(words: str) -> Fault:
    """A fault of the words of a scenario: `pe1-p1 silent`, `pe1-p1 loss 20% delay 50ms`, `pe2`, `pe2 bgpd`.

    Raises:
        NoSuchTarget: a share of packets or a delay is none.
    """
    target, *how = words.split() or [""]
    return _of_link(target, how) or Fault(target, daemon=" ".join(how))


def _of_link(target: str, how: Sequence[str]) -> Fault | None:
    """What happens to a link; None where the words say nothing of the kind."""
    loss = delay = 0.0
    words = list(how)
    while words:
        match words:
            case ["silent", *words]:
                loss = _ALL
            case ["loss", value, *words]:
                loss = percent(value)
            case ["delay", value, *words]:
                delay = milliseconds(value)
            case _:
                return None
    return Fault(target, loss, delay)


def percent(text: str) -> float:
    """A share of packets: `20%`, `0.5`.

    Raises:
        NoSuchTarget: it is none.
    """
    found = _PERCENT.fullmatch(text)
    if found is None or not 0 < float(found["number"]) <= _ALL:
        raise _no_loss(text)
    return float(found["number"])


def milliseconds(text: str) -> float:
    """A time: `50ms`, `0.2s`, `50`.

    Raises:
        NoSuchTarget: it is none.
    """
    found = _MILLISECONDS.fullmatch(text)
    value = 0.0 if found is None else float(found["number"]) * (1000 if found["unit"] == "s" else 1)
    if not 0 < value <= _LONGEST:
        raise _no_delay(text)
    return value


def _no_loss(text: str) -> NoSuchTarget:
    return NoSuchTarget(f"'{text}' is no share of packets", "write it like 20%, more than 0 and at most 100")


def _no_delay(text: str) -> NoSuchTarget:
    return NoSuchTarget(f"'{text}' is no delay", "write it like 50ms, more than 0 and at most 60s")
