"""What a network does of what a design must do, by packets: as it is, and when something has failed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.faults.injections import described
from orchestrator.lifecycle import failing
from orchestrator.model.lab import InterfaceKind
from orchestrator.training.impact import settled
from orchestrator.training.kinds import BACKDOOR, PROVIDER
from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.kit.probes import Probe
from orchestrator.verification.prober import Prober

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.faults.injections import Injection
    from orchestrator.lifecycle.store import Store
    from orchestrator.model.lab import Lab
    from orchestrator.training.designs import Demand
    from orchestrator.training.impact import Customers
    from orchestrator.training.session import Session
    from orchestrator.verification.kit.probes import Flight
    from orchestrator.verification.report.result import Report

_WITHIN: Final = 30.0
_PAUSE: Final = 0.5
_BELIEVED: Final = 12.0
"""Seconds for which what is not met must stay so to be believed: a sham link takes 6 s to come up again."""


Flights: TypeAlias = "Mapping[Probe, Flight | CouldNotLook]"
"""What became of packets at one time."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What was not met, by name, and each in a line; and how that was seen.

    Attributes:
        flights: what became of packets as the network is.
        meanwhile: the same in what happened, in the order of `phases`.
        proofs: by a design that would be right, its proof, where that is to hold, too.
    """

    unmet: Mapping[str, str]
    flights: Flights = field(default_factory=dict)
    meanwhile: Mapping[str, Flights] = field(default_factory=dict)
    proofs: Mapping[str, Report] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """What `Active.lost` keeps."""
        return frozenset(self.unmet)


def attempt(session: Session, customers: Customers, demands: Sequence[Demand], store: Store) -> Tried:
    """Look what customers have, and which way packets go; let each failure happen that is demanded for.

    Raises:
        NotDone: a node did not do its part of a failure.
    """
    lab, always = customers.lab, [one for one in demands if one.event is None]
    meanwhile: dict[str, Flights] = {}
    with Prober(session.nodes) as prober:
        first = _had(prober, customers) | _ways(prober, lab, always)
        met = [one for one in always if _name(one) not in _not_taken(lab, always, first)]
        for event in _events(demands):
            session.watcher.step(described(event))
            try:
                failing.fail(session.nodes, lab, event, store)
                then = [one for one in demands if one.event == event]
                meanwhile[described(event)] = _ways(prober, lab, then)
            finally:
                session.watcher.step(_repaired(event))
                failing.restore(session.nodes, lab, (event,), store)
            meanwhile[_repaired(event)] = _had(prober, customers) | _ways(prober, lab, met)
    return Tried(unmet(customers, demands, first, meanwhile), first, meanwhile)


def unmet(
    customers: Customers, demands: Sequence[Demand], first: Flights, meanwhile: Mapping[str, Flights]
) -> dict[str, str]:
    """What was not met, by name, and each in a line.

    Args:
        customers: what they have.
        demands: which ways packets must go.
        first: what became of packets as the network is.
        meanwhile: the same when something had failed, and when it was repaired; what is not there is not met.
    """
    lab, always = customers.lab, [one for one in demands if one.event is None]
    lost = customers.missing(_known(customers, first))
    found = dict.fromkeys(lost, "") | _not_taken(lab, always, first)
    for event in _events(demands):
        then, after = meanwhile.get(described(event), {}), meanwhile.get(_repaired(event), {})
        found |= _not_taken(lab, [one for one in demands if one.event == event], then)
        back = customers.missing(_known(customers, after)) - lost
        found |= {f"after {described(event)}: {one}": "" for one in back}
        kept = [one for one in always if _name(one) not in found]
        found |= {
            f"after {described(event)}: {name}": f"once {_repaired(event)}, no more so: {line}"
            for name, line in _not_taken(lab, kept, after).items()
        }
    lines = iter(
        customers.described([one for one in found if one in customers.flows or one in customers.privacy])
    )
    return {name: line or next(lines, "") for name, line in found.items()}


def probes(customers: Customers, demands: Sequence[Demand]) -> tuple[Probe, ...]:
    """The packets that show all of it."""
    return (*customers.probes, *(_probe(customers.lab, one) for one in demands))


def phases(demands: Sequence[Demand]) -> tuple[str, ...]:
    """What happens, in words: each failure, and that it is repaired."""
    return tuple(words for event in _events(demands) for words in (described(event), _repaired(event)))


def _events(demands: Sequence[Demand]) -> tuple[Injection, ...]:
    return tuple(dict.fromkeys(one.event for one in demands if one.event is not None))


def _repaired(event: Injection) -> str:
    return f"{event.target} is repaired"


def _known(customers: Customers, flights: Flights) -> Flights:
    """Of each packet what became of it; of one that nobody has sent nothing is known."""
    unknown = CouldNotLook("not sent")
    return {probe: flights.get(probe, unknown) for probe in customers.probes}


def _had(prober: Prober, customers: Customers) -> dict[Probe, Flight | CouldNotLook]:
    """What became of customers' packets once what they have does not change any more."""
    last: dict[Probe, Flight | CouldNotLook] = {}

    def lost() -> frozenset[str]:
        last.update(customers.flights(prober))
        return customers.missing(last)

    settled(lost, broken=False, within=_WITHIN)
    return last


def _ways(prober: Prober, lab: Lab, demands: Sequence[Demand]) -> dict[Probe, Flight | CouldNotLook]:
    """Which ways packets took once what is not met does not change any more; routes take a while."""
    if not demands:
        return {}
    probes = [_probe(lab, one) for one in demands]
    changed = time.monotonic()
    last: dict[str, str] | None = None
    while True:
        flights = dict(prober.fly(probes, ()))
        missed = _not_taken(lab, demands, flights)
        if not missed or (missed == last and time.monotonic() > changed + _BELIEVED):
            return flights
        if missed != last:
            last, changed = missed, time.monotonic()
        Event().wait(_PAUSE)


def _not_taken(lab: Lab, demands: Sequence[Demand], flights: Flights) -> dict[str, str]:
    """The demands that are not met, by name, a line each."""
    return {
        _name(one): f"not met: {one}"
        for one in demands
        if not _taken(lab, one, flights.get(_probe(lab, one)))
    }


def _name(demand: Demand) -> str:
    return f"way: {demand}"


def _probe(lab: Lab, demand: Demand) -> Probe:
    source = lab.interfaces_of(demand.sender, InterfaceKind.LAN)[0].address.ip
    target = lab.interfaces_of(demand.receiver, InterfaceKind.LAN)[0].address.ip
    seen_by = demand.receiver if demand.by in {PROVIDER, BACKDOOR} else demand.by
    return Probe(demand.sender, source, target, demand.receiver, witnesses=(seen_by,))


def _taken(lab: Lab, demand: Demand, flight: Flight | CouldNotLook | None) -> bool:
    """Whether packets came in where they must."""
    if flight is None or isinstance(flight, CouldNotLook) or demand.receiver not in flight.arrived_at:
        return False
    if demand.by not in {PROVIDER, BACKDOOR}:
        return any(end.node == demand.by for end in flight.crossed)
    by_provider = {one.ce for _, one in lab.attachments_of(demand.receiver)}
    came_in = {end for end in flight.crossed if end.node == demand.receiver}
    return bool(came_in) and (came_in <= by_provider) == (demand.by == PROVIDER)
