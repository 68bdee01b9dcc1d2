"""Verifying a lab that has just been configured, and repairing on the way what FRR is known to lose."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from orchestrator.fleet.push import re_enter_route_targets
from orchestrator.model.state import HEALTHY, State
from orchestrator.verification.fact_collector import FactCollector
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.kit.facts import Facts
from orchestrator.verification.lost_imports import lost_import_queries, lost_imports
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.fleet.fleet import Fleet
    from orchestrator.lifecycle.phases import Watcher
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.verification.report.result import Report
    from orchestrator.verification.verification import VerificationProgress, VerificationStatus

# A VPN route is imported within a second of its arrival; what is missing for longer is looked into.
_STALLED_SECONDS = 5.0
_PAUSE = 0.3
_ABOVE_IMPORT = (Layer.VPN, Layer.DATA)


@dataclass(slots=True)
class _Stall:
    """Stops a verification whose lower layers hold while the VPN layer makes no progress."""

    show: VerificationProgress
    stop: Event = field(default_factory=Event)
    _holding: int = -1
    _since: float = 0.0

    def __call__(self, status: VerificationStatus) -> None:
        self.show(status)
        if status.holding != self._holding:
            self._holding, self._since = status.holding, status.seconds
        vpn_alone = status.waiting and all(one.check.layer in _ABOVE_IMPORT for one in status.waiting)
        if vpn_alone and status.seconds - self._since > _STALLED_SECONDS:
            self.stop.set()


def prove(fleet: Fleet, lab: Lab, timeout: float, watcher: Watcher, state: State = HEALTHY) -> Report:
    """Verify; where FRR lost an import (FRR issue 22239), enter the route targets again, say so and go on."""
    begun = time.monotonic()
    stall = _Stall(watcher.verification_status)
    report = verify(fleet, lab, timeout=timeout, progress=stall, state=state, stop=stall.stop)
    if report.holds or not (stall.stop.is_set() or _is_above_import(report)):
        return report
    repaired = repair_imports(fleet, lab, watcher.say)
    if not repaired and not stall.stop.is_set():
        return report
    left = max(0.0, timeout - (time.monotonic() - begun))
    return verify(fleet, lab, timeout=left, progress=watcher.verification_status, state=state)


def _is_above_import(report: Report) -> bool:
    return all(one.holds or one.check.layer in _ABOVE_IMPORT for one in report.findings)


def repair_imports(fleet: Fleet, lab: Lab, say: Callable[[str], None]) -> tuple[Vrf, ...]:
    """Find VRFs that lost an import for good and repair them; the VRFs that were."""
    lost = _lost_for_good(fleet, lab)
    if lost:
        re_enter_route_targets(fleet, lab, lost)
    for vrf in lost:
        say(
            f"repaired: VRF {vrf.name} on {vrf.pe} lacked routes that it imports (FRR issue 22239); "
            "its route targets were entered again"
        )
    return lost


def _lost_for_good(fleet: Fleet, lab: Lab) -> tuple[Vrf, ...]:
    """VRFs that lack an import now and still lack it when there was time enough to import it."""
    collector = FactCollector(fleet)
    begun = time.monotonic()
    while True:
        lost = lost_imports(lab, Facts(collector.collect(lost_import_queries(lab))))
        if not lost or time.monotonic() - begun > _STALLED_SECONDS:
            return lost
        Event().wait(_PAUSE)
