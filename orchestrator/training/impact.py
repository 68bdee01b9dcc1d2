"""What customers lose: probes between their sites, judged whatever holds below.

The proof does not send a packet where a table is known to be wrong; a customer does. So here each probe of
the proof's data layer is sent, and what counts is whether it arrives where it should and nowhere else.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final

from orchestrator.verification.expect import expect
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.kit.facts import CouldNotLook, Facts
from orchestrator.verification.layers.data import BETWEEN_SITES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.check import Check
    from orchestrator.verification.kit.probes import Flight, Probe
    from orchestrator.verification.prober import Prober

_PAUSE: Final = 0.5
_ALIKE: Final = 3
"""Looks in a row that must see the same: routes come and go within a second or two."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Customers:
    """What the customers of a lab have when it is healthy: each by the id of the check that claims it.

    Attributes:
        flows: packets from one site to another.
        privacy: that nothing of a stranger's arrives.
    """

    lab: Lab
    flows: Mapping[str, Check]
    privacy: Mapping[str, Check]

    @classmethod
    def of(cls, lab: Lab) -> Customers:
        """Of a lab."""
        checks = [one for one in expect(lab) if one.layer is Layer.DATA and not one.queries]
        return cls(
            lab,
            {str(one.id): one for one in checks if one.id.kind in BETWEEN_SITES},
            {str(one.id): one for one in checks if one.id.kind not in BETWEEN_SITES},
        )

    def lost(self, prober: Prober) -> frozenset[str]:
        """What of it they do not have now. Sends each probe once."""
        return self.missing(self.flights(prober))

    def flights(self, prober: Prober) -> Mapping[Probe, Flight | CouldNotLook]:
        """What becomes of each packet now."""
        checks = (*self.flows.values(), *self.privacy.values())
        return prober.fly(self.probes, listeners=[one.node for one in checks])

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The packets that show it."""
        return tuple(probe for one in (*self.flows.values(), *self.privacy.values()) for probe in one.probes)

    def missing(self, flights: Mapping[Probe, Flight | CouldNotLook]) -> frozenset[str]:
        """What of it they do not have, by what became of each probe."""
        facts = Facts(flights=flights)
        both = (*self.flows.items(), *self.privacy.items())
        return frozenset(name for name, check in both if not _holds(check, facts))

    def pairs(self, lost: Iterable[str]) -> frozenset[Pair]:
        """The pairs of sites between which something does not arrive."""
        return frozenset(self._pair(self.flows[one]) for one in lost if one in self.flows)

    @property
    def all_pairs(self) -> tuple[Pair, ...]:
        """The pairs of sites that reach each other when all is well, in the order of the lab."""
        return tuple(dict.fromkeys(map(self._pair, self.flows.values())))

    def described(self, lost: Collection[str]) -> tuple[str, ...]:
        """What is lost, a line for each pair of sites and each leak."""
        lines = []
        for pair in self.all_pairs:
            whole = [one for one, check in self.flows.items() if self._pair(check) == pair]
            gone = [one for one in whole if one in lost]
            if gone:
                lines.append(f"{self._vpn(pair[0])}: {' - '.join(pair)}: {self._how(gone, whole)}")
        lines += [
            f"{self._vpn(self._site(check.node))}: packets that belong elsewhere at {check.node}"
            if check.id.kind == "isolation"
            else f"{self._vpn(self._site(check.node))}: {check.node} gets an answer from where it must not"
            for name, check in self.privacy.items()
            if name in lost
        ]
        return tuple(lines)

    def _how(self, gone: Collection[str], whole: Collection[str]) -> str:
        if len(gone) == len(whole):
            return "nothing arrives, or no answer comes back"
        if all(self.flows[one].id.kind == "full-size" for one in gone):
            return "small packets arrive, full-size ones do not"
        ends = dict.fromkeys(
            str(self.flows[one].id.about[-1])
            for one in gone
            if self.flows[one].id.kind != "full-size"
            if not any(
                self.flows[other].id.about[-1:] == self.flows[one].id.about[-1:]
                for other in whole
                if other not in gone
            )
        )
        part = f": {', '.join(ends)}" if ends else ""
        return f"{len(gone)} of {len(whole)} flows do not arrive{part}"

    def _pair(self, check: Check) -> Pair:
        probe = check.probes[0]
        here, there = sorted((self._site(probe.ce), self._site(str(probe.target))))
        return here, there

    def _site(self, ce: str) -> str:
        return self.lab.attachments_of(ce)[0][0].name

    def _vpn(self, site: str) -> str:
        return next(one.vpn for one in self.lab.sites if one.name == site)


def _holds(check: Check, facts: Facts) -> bool:
    try:
        return check.judge(facts).holds
    except CouldNotLook:
        return False


def settled(
    look: Callable[[], frozenset[str]],
    *,
    broken: bool,
    within: float,
    clock: Callable[[], float] = time.monotonic,
) -> frozenset[str]:
    """What customers lose once that does not change any more.

    Args:
        look: looks once.
        broken: whether something is to be lost: nothing is then waited out, and that nothing is lost is at
            once believed otherwise.
        within: seconds after which the last look counts.
        clock: seconds, from anywhere.
    """
    until = clock() + within
    seen: list[frozenset[str]] = []
    while True:
        seen.append(look())
        alike = len(seen) >= _ALIKE and len(set(seen[-_ALIKE:])) == 1
        done = (alike and bool(seen[-1])) if broken else (alike or not seen[-1])
        if done or clock() >= until:
            return seen[-1]
        Event().wait(_PAUSE)
