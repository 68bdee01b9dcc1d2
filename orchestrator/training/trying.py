"""What a network does of what a design must do, by packets: as it is, and when something has failed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final

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

    from orchestrator.lifecycle.store import Store
    from orchestrator.model.lab import Lab
    from orchestrator.training.designs import Demand
    from orchestrator.training.impact import Customers
    from orchestrator.training.session import Session
    from orchestrator.verification.kit.probes import Flight

_WITHIN: Final = 30.0
_PAUSE: Final = 0.5
_BELIEVED: Final = 12.0
"""Seconds for which what is not met must stay so to be believed: a sham link takes 6 s to come up again."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What was not met, by name, and each in a line."""

    unmet: Mapping[str, str]

    @property
    def names(self) -> frozenset[str]:
        """What `Active.lost` keeps."""
        return frozenset(self.unmet)


def attempt(session: Session, customers: Customers, demands: Sequence[Demand], store: Store) -> Tried:
    """Look what customers have, and which way packets go; let each failure happen that is demanded for.

    Raises:
        NotDone: a node did not do its part of a failure.
    """
    unmet: dict[str, str] = {}
    lab = customers.lab
    with Prober(session.nodes) as prober:
        lost = settled(lambda: customers.lost(prober), broken=False, within=_WITHIN)
        unmet |= dict.fromkeys(lost, "")
        unmet |= _ways(prober, lab, [one for one in demands if one.event is None])
        for event in dict.fromkeys(one.event for one in demands if one.event is not None):
            session.watcher.step(described(event))
            try:
                failing.fail(session.nodes, lab, event, store)
                unmet |= _ways(prober, lab, [one for one in demands if one.event == event])
            finally:
                session.watcher.step(f"{event.target} is repaired")
                failing.restore(session.nodes, lab, (event,), store)
            back = settled(lambda: customers.lost(prober), broken=False, within=_WITHIN) - lost
            unmet |= {f"after {described(event)}: {one}": "" for one in back}
            kept = [one for one in demands if one.event is None and _name(one) not in unmet]
            unmet |= {
                f"after {described(event)}: {name}": f"once {event.target} is repaired, no more so: {line}"
                for name, line in _ways(prober, lab, kept).items()
            }
    lines = iter(
        customers.described([one for one in unmet if one in customers.flows or one in customers.privacy])
    )
    named = {name: line or next(lines, "") for name, line in unmet.items()}
    return Tried(named)


def _ways(prober: Prober, lab: Lab, demands: Sequence[Demand]) -> dict[str, str]:
    """What of the demands is not met once that does not change any more; routes take a while."""
    if not demands:
        return {}
    probes = [_probe(lab, one) for one in demands]
    changed = time.monotonic()
    last: dict[str, str] | None = None
    while True:
        flights = prober.fly(probes, ())
        unmet = {
            _name(one): f"not so: {one}"
            for one, probe in zip(demands, probes, strict=True)
            if not _taken(lab, one, flights[probe])
        }
        if not unmet or (unmet == last and time.monotonic() > changed + _BELIEVED):
            return unmet
        if unmet != last:
            last, changed = unmet, time.monotonic()
        Event().wait(_PAUSE)


def _name(demand: Demand) -> str:
    return f"way: {demand}"


def _probe(lab: Lab, demand: Demand) -> Probe:
    source = lab.interfaces_of(demand.sender, InterfaceKind.LAN)[0].address.ip
    target = lab.interfaces_of(demand.receiver, InterfaceKind.LAN)[0].address.ip
    seen_by = demand.receiver if demand.by in {PROVIDER, BACKDOOR} else demand.by
    return Probe(demand.sender, source, target, demand.receiver, witnesses=(seen_by,))


def _taken(lab: Lab, demand: Demand, flight: Flight | CouldNotLook) -> bool:
    """Whether packets came in where they must."""
    if isinstance(flight, CouldNotLook) or demand.receiver not in flight.arrived_at:
        return False
    if demand.by not in {PROVIDER, BACKDOOR}:
        return any(end.node == demand.by for end in flight.crossed)
    by_provider = {one.ce for _, one in lab.attachments_of(demand.receiver)}
    came_in = {end for end in flight.crossed if end.node == demand.receiver}
    return bool(came_in) and (came_in <= by_provider) == (demand.by == PROVIDER)
