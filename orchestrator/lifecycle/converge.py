"""Verifying a lab that has just been configured, and repairing on the way what FRR is known to lose."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from orchestrator.fleet.push import (
    clear_labelled_sessions,
    clear_ldp_neighbors,
    make_zebra_forget,
    re_enter_route_targets,
    run_spf_again,
)
from orchestrator.model.state import HEALTHY, State
from orchestrator.verification.asbr_labels import wrong_label_queries, wrong_labels
from orchestrator.verification.fact_collector import FactCollector
from orchestrator.verification.gone_routes import GoneRoute, gone_route_queries, gone_routes
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.kit.facts import Facts
from orchestrator.verification.kit.wording import listed
from orchestrator.verification.lost_imports import lost_import_queries, lost_imports
from orchestrator.verification.lost_labels import lost_label_queries, lost_labels
from orchestrator.verification.stale_segments import stale_segment_queries, stale_segments
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.fleet.fleet import Fleet
    from orchestrator.lifecycle.phases import Watcher
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.verification.kit.facts import Query
    from orchestrator.verification.report.result import Report
    from orchestrator.verification.verification import VerificationProgress, VerificationStatus

_LostT = TypeVar("_LostT")

# A VPN route is imported, and a label used, within a second of its arrival; what is missing for longer is
# looked into.
_STALLED_SECONDS = 5.0
_PATIENT = 4  # times as long: on a busy machine what was not lost at the first stall may be at the next
_PAUSE = 0.3
_ABOVE_IMPORT = (Layer.VPN, Layer.DATA)
_LABELS = ("ldp.lsp.", "ldp.lfib.", "ldp.labels.", "sr.labels.", "mpbgp.labelled.")


@dataclass(slots=True)
class _Stall:
    """Stops a verification that makes no progress at labels or in the VPN layer while all below holds."""

    show: VerificationProgress
    after: float  # seconds
    stop: Event = field(default_factory=Event)
    _holding: int = -1
    _since: float = 0.0

    def __call__(self, status: VerificationStatus) -> None:
        self.show(status)
        if status.holding != self._holding:
            self._holding, self._since = status.holding, status.seconds
        vpn_alone = status.waiting and all(one.check.layer in _ABOVE_IMPORT for one in status.waiting)
        labels_first = status.waiting and str(status.waiting[0].check.id).startswith(_LABELS)
        if (vpn_alone or labels_first) and status.seconds - self._since > self.after:
            self.stop.set()


def prove(fleet: Fleet, lab: Lab, timeout: float, watcher: Watcher, state: State = HEALTHY) -> Report:
    """Verify; what FRR lost at the start, an import or a label, is repaired and said, and then it goes on."""
    for after in (_STALLED_SECONDS, _PATIENT * _STALLED_SECONDS):
        stall = _Stall(watcher.verification_status, after)
        report = verify(fleet, lab, timeout=timeout, progress=stall, state=state, stop=stall.stop)
        stalled = stall.stop.is_set()
        if report.holds or not (stalled or _is_above_import(report)):
            return report
        if stalled:
            repair_labels(fleet, lab, watcher.say)
        if not repair_tables(fleet, lab, watcher.say) and not stalled:
            return report
    return verify(fleet, lab, timeout=timeout, progress=watcher.verification_status, state=state)


def _is_above_import(report: Report) -> bool:
    return all(one.holds or one.check.layer in _ABOVE_IMPORT for one in report.findings)


def repaired(fleet: Fleet, lab: Lab, say: Callable[[str], None]) -> bool:
    """Whether FRR had lost an import or labels; they are repaired."""
    labels = repair_labels(fleet, lab, say)
    return bool(repair_tables(fleet, lab, say)) or labels


def repair_tables(fleet: Fleet, lab: Lab, say: Callable[[str], None]) -> tuple[Vrf | GoneRoute, ...]:
    """Find what PEs' tables lack or have too much for good, and repair it; what it was.

    A VRF may have lost an import, and the global table have a route that the kernel took away unheard.
    """
    queries = tuple(dict.fromkeys((*lost_import_queries(lab), *gone_route_queries(lab))))

    def wrong_in(facts: Facts) -> tuple[Vrf | GoneRoute, ...]:
        return (*lost_imports(lab, facts), *gone_routes(lab, facts))

    wrong = _for_good(fleet, queries, wrong_in)
    gone = [one for one in wrong if isinstance(one, GoneRoute)]
    lost = [one for one in wrong if not isinstance(one, GoneRoute)]
    if lost:
        re_enter_route_targets(fleet, lab, lost)
    if gone:
        make_zebra_forget(fleet, [(one.pe, one.prefix, one.device) for one in gone])
    for vrf in lost:
        say(
            f"repaired: VRF {vrf.name} on {vrf.pe} lacked routes that it imports (FRR issue 22239); "
            "its route targets were entered again"
        )
    for one in gone:
        say(f"repaired: zebra of {one.pe} still had {one.prefix} by {one.device}, which its kernel gave up")
    return wrong


def repair_labels(fleet: Fleet, lab: Lab, say: Callable[[str], None]) -> bool:
    """Find nodes with labels that they lost, kept or gave twice, and repair them; whether there were any."""
    done = [repair(fleet, lab, say) for repair in (_repair_ldp, _repair_segments, _repair_asbrs)]
    return any(done)


def _repair_segments(fleet: Fleet, lab: Lab, say: Callable[[str], None]) -> bool:
    queries = stale_segment_queries(lab)
    stale = _for_good(fleet, queries, lambda facts: stale_segments(lab, facts)) if queries else ()
    if stale:
        run_spf_again(fleet, stale)
    for node in stale:
        say(f"repaired: ospfd of {node} had labels of an earlier SPF; it was made to run another")
    return bool(stale)


def _repair_ldp(fleet: Fleet, lab: Lab, say: Callable[[str], None]) -> bool:
    lost = _for_good(fleet, lost_label_queries(lab), lambda facts: lost_labels(lab, facts))
    if lost:
        clear_ldp_neighbors(fleet, [(one.node, one.neighbor) for one in lost])
    for one in lost:
        did = "did not use labels" if one.kept is None else f"kept a way of label {one.kept} beside that"
        why = "FRR pull request 19514" if one.kept is None else "zebra forgot it"
        say(f"repaired: {one.node} {did} of LDP neighbour {one.neighbor} ({why}); it was cleared")
    return bool(lost)


def _repair_asbrs(fleet: Fleet, lab: Lab, say: Callable[[str], None]) -> bool:
    queries = wrong_label_queries(lab)
    wrong = _for_good(fleet, queries, lambda facts: wrong_labels(lab, facts)) if queries else ()
    if wrong:
        clear_labelled_sessions(fleet, dict.fromkeys(one.asbr for one in wrong))
    for one in wrong:
        routes = listed(one.prefixes)
        did = f"gave label {one.label} for {routes}" if one.prefixes[1:] else f"dropped label {one.label}"
        say(f"repaired: {one.asbr} {did}; its labelled sessions were cleared")
    return bool(wrong)


def _for_good(
    fleet: Fleet, queries: Sequence[Query], lost: Callable[[Facts], tuple[_LostT, ...]]
) -> tuple[_LostT, ...]:
    """What is lost now and still is when there was time enough for it to come."""
    collector = FactCollector(fleet)
    begun = time.monotonic()
    while True:
        found = lost(Facts(collector.collect(queries)))
        if not found or time.monotonic() - begun > _STALLED_SECONDS:
            return found
        Event().wait(_PAUSE)
