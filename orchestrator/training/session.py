"""An exercise on a running lab: broken, looked at, healed. All of it over the nodes' management sessions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.errors import ExitCode, L3vpnError
from orchestrator.evidence.drift import drift_lines
from orchestrator.faults import execute
from orchestrator.faults.injections import described
from orchestrator.lifecycle.configure import configure
from orchestrator.lifecycle.converge import repaired
from orchestrator.lifecycle.drift import compared
from orchestrator.lifecycle.failing import misconfigure
from orchestrator.training.breaking import PortMisconfigured
from orchestrator.training.hints import failing, lowest_layer
from orchestrator.training.impact import Customers, Look, at_rest, settled
from orchestrator.verification.prober import Prober
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.comparing import PushResult
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.lifecycle.phases import Watcher
    from orchestrator.model.lab import Lab
    from orchestrator.training.breaking import Change
    from orchestrator.training.variant import Variant
    from orchestrator.verification.report.result import Report

_HEALTHY_WITHIN: Final = 60.0
_BROKEN_WITHIN: Final = 60.0
_HEALED_WITHIN: Final = 30.0
_QUIET: Final = 12.0
"""Seconds without any change after which nothing more is believed to come up: a BGP session may back off."""
_CONFIGURED_QUIET: Final = 30.0
"""The same where all nodes are configured as they should be, and all that is missing is to come up."""
_PROVEN_WITHIN: Final = 20.0


class NotFit(L3vpnError):  # noqa: N818 -- says what happened
    """The lab is not in the state that an exercise begins with, or the exercise does not break it."""

    exit_code = ExitCode.UNPROVEN


@dataclass(frozen=True, slots=True)
class Seen:
    """A look at a lab with an exercise on it.

    Attributes:
        lost: what customers lose, by the ids of checks.
        report: the proof.
        drift: how nodes differ from the lab's files, a line each.
    """

    lost: frozenset[str]
    report: Report
    drift: tuple[str, ...]

    @property
    def layer(self) -> str:
        """The lowest layer in which a check fails; "" if none does."""
        return lowest_layer(self.report.findings)


@dataclass(frozen=True, slots=True)
class Glance:
    """What customers lose at a moment; and how nodes differ from the lab's files, where nothing is lost."""

    lost: frozenset[str]
    drift: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """A running lab that one learns on.

    Attributes:
        nodes: sessions to its nodes.
        lab: what its files want.
    """

    nodes: Fleet
    lab: Lab
    watcher: Watcher

    def heal(self) -> Mapping[str, PushResult]:
        """Bring all nodes to what the lab's files want; by node, what that changed.

        Raises:
            NotDone: a node did not take it.
        """
        results = configure(self.nodes, self.lab, (), self.watcher)
        for one in results.values():
            if one.failure is not None:
                raise execute.NotDone(f"{one.node}: {one.failure}")
        return results

    def begin(self, variant: Variant, customers: Customers) -> Seen:
        """Heal the lab, break it, and look once that shows.

        Raises:
            NotFit: it is not healthy to begin with, or what is done breaks nothing. It is healed then.
            NotDone: a node did not do its part.
        """
        self.watcher.step("bringing the lab to its files")
        self.heal()
        with Prober(self.nodes) as prober:
            left = settled(lambda: customers.lost(prober), broken=False, within=_HEALTHY_WITHIN)
            if left:
                raise NotFit(f"{self.lab.name} is not healthy to begin with: {customers.described(left)[0]}")
            if wrong := failing(self._proven(_HEALTHY_WITHIN).findings):
                what = f"{wrong[0].check.id}: {wrong[0].observed}"
                raise NotFit(f"{self.lab.name} is not healthy to begin with: {what}")
            self.watcher.step("preparing the exercise")
            try:
                self.do(variant.changes)
                seen = self._once_broken(customers, prober)
            except BaseException:
                self.heal()
                raise
        if not seen.lost:
            self.heal()
            raise NotFit(f"{variant.exercise.name} with seed {variant.seed} breaks nothing here")
        return seen

    def _once_broken(self, customers: Customers, prober: Prober) -> Seen:
        """What is seen once that stays: a neighbour that comes back has everything lost for a while."""
        until = time.monotonic() + _BROKEN_WITHIN
        while True:
            lost = settled(lambda: customers.lost(prober), broken=True, within=until - time.monotonic())
            seen = Seen(lost, self.proof(), self.drift())
            if not lost or customers.lost(prober) == lost or time.monotonic() > until:
                return seen

    def do(self, changes: Iterable[Change]) -> None:
        """Do to nodes what an exercise does, or what heals it.

        Raises:
            NotDone: a node did not take it.
        """
        for one in changes:
            if isinstance(one, PortMisconfigured):
                execute.fail(self.nodes, one)
            else:
                misconfigure(self.nodes, self.lab, one, ())

    def look(self, customers: Customers, before: Collection[str] | None = None) -> Seen:
        """What is lost once that does not change any more; where nothing is, with the time to prove all.

        What FRR itself loses though it is configured as it should be is repaired and said: it is nobody's
        mistake. Where the configuration differs, what is lost may be the exercise.

        Args:
            customers: what they have when all is well.
            before: how nodes differed when it was broken: as long as they still do, nothing is waited for.
        """
        self.watcher.step("measuring what customers lose")
        with Prober(self.nodes) as prober:

            def look() -> Look:
                lost = settled(lambda: customers.lost(prober), broken=False, within=_HEALED_WITHIN)
                return lost, self.proof() if lost else self._proven(_PROVEN_WITHIN)

            lost, report = look()
            drift = self.drift()
            if lost and (before is None or set(drift) != set(before)):
                self.watcher.step("something is lost: waiting for what may still come up")
                quiet = _QUIET if drift else _CONFIGURED_QUIET
                lost, report = at_rest(look, quiet=quiet, within=_HEALTHY_WITHIN)
                if lost and not drift and repaired(self.nodes, self.lab, self.watcher.say):
                    lost, report = at_rest(look, quiet=_QUIET, within=_HEALTHY_WITHIN)
        return Seen(lost, report, drift)

    def _proven(self, within: float) -> Report:
        """The proof, with time until all holds."""
        self.watcher.step("proving that all else is as it should be, too")
        return verify(self.nodes, self.lab, timeout=within)

    def settle(self) -> None:
        """Wait until everything is proven, or nothing changes any more."""
        verify(self.nodes, self.lab, timeout=_HEALTHY_WITHIN)

    def lost_now(self, customers: Customers) -> frozenset[str]:
        """What is lost at this moment."""
        with Prober(self.nodes) as prober:
            return customers.lost(prober)

    def glance(self, customers: Customers) -> Glance:
        """What is lost at this moment, and what was changed if nothing is."""
        lost = self.lost_now(customers)
        return Glance(lost, () if lost else self.drift())

    def proof(self) -> Report:
        """The proof at this moment."""
        return verify(self.nodes, self.lab, timeout=0)

    def differences(self) -> Mapping[str, PushResult]:
        """What a push would change, by node."""
        return compared(self.nodes, self.lab, ())

    def drift(self) -> tuple[str, ...]:
        """The same, a line each that begins with the node."""
        return tuple(line for one in self.differences().values() for line in drift_lines(one))


def must_be_whole(lab: str, faults: tuple[Injection, ...]) -> None:
    """Nothing else may be failed.

    Raises:
        NotFit: something is.
    """
    if faults:
        raise NotFit(f"{', '.join(map(described, faults))}: `l3vpn restore {lab}` first")
