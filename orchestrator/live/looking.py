"""Verifying a lab again and again, while others change it, take it down and bring it up."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.errors import L3vpnError
from orchestrator.evidence.drift import unasked
from orchestrator.lifecycle.failing import failed_in
from orchestrator.lifecycle.observe import verified
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.lifecycle.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.lifecycle.running import LabOnHost
    from orchestrator.live.moment import Moment
    from orchestrator.model.lab import Lab
    from orchestrator.verification.report.result import Report

Join: TypeAlias = "Callable[[], AbstractContextManager[LabOnHost]]"
"""Joins the lab that is meant, where it is up by now."""


@dataclass(frozen=True, slots=True)
class VerifiedLab:
    """A lab that has just been verified, and whose sessions are open until the next verification."""

    running: LabOnHost
    lab: Lab
    faults: tuple[Injection, ...]
    sessions: Fleet
    report: Report

    @property
    def store(self) -> Store:
        """What is remembered of labs."""
        return Store.of(self.running.settings)


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why the lab cannot be looked at now."""

    why: str


def verifications(join: Join, given: str) -> Generator[VerifiedLab | Unavailable, None, None]:
    """One look at everything after the other, without end; who iterates says how long to pause in between.

    What is failed, the lab's files and where it is up are read anew before each look. Nothing is locked.
    """
    while True:
        try:
            with join() as running:
                yield from _while_it_stays(running, given)
        except L3vpnError as why:
            yield Unavailable(str(why))


def advanced(moment: Moment, there: VerifiedLab | Unavailable) -> Moment:
    """The moment after a look, or after none could be taken."""
    at = f"{datetime.now().astimezone():%H:%M:%S}"
    if isinstance(there, Unavailable):
        return moment.lost(there.why, at)
    targets = tuple(one.target.partition(" ")[2] for one in there.faults)
    return moment.after(there.report, at, time.monotonic(), there.store.holder(there.lab.name), targets)


def _while_it_stays(running: LabOnHost, given: str) -> Iterator[VerifiedLab]:
    """Look until its files or its place change, or a node does not answer: it may be another one by now."""
    store = Store.of(running.settings)
    lab = intent_of(given, running.placement)
    files = _written(lab.folder)
    with fleet(running, lab) as sessions:
        while True:
            faults = failed_in(lab, store)
            report = verified(sessions, lab, faults, timeout=0, failed=faults)
            yield VerifiedLab(running, lab, faults, sessions, report)
            moved = store.get(lab.name) != running.placement
            if moved or unasked(report) or _written(lab.folder) != files:
                return


def _written(folder: Path) -> dict[str, int]:
    """When the files of a lab were last written."""
    return {one.name: one.stat().st_mtime_ns for one in folder.glob("*.yml")}
