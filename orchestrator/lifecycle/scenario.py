"""Running scenarios on a lab that is up: after each step the proof, at the end the lab exactly as before."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from threading import Event
from typing import TYPE_CHECKING

from orchestrator.errors import ExitCode, L3vpnError
from orchestrator.faults.injections import CeMisconfigured, Configured, described
from orchestrator.faults.snapshot_diff import residue, take_image
from orchestrator.lifecycle import failing
from orchestrator.lifecycle.converge import prove
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.verification import verify
from parsers.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from orchestrator.faults.injections import Injection
    from orchestrator.faults.scenario import Break, Scenario, Step
    from orchestrator.faults.snapshot_diff import Image
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.lifecycle.phases import Watcher
    from orchestrator.lifecycle.store import Store
    from orchestrator.model.lab import Lab
    from orchestrator.model.state import State
    from orchestrator.verification.kit.check import Finding
    from orchestrator.verification.report.result import Report

_SETTLED_WITHIN = 15.0
"""Seconds for what the proof does not wait for: a label of a link's own subnet, an IPv6 address in DAD."""
_PAUSE = 0.3


class NotFit(L3vpnError):  # noqa: N818 -- says what happened
    """The lab is not in the state that a scenario begins with."""

    exit_code = ExitCode.UNPROVEN


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of a step.

    Attributes:
        step: what was done.
        seconds: from the event until everything was proven again, probes included.
        settled: from the event until the last table was right: what a network's users would wait for.
        report: the proof; where the step is to break something, of what was broken.
        trouble: why the step does not hold, one thing a line; empty if it does.
    """

    step: Step
    seconds: float
    settled: float
    report: Report | None
    trouble: tuple[str, ...] = ()
    faults: tuple[Injection, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all was as expected."""
        return not self.trouble

    @property
    def broken(self) -> tuple[Finding, ...]:
        """What does not hold, where the step was to break something."""
        return _failing(self.report) if self.step.breaks and self.report is not None else ()


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What became of a scenario.

    Attributes:
        scenario: what was run.
        steps: as far as it came.
        residue: what is not as before at the end.
        seconds: in all.
    """

    scenario: Scenario
    steps: tuple[StepResult, ...]
    residue: tuple[str, ...]
    seconds: float

    @property
    def trouble(self) -> tuple[str, ...]:
        """Why it does not hold, one thing a line."""
        steps = (f"{one.step.words}: {what}" for one in self.steps for what in one.trouble)
        return (*steps, *(f"not as before: {one}" for one in self.residue))

    @property
    def holds(self) -> bool:
        """Whether everything was as expected."""
        return not self.trouble


@dataclass(frozen=True, slots=True)
class Setup:
    """Where and how scenarios are run.

    Attributes:
        nodes: opens sessions to the nodes; used again after an interruption, which closes the old ones.
        lab: what its files want.
        store: where what is failed is remembered.
        timeout: seconds the network may take to converge after a step.
        watcher: shown what is waited for.
        on_step: called with each step that is done.
    """

    nodes: Callable[[], Fleet]
    lab: Lab
    store: Store
    timeout: float
    watcher: Watcher
    on_step: Callable[[StepResult], None]


def run(setup: Setup, scenarios: Iterable[Scenario]) -> Iterator[ScenarioResult]:
    """Run scenarios one after the other; whatever happens, what they failed is restored.

    The lab is proven before the first one, and after one that does not hold. One that holds ends with a lab
    that is proven and as before, which is how the next one wants it.

    Raises:
        NotFit: something is failed already, or the lab is not proven to begin with.
        NotDone: a node did not do its part.
    """
    if failed := failing.failed_in(setup.lab, setup.store):
        raise NotFit(f"{', '.join(map(described, failed))}: `l3vpn restore {setup.lab.name}` first")
    with setup.nodes() as fleet:
        before: Image | None = None
        for scenario in scenarios:
            setup.watcher.begin(scenario.name)
            before = _fit(setup, fleet) if before is None else before
            result = _run(setup, fleet, scenario, before)
            if not result.holds:
                before = None
            yield result


def _run(setup: Setup, fleet: Fleet, scenario: Scenario, before: Image) -> ScenarioResult:
    begun = time.monotonic()
    try:
        steps = _steps(setup, fleet, scenario)
        if any(not one.holds for one in steps):
            _undo(setup, fleet)
            prove(fleet, setup.lab, setup.timeout, setup.watcher)
        left = _left(setup, fleet, before)
    except BaseException:
        _undo_anew(setup)
        raise
    return ScenarioResult(scenario, steps, left, time.monotonic() - begun)


def _fit(setup: Setup, fleet: Fleet) -> Image:
    """What the lab is like before anything happens to it."""
    report = prove(fleet, setup.lab, setup.timeout, setup.watcher)
    if not report.holds:
        raise NotFit(f"{setup.lab.name} is not proven to begin with: {_first(report)}")
    try:
        return take_image(fleet.collect, [node.name for node in setup.lab.nodes])
    except ParseError as error:
        raise NotFit(str(error)) from None


def _first(report: Report) -> str:
    return next(f"{one.check.id}: {one.observed}" for one in report.findings if not one.holds)


def _steps(setup: Setup, fleet: Fleet, scenario: Scenario) -> tuple[StepResult, ...]:
    """Until one does not hold."""
    done: list[StepResult] = []
    open_faults: list[Injection] = []
    for step in scenario.steps:
        setup.watcher.step(step.words)
        begun = time.monotonic()
        _do(setup, fleet, step)
        open_faults = [one for one in (*open_faults, *step.fails) if one not in step.restores]
        result = _proven(setup, fleet, step, open_faults, begun)
        done.append(result)
        setup.on_step(result)
        setup.watcher.begin(scenario.name)
        if not result.holds:
            break
    return tuple(done)


def _do(setup: Setup, fleet: Fleet, step: Step) -> None:
    for fault in step.fails:
        if isinstance(fault, Configured):
            failing.misconfigure(fleet, setup.lab, fault, failing.failed_in(setup.lab, setup.store))
        else:
            failing.fail(fleet, setup.lab, fault, setup.store)
    by_hand = [one for one in step.restores if isinstance(one, Configured)]
    failing.restore(fleet, setup.lab, [one for one in step.restores if one not in by_hand], setup.store)
    if by_hand:
        _push(setup, fleet)


def _push(setup: Setup, fleet: Fleet) -> None:
    """Take back what was configured by hand."""
    nodes = {node.name for node in setup.lab.nodes}
    failing.push_back(fleet, setup.lab, nodes, failing.failed_in(setup.lab, setup.store))


def _proven(setup: Setup, fleet: Fleet, step: Step, faults: list[Injection], begun: float) -> StepResult:
    state = failing.state_of(faults)
    event = time.monotonic() - begun
    if step.breaks:
        report, trouble = _broken(setup, fleet, step.breaks, state)
    else:
        wanted = setup.lab
        for fault in faults:
            wanted = fault.wanted(wanted) if isinstance(fault, CeMisconfigured) else wanted
        report = prove(fleet, wanted, setup.timeout, setup.watcher, state)
        trouble = tuple(map(_wrong, _failing(report)))
    report = replace(report, failed=tuple(map(described, faults)))
    below = [one.seconds for one in report.findings if one.check.layer is not Layer.DATA]
    settled = event + max(below, default=0.0)
    # Where something is to break, the intent does not change.
    expected = [one for one in faults if not (step.breaks and isinstance(one, Configured))]
    return StepResult(step, time.monotonic() - begun, settled, report, trouble, tuple(expected))


def _failing(report: Report) -> tuple[Finding, ...]:
    return tuple(one for one in report.findings if one.verdict in {Verdict.FAIL, Verdict.ERROR})


def _wrong(finding: Finding) -> str:
    return f"{finding.verdict.value} {finding.check.id}: expected {finding.expected}; {finding.observed}"


def _unbroken(wanted: Break, report: Report) -> str:
    """What became of checks that were to break."""
    named = [one for one in report.findings if fnmatchcase(str(one.check.id), wanted.checks)]
    if not named:
        return f"there is no check {wanted.checks}, which this was to break"
    first = next((one for one in named if not one.holds), named[0])
    return f"this was to break {wanted}; {first.verdict.value} {first.check.id}: {first.observed}"


def _broken(
    setup: Setup, fleet: Fleet, breaks: tuple[Break, ...], state: State
) -> tuple[Report, tuple[str, ...]]:
    """Wait until of each kind that is to break a check does not hold, and of no other kind any."""
    until = time.monotonic() + setup.timeout
    setup.watcher.step(f"waiting until it breaks {', '.join(one.checks for one in breaks)}")
    while True:
        report = verify(fleet, setup.lab, timeout=0, state=state)
        wrong = _failing(report)
        trouble = (
            *(
                _unbroken(one, report)
                for one in breaks
                if not any(one.foresees(str(it.check.id), it.observed) for it in wrong)
            ),
            *(
                _wrong(one)
                for one in wrong
                if not any(it.foresees(str(one.check.id), one.observed) for it in breaks)
            ),
        )
        if not trouble or time.monotonic() > until:
            return report, trouble


def _undo(setup: Setup, fleet: Fleet) -> None:
    """Restore everything and take back what was configured."""
    failing.restore(fleet, setup.lab, failing.failed_in(setup.lab, setup.store), setup.store)
    _push(setup, fleet)


def _undo_anew(setup: Setup) -> None:
    """The same after an interruption, which has closed the sessions; says how it ended."""
    name = setup.lab.name
    try:
        with setup.nodes() as fleet:
            _undo(setup, fleet)
    except BaseException:
        setup.watcher.say(f"not all is restored: `l3vpn restore {name}` and `l3vpn push {name}` do it")
        raise
    setup.watcher.say("what the scenario had failed is restored")


def _left(setup: Setup, fleet: Fleet, before: Image) -> tuple[str, ...]:
    """What is not as before, once the last of it has had time to go."""
    until = time.monotonic() + _SETTLED_WITHIN
    setup.watcher.step("comparing with what it was like before")
    while True:
        try:
            left = residue(before, take_image(fleet.collect, [node.name for node in setup.lab.nodes]))
        except ParseError as error:
            left = (str(error),)
        if not left or time.monotonic() > until:
            return left
        Event().wait(_PAUSE)
