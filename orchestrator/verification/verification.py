"""`verify`: look until everything holds or the time is over."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING, Protocol

from orchestrator.model.state import HEALTHY, State
from orchestrator.verification.expect import expect
from orchestrator.verification.fact_collector import FactCollector
from orchestrator.verification.judging import judge, ready
from orchestrator.verification.kit.check import Check, Finding, Verdict
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Facts, Look
from orchestrator.verification.pairs import lost_pairs, site_pairs
from orchestrator.verification.patience import Calm, patience
from orchestrator.verification.prober import Prober
from orchestrator.verification.report.result import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.model.lab import Lab
    from orchestrator.verification.fact_collector import ReadAnswers
    from orchestrator.verification.network import Carrier, Network

_SHORTEST_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class VerificationStatus:
    """How far a verification has come: what progress displays show.

    Attributes:
        waiting: findings that do not hold yet, lowest layer first; those that are only blocked come last.
    """

    seconds: float
    looks: int
    holding: int
    checks: int
    waiting: tuple[Finding, ...]


class VerificationProgress(Protocol):
    """Called after each look with the status, from the thread that called `verify`."""

    def __call__(self, status: VerificationStatus, /) -> None:
        """Show it."""


def no_verification_progress(status: VerificationStatus) -> None:
    """No-op progress callback."""


def verify(  # noqa: PLR0913 -- all but the first two have a default that fits
    network: Network,
    lab: Lab,
    *,
    timeout: float,
    progress: VerificationProgress = no_verification_progress,
    state: State = HEALTHY,
    stop: Event | None = None,
    clock: Callable[[], float] = time.monotonic,
    carrier: Carrier | None = None,
    read: ReadAnswers | None = None,
) -> Report:
    """Prove a running lab from its intent. Only looks; never changes anything.

    Asks for everything first. While something does not hold, asks again for the commands that matter to it,
    as fast as the nodes answer. When nothing is outstanding, one look at everything must hold as a whole;
    then probes are sent. On a lab that has converged that is one look and one run of probes.

    What fails is final when it has outlasted the lab's own timers and nothing has changed meanwhile; each
    change starts this time anew. Where things change without end, it is final when for so many seconds no
    more checks have held than did before: a busy machine takes long, but gets on.

    Args:
        network: the nodes.
        lab: the intent.
        timeout: seconds without any more checks that hold, after which what does not is final at the latest;
            0 looks once.
        progress: called after each look.
        state: what is down on purpose.
        stop: set from another thread, it ends the verification as the timeout would.
        clock: seconds, from anywhere.
        carrier: what sends the probes; None for programs on the CEs.
        read: what has been read of the nodes before, see `FactCollector`.
    """
    with closing(carrier or Prober(network)) as prober:
        calm = Calm(patience(lab))
        run = _Verification(
            expect(lab, state), FactCollector(network, read), prober, clock, timeout, stop or Event(), calm
        )
        while not run.finished:
            run.step(progress)
        lost = () if state == HEALTHY else lost_pairs(lab, state)
        return replace(run.report(lab), lost=lost)


@dataclass(slots=True)
class _Verification:
    """The loop's memory."""

    checks: tuple[Check, ...]
    collector: FactCollector
    prober: Carrier
    clock: Callable[[], float]
    timeout: float
    stop: Event
    calm: Calm
    facts: Facts = field(default_factory=Facts)
    findings: dict[CheckId, Finding] = field(default_factory=dict)
    begun: float = 0.0
    looks: int = 0
    most: int = 0  # checks that have held at a time
    grown: float = 0.0  # seconds since the verification began, when they became so many
    finished: bool = False

    def __post_init__(self) -> None:
        self.begun = self.clock()

    @property
    def seconds(self) -> float:
        """Since the verification began."""
        return self.clock() - self.begun

    @property
    def late(self) -> bool:
        """Whether what does not hold now is final."""
        return self.stop.is_set() or self._left <= 0 or self._outlasted

    @property
    def _left(self) -> float:
        return self.grown + self.timeout - self.seconds

    @property
    def _outlasted(self) -> bool:
        return self.calm.outlasts(self.findings.values(), self.seconds)

    def step(self, progress: VerificationProgress) -> None:
        """One look, whole or partial, and what follows from it."""
        before = self._holding()
        begun = self.clock()
        whole = self._look()
        progress(self._standing())
        self.calm.note(self.findings.values(), self.seconds)
        took = self.clock() - begun
        below_hold = all(self.findings[check.id].holds for check in self._shown)
        if whole and (below_hold or self.late):
            self._probe()
            progress(self._standing())
            self.calm.note(self.findings.values(), self.seconds)
            self.finished = self.late or self._holding() == len(self.checks)
        if not self.finished and self._holding() <= before:
            self.stop.wait(min(max(0.0, self._left), max(took, _SHORTEST_PAUSE)))

    @property
    def _shown(self) -> tuple[Check, ...]:
        """The checks that show commands answer."""
        return tuple(check for check in self.checks if check.layer is not Layer.DATA)

    @property
    def _probed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.layer is Layer.DATA)

    def _holding(self) -> int:
        return sum(finding.holds for finding in self.findings.values())

    def _look(self) -> bool:
        """Ask for what is outstanding, or for everything; return whether it was everything."""
        outstanding = [
            check
            for check in self._shown
            if check.id not in self.findings or not self.findings[check.id].holds
        ]
        whole = not self.findings or not outstanding or self.late
        asked: Sequence[Check] = self._shown if whole else ready(outstanding, self.findings)
        answers = self.collector.collect(
            query for check in (*asked, *(self._probed if whole else ())) for query in check.queries
        )
        self.facts = self.facts.updated(answers)
        self.looks += 1
        # What is older than this look proves nothing, for or against.
        self._judge(
            [
                check
                for check in (self._shown if whole else outstanding)
                if all(query.key in answers for query in check.queries)
            ]
        )
        return whole

    def _judge(self, checks: Sequence[Check]) -> None:
        seconds = self.seconds
        for check in checks:
            finding = judge(check, self.facts, self.findings, seconds)
            before = self.findings.get(check.id)
            if before is not None and before.verdict is finding.verdict:
                finding = replace(finding, seconds=before.seconds)
            self.findings[check.id] = finding
        if (holding := self._holding()) > self.most:
            self.most, self.grown = holding, seconds

    def _probe(self) -> None:
        """Send the probes of the checks that nothing below holds back, and of those that fail regardless."""
        able = [
            check
            for check in self._probed
            if check.unconditional
            or all(self.findings[one].holds for one in check.after if one.layer is not Layer.DATA)
        ]
        listeners = [check.node for check in able]
        flights = self.prober.fly([probe for check in able for probe in check.probes], listeners)
        self.facts = Facts(self.facts.answers, flights)
        self._judge(self._probed)
        if reserve := [
            probe for check in able if not self.findings[check.id].holds for probe in check.reserve
        ]:
            more = self.prober.fly(reserve, listeners)
            self.facts = Facts(self.facts.answers, {**flights, **more})
            self._judge(self._probed)

    def _standing(self) -> VerificationStatus:
        waiting = [finding for finding in self.findings.values() if not finding.holds]
        waiting.sort(key=lambda finding: finding.verdict is Verdict.BLOCKED)
        return VerificationStatus(self.seconds, self.looks, self._holding(), len(self.checks), tuple(waiting))

    def report(self, lab: Lab) -> Report:
        """All findings, in the order of the checks."""
        findings = tuple(self.findings[check.id] for check in self.checks)
        pairs = site_pairs(lab, findings)
        unchanged = self.seconds - self.calm.since if self._outlasted else 0.0
        return Report(
            lab.name,
            findings,
            self.seconds,
            self.looks,
            stage=lab.stage,
            pairs=pairs,
            unchanged=unchanged,
            look=Look(dict(self.collector.answers), self.facts.flights),
        )
