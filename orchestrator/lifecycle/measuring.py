"""What an event costs: packets when it happens and when it is over, and the time until all is proven.

The same events at several stages of a lab's intent show what its timers, BFD and LDP-IGP sync are worth.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from orchestrator.errors import ExitCode, L3vpnError
from orchestrator.faults.fault import NoSuchTarget
from orchestrator.faults.injections import described
from orchestrator.faults.naming import read_fault
from orchestrator.fleet.push import push
from orchestrator.lifecycle import failing
from orchestrator.lifecycle.converge import prove
from orchestrator.model.load import read_file
from orchestrator.model.mistakes import LabFileError
from orchestrator.model.schema import StrictModel, Text, validate
from orchestrator.verification.flow import Flows, flow_paths
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.lifecycle.phases import Watcher
    from orchestrator.lifecycle.store import Store
    from orchestrator.model.document import Document
    from orchestrator.model.lab import Lab
    from orchestrator.model.mistakes import Mistake
    from orchestrator.verification.flow import Loss
    from orchestrator.verification.report.result import Report

PLAN_FILE: Final = "measure.yml"
_STEADY: Final = 1.0
"""Seconds of traffic before an event, and after the last proof."""
_BEYOND: Final = 60.0
"""Seconds that a proof may take longer than the slowest timer."""


class NotMeasured(L3vpnError):  # noqa: N818 -- says what happened
    """The lab is not in a state in which its losses would mean anything."""

    exit_code = ExitCode.UNPROVEN


class PlanIntent(StrictModel):
    """`measure.yml`: what is measured by default; the command line overrides it."""

    between: Annotated[list[Text], Field(min_length=2, max_length=2)] = Field(
        description="between: two CEs, like [ce1, ce2]"
    )
    events: list[Text] = Field(description="events: what happens, in the words of `l3vpn fail`")
    stages: list[Text] = Field(default_factory=list)


def read_plan(lab: Lab) -> PlanIntent | None:
    """The plan beside a lab's files; None if there is none.

    Raises:
        LabFileError: it has mistakes.
    """
    file = lab.folder / PLAN_FILE
    if not file.exists():
        return None

    def check(document: Document, plan: PlanIntent) -> Iterator[Mistake]:
        return _check_plan(lab, document, plan)

    _, plan, mistakes = read_file(file, _typed_plan, check)
    if plan is None or mistakes:
        raise LabFileError(mistakes)
    return plan


def _typed_plan(document: Document) -> tuple[Document, PlanIntent | None, tuple[Mistake, ...]]:
    plan, mistakes = validate(document, PlanIntent, {})
    return document, plan, mistakes


def _check_plan(lab: Lab, document: Document, plan: PlanIntent) -> Iterator[Mistake]:
    for number, words in enumerate(plan.events):
        try:
            read_fault(lab, words)
        except NoSuchTarget as error:
            yield document.mistake(("events", number), error.what, error.right)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one event cost at one stage.

    Attributes:
        stage: of the intent; "" for how it begins.
        event: what happened.
        on_failure: the loss from the event until it was over.
        until_proven: seconds from the event until all that is left was proven; None if it never was.
        on_repair: the loss from its end on.
        until_restored: seconds from its end until the whole lab was proven; None if it never was.
    """

    stage: str
    event: str
    on_failure: Loss
    until_proven: float | None
    on_repair: Loss
    until_restored: float | None


@dataclass(frozen=True, slots=True)
class Bench:
    """Where it is measured.

    Attributes:
        nodes: opens sessions to the nodes; used again at the end, since an interruption closes the others.
        store: where what is failed is remembered.
        watcher: shown what is waited for.
    """

    nodes: Callable[[], Fleet]
    store: Store
    watcher: Watcher


def measure(
    bench: Bench, stages: Sequence[Lab], ends: tuple[str, str], faults: Sequence[Injection], home: Lab
) -> Iterator[Measured]:
    """Measure each event at each stage; whatever happens, the lab is brought back to `home`.

    Raises:
        NotMeasured: something is failed already, or the lab is not proven at a stage.
        NoFlow: there can be no traffic between the two ends.
        NotDone: a node does not do its part of an event.
    """
    if failed := failing.failed_in(home, bench.store):
        raise NotMeasured(f"{', '.join(map(described, failed))}: `l3vpn restore {home.name}` first")
    try:
        with bench.nodes() as fleet:
            for lab in stages:
                _bring(bench, fleet, lab)
                for fault in faults:
                    row = _measured(bench, fleet, lab, ends, fault)
                    yield row
                    if row.until_restored is None:  # what comes next has to begin from a proven lab
                        _bring(bench, fleet, lab)
    finally:
        with bench.nodes() as fleet:
            failing.restore(fleet, home, failing.failed_in(home, bench.store), bench.store)
            push(fleet, home)


def _bring(bench: Bench, fleet: Fleet, lab: Lab) -> None:
    name = lab.stage or "as it begins"
    bench.watcher.step(f"stage {name}")
    for result in push(fleet, lab).values():
        if result.failure is not None:
            raise NotMeasured(f"{result.node}: {result.failure}")
    report = prove(fleet, lab, _patience(lab), bench.watcher)
    if not report.holds:
        raise NotMeasured(f"lab '{lab.name}' at stage {name} is not proven, so nothing can be measured")


def _measured(bench: Bench, fleet: Fleet, lab: Lab, ends: tuple[str, str], fault: Injection) -> Measured:
    with Flows(fleet, flow_paths(lab, *ends)) as flows:
        flows.go()
        Event().wait(_STEADY)
        bench.watcher.step(described(fault))
        flows.mark()
        failed = _timed(
            lambda: failing.fail(fleet, lab, fault, bench.store),
            lambda: verify(
                fleet,
                lab,
                timeout=_patience(lab),
                state=fault.state,
                progress=bench.watcher.verification_status,
            ),
        )
        bench.watcher.step(f"{fault.target} restored")
        flows.mark()
        restored = _timed(
            lambda: failing.restore(fleet, lab, (fault,), bench.store),
            lambda: prove(fleet, lab, _patience(lab), bench.watcher),
        )
        Event().wait(_STEADY)
        before, on_failure, on_repair = flows.finish()
    if before.lost:
        raise NotMeasured(f"{before.lost} of {before.sent} packets were lost before anything happened")
    return Measured(lab.stage, described(fault), on_failure, failed, on_repair, restored)


def _timed(event: Callable[[], object], proof: Callable[[], Report]) -> float | None:
    begun = time.monotonic()
    event()
    report = proof()
    return time.monotonic() - begun if report.holds else None


def _patience(lab: Lab) -> float:
    """Seconds after which what is not proven is given up: the slowest timer, a new session, and some more."""
    return _BEYOND + max(
        max(one.timers.ospf_dead, one.timers.ldp_hold, one.timers.bgp_hold) + one.timers.bgp_connect
        for one in lab.providers
    )
